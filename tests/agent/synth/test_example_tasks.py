"""Tasks of examples alone: the answer says what the examples mean, and repeats none of them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from verify_agent.agent.synth.contract.examples import example_marks
from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.agent.synth.synthesizer import Synthesizer

Make = Callable[..., SynthesisProblem]
TASKS = {
    "upper": ([("hi there", "HI THERE"), ("Ab c", "AB C"), ("", "")], ("x Yz", "X YZ")),
    "user": ([("ann@x.org", "ann"), ("bob@mail.com", "bob"), ("c.d@e.f", "c.d")], ("q@r", "q")),
    "ending": ([("a.txt", "txt"), ("b/c.py", "py"), ("x.y.z", "z")], ("p.q.rs", "rs")),
    "surname": ([("ada lovelace", "LOVELACE"), ("alan turing", "TURING")], ("x y", "Y")),
    "greeting": ([("ann", "hello ann"), ("bob", "hello bob")], ("eve", "hello eve")),
}


@pytest.mark.parametrize("name", TASKS)
def test_another_input_is_right(name: str, make_problem: Make) -> None:
    pairs, (given, wanted) = TASKS[name]
    examples = [f"f({text!r}) == {result!r}" for text, result in pairs]
    problem = make_problem(signature="f(s: str) -> str", examples=examples)
    synthesizer = Synthesizer(problem)
    candidate = synthesizer.propose(deadline=time.monotonic() + 15)
    synthesizer.close()
    assert candidate is not None
    space: dict[str, Callable[[str], str]] = {}
    exec(candidate.source, space)
    assert space["f"](given) == wanted, candidate.source


def test_marks_are_what_all_examples_share(make_problem: Make) -> None:
    examples = ["f('a-b c') == '<a'", "'<xy' == f('xy-')"]
    problem = make_problem(signature="f(s: str) -> str", examples=examples)
    assert example_marks(problem) == ["-", "<"]
