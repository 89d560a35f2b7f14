"""Memory of refuted candidates, counterexamples, deadlines; cvc5 as a child; forbidden uses."""

from __future__ import annotations

import ast
import itertools
import time
from collections.abc import Callable, Iterator

import pytest

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.forbidden import used
from verify_agent.agent.synth.problem import Body, SynthesisProblem
from verify_agent.agent.synth.strategies.definitional import Definitional
from verify_agent.agent.synth.strategies.enumeration import Enumeration
from verify_agent.agent.synth.strategies.sygus import Sygus
from verify_agent.agent.synth.synthesizer import Synthesizer
from verify_agent.verifier.errors import Unsupported

Make = Callable[..., SynthesisProblem]


def test_nothing_is_offered_twice(make_problem: Make) -> None:
    problem = make_problem(signature="f(x: int) -> int", ensures=["result >= x"])
    synthesizer = Synthesizer(problem)
    seen = set()
    for _ in range(4):
        candidate = synthesizer.propose(deadline=time.monotonic() + 5)
        assert candidate is not None
        seen.add(candidate.source)
        synthesizer.refute(candidate)
    synthesizer.close()
    assert len(seen) == 4


def test_a_counterexample_rules_out(make_problem: Make) -> None:
    special = 7 * 4111
    problem = make_problem(
        signature="f(x: int) -> int",
        ensures=["x != 7 * 4111 or result == 0", "x == 7 * 4111 or result == x"],
    )
    synthesizer = Synthesizer(problem, (Enumeration(),))
    first = synthesizer.propose(deadline=time.monotonic() + 5)
    assert first is not None
    assert "return x\n" in first.source
    second = synthesizer.propose([(special,)], deadline=time.monotonic() + 5)
    synthesizer.close()
    assert second is not None
    space: dict[str, Callable[[int], int]] = {}
    exec(second.source, space)
    assert (space["f"](special), space["f"](3)) == (0, 3)


def test_the_deadline_is_kept(make_problem: Make) -> None:
    problem = make_problem(signature="f(x: int) -> int", ensures=["result > x", "result < x"])
    synthesizer = Synthesizer(problem)
    start = time.monotonic()
    assert synthesizer.propose(deadline=start + 0.5) is None
    synthesizer.close()
    assert time.monotonic() - start < 4


def test_cancelling_stops_at_once(make_problem: Make) -> None:
    problem = make_problem(signature="f(x: int) -> int", ensures=["result > x", "result < x"])
    synthesizer = Synthesizer(problem)
    assert synthesizer.propose(cancelled=lambda: True) is None
    synthesizer.close()


def test_strategies_that_do_not_apply_leave_nothing_to_do(make_problem: Make) -> None:
    problem = make_problem(signature="f(x: int) -> int", ensures=["result > x"])
    synthesizer = Synthesizer(problem, (Definitional(),))
    assert synthesizer.propose() is None
    assert synthesizer.exhausted


class Broken:
    """A strategy that stops by an error of its own."""

    name = "broken"
    waits = False

    def price(self, context: Context) -> float | None:
        return 0.0

    def search(self, context: Context) -> Iterator[Body | None]:
        yield None
        raise IndexError("list index out of range")


def test_a_strategy_that_breaks_stops_no_other(make_problem: Make) -> None:
    problem = make_problem(signature="f(x: int) -> int", ensures=["result == x + 1"])
    synthesizer = Synthesizer(problem, (Broken(), Definitional()))
    candidate = synthesizer.propose(deadline=time.monotonic() + 5)
    assert candidate is not None
    assert candidate.strategy == "definition"
    assert synthesizer.broken == {"broken": "IndexError: list index out of range"}


def _sygus(problem: SynthesisProblem) -> list[str]:
    bodies = Sygus().search(Context(problem))
    found = itertools.islice((b for b in bodies if isinstance(b, Body)), 1)
    return [ast.unparse(s) for body in found for s in body.statements]


def test_sygus_solves_linear_conditionals(make_problem: Make) -> None:
    problem = make_problem(
        signature="f(x: int, y: int) -> int",
        ensures=["result >= x and result >= y", "result in (x, y)"],
    )
    (text,) = _sygus(problem)
    value = eval("lambda x, y: " + text.removeprefix("return "))
    assert all(value(x, y) == max(x, y) for x in range(-3, 4) for y in range(-3, 4))


@pytest.mark.parametrize("divisor", [3, -3])
def test_sygus_has_the_floor_of_python(make_problem: Make, divisor: int) -> None:
    problem = make_problem(
        signature="f(x: int) -> int",
        requires=[f"x % {divisor} == {divisor - 1 if divisor > 0 else divisor + 1}"],
        ensures=[f"result == x % {divisor}"],
    )
    (text,) = _sygus(problem)
    value = eval("lambda x: " + text.removeprefix("return "))
    for x in range(-20, 20):
        if x % divisor == (divisor - 1 if divisor > 0 else divisor + 1):
            assert value(x) == x % divisor


def test_sygus_refuses_what_is_not_linear(make_problem: Make) -> None:
    problem = make_problem(signature="f(x: int, y: int) -> int", ensures=["result == x * y"])
    assert _sygus(problem) == []


def test_every_call_of_a_definition_needs_expose(make_problem: Make) -> None:
    keys = {
        "signature": "f(x: int) -> int",
        "definitions": "def odd(n: int) -> int:\n    return 2 * n + 1\n",
        "ensures": ["result == odd(x)"],
    }
    for expose, uses in (([], False), (["odd"], True)):
        synthesizer = Synthesizer(make_problem(**keys, expose=expose))
        candidate = synthesizer.propose(deadline=time.monotonic() + 5)
        synthesizer.close()
        assert candidate is not None
        assert ("odd(" in candidate.source) is uses


def test_forbidden_operators_and_attributes_are_seen() -> None:
    tree = ast.parse("for count in xs:\n    total -= count\nreturn xs.count(1) // 2")
    names = used(list(tree.body))
    assert {"-", "//", "count", "for", "xs"} <= names
    assert "total" not in names


def test_a_local_may_bear_a_forbidden_name() -> None:
    tree = ast.parse("max = 1\nreturn max")
    assert "max" not in used(list(tree.body))


def test_an_annotation_outside_the_types_is_refused(make_problem: Make) -> None:
    with pytest.raises(Unsupported):
        Synthesizer(make_problem(signature="f(x: Thing) -> int", ensures=["result == 1"]))
