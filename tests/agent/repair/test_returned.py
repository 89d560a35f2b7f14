"""A returned expression found anew where no small edit is enough."""

from __future__ import annotations

import pytest

from verify_agent.agent.repair.edits import EditClass
from verify_agent.agent.repair.search import Search
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.verifier.frontend.load import subject

HEAD = "from icontract import ensure, require\n\n\n"
CASES = {
    "after a loop": (
        "@require(lambda xs: len(xs) > 0)\n"
        "@ensure(lambda result, xs: result == sum(xs) * len(xs))\n"
        "def f(xs: list[int]) -> int:\n    total = 0\n    for x in xs:\n        total += x\n"
        "    return xs[-1] - 7  # the answer\n",
        ("total * len(xs)", "# the answer"),
    ),
    "one of two": (
        "@ensure(lambda result, a, b: result == (3 * a + b if a > 0 else b - a))\n"
        "def f(a: int, b: int) -> int:\n    if a > 0:\n        return 3 * a + b\n"
        "    return a * b * b\n",
        ("    return 3 * a + b\n", "    return b - a\n"),
    ),
    "a variable that holds another type": (
        "@require(lambda xs: len(xs) > 0)\n"
        "@ensure(lambda result, xs: result == sum(xs) * len(xs))\n"
        "def f(xs: list[int]) -> int:\n    total = sum(xs)\n    best = 0\n"
        "    for x in xs:\n        best = xs\n    return best\n",
        ("return total * len(xs)",),
    ),
}


def search(text: str) -> Search:
    made = subject(text, "f")
    trial = Trial(made, clock=lambda: 0.0)
    return Search(text, "f", trial, problem=SynthesisProblem(made.signature, made.contract))


@pytest.mark.parametrize("name", CASES)
def test_found_from_what_the_variables_hold(name: str) -> None:
    body, parts = CASES[name]
    found = search(HEAD + body)
    edits = list(found._found_anew(lambda: False))
    assert edits
    assert {e.kind for e in edits} == {EditClass.EXPRESSION}
    repair = next(found._surviving(((e,) for e in edits), lambda: False))
    assert all(part in repair.text for part in parts)


def test_a_function_that_calls_itself_is_left_alone() -> None:
    text = (
        "@require(lambda n: n >= 0)\n@ensure(lambda result, n: result == 2 * n)\n"
        "def f(n: int) -> int:\n    if n == 0:\n        return 1\n    return f(n - 1) + 2\n"
    )
    assert not list(search(HEAD + text)._found_anew(lambda: False))


def test_it_stops_when_it_is_over() -> None:
    body, _ = CASES["one of two"]
    assert not list(search(HEAD + body)._found_anew(lambda: True))
