"""The symbolic engine: confirmed only where it may be, counterexamples run for real."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from verify_agent.contracts.model import Condition, Contract, Property, Raises
from verify_agent.verifier import subject as kinds
from verify_agent.verifier.engines.base import Engine
from verify_agent.verifier.engines.symbolic import uncountable
from verify_agent.verifier.evidence import Obligation, Verdict
from verify_agent.verifier.subject import Subject

Judge = Callable[..., dict[str, Obligation]]
SubjectOf = Callable[..., Subject]


def test_a_right_scalar_function_is_confirmed(
    subject_of: SubjectOf, judge: Judge, symbolic_engine: Engine
) -> None:
    source = """
@require(lambda lo, hi: lo <= hi)
@ensure(lambda lo, hi, result: lo <= result <= hi)
def f(x: int, lo: int, hi: int) -> int:
    return min(max(x, lo), hi)
"""
    found = judge(symbolic_engine, subject_of(source))
    assert {o.verdict for o in found.values()} == {Verdict.CONFIRMED}


@pytest.mark.parametrize(
    ("kind", "source", "fields"),
    [
        (
            kinds.ENSURE,
            "def f(x: int) -> int:\n    return x if x != 4711 else 0",
            {"ensures": (Condition("result == x"),)},
        ),
        (
            kinds.RAISES,
            "def f(x: int) -> int:\n    if x < -1:\n        raise ValueError\n    return x",
            {"raises": (Raises("ValueError", Condition("x < 0")),)},
        ),
        (kinds.NO_EXCEPTION, "def f(a: int, b: int) -> int:\n    return a % b", {}),
        (kinds.NO_EXCEPTION, "def f(xs: list[int]) -> int:\n    return xs[0]", {}),
        (kinds.FRAME, "def f(xs: list[int]) -> None:\n    xs.append(1)", {"modifies": ()}),
        (
            kinds.DEFINED,
            "def f(x: int) -> int:\n    return x",
            {"ensures": (Condition("1 // (result - 3) < 9"),)},
        ),
        (
            kinds.PROPERTY,
            "def f(x: int) -> int:\n    return x if x < 50 else 0",
            {"properties": (Property((("x", "int"), ("y", "int")), "x <= y", "f(x) <= f(y)"),)},
        ),
    ],
)
def test_each_kind_of_violation_is_refuted(
    kind: str,
    source: str,
    fields: dict[str, object],
    subject_of: SubjectOf,
    judge: Judge,
    symbolic_engine: Engine,
) -> None:
    subject = replace(subject_of(source), contract=Contract(**fields))  # type: ignore[arg-type]
    found = judge(symbolic_engine, subject)
    assert found[kind].verdict is Verdict.REFUTED
    assert found[kind].counterexample is not None


def test_the_rest_is_explored_after_a_failure(
    subject_of: SubjectOf, judge: Judge, symbolic_engine: Engine
) -> None:
    source = "@ensure(lambda x, result: result > x)\ndef f(x: int) -> int:\n    return x"
    found = judge(symbolic_engine, subject_of(source))
    assert found[kinds.ENSURE].verdict is Verdict.REFUTED
    assert found[kinds.NO_EXCEPTION].verdict is Verdict.CONFIRMED


def test_a_callees_precondition_is_not_switched_off(
    subject_of: SubjectOf, judge: Judge, symbolic_engine: Engine
) -> None:
    source = """
@require(lambda x: x > 0)
def callee(x: int) -> int:
    return x

def f(x: int) -> int:
    return callee(x)
"""
    found = judge(symbolic_engine, subject_of(source, "f"))
    assert found[kinds.NO_EXCEPTION].verdict is Verdict.REFUTED


@pytest.mark.parametrize(
    "source",
    [
        "def f(a: list[int], b: list[int]) -> None: ...",
        "def f(a: list[list[int]]) -> None: ...",
        "def f(a: dict[str, int], *, b: 'set[int]') -> None: ...",
        "def f(a, b: list[int]) -> None: ...",
        "from typing import Any\ndef f(a: Any) -> int:\n    return 1",
        "def f(a: object) -> int:\n    return 1",
        "class C: ...\ndef f(a: C) -> int:\n    return 1",
        "SEEN: list[int] = []\ndef f(a: int) -> None:\n    SEEN.append(a)",
        "N = 0\ndef f(a: int) -> int:\n    global N\n    N += 1\n    return N",
        "def f(a: int, seen: list[int] = []) -> int:\n    return len(seen)",
        "def f(a: int) -> int:\n    f.calls = 1\n    return 1",
        "import random\ndef f(a: int) -> int:\n    return random.randint(0, a)",
        "class C:\n    n = []\n    def f(self, a: int) -> int:\n        return a",
        "class C:\n    def f(self, a: int) -> int:\n        return a",
    ],
)
def test_confirmation_does_not_count_where_it_is_known_to_be_wrong(
    source: str, subject_of: SubjectOf
) -> None:
    assert uncountable(subject_of(source))


@pytest.mark.parametrize(
    "source",
    [
        "LIMIT = 3\ndef f(a: int, b: str | None) -> int:\n    return LIMIT",
        "def f(a: list[int], b: tuple[int, str]) -> int:\n    xs = [a]\n    return len(xs)",
    ],
)
def test_it_counts_elsewhere(source: str, subject_of: SubjectOf) -> None:
    assert uncountable(subject_of(source)) == ""


def test_aliases_and_state_are_never_confirmed(
    subject_of: SubjectOf, judge: Judge, symbolic_engine: Engine
) -> None:
    aliased = """
@snapshot(lambda b: len(b), name="n")
@ensure(lambda b, OLD: len(b) == OLD.n)
def f(a: list[int], b: list[int]) -> None:
    a.append(1)
"""
    found = judge(symbolic_engine, subject_of(aliased), seconds=2.0)
    assert found[kinds.ENSURE].verdict is Verdict.UNKNOWN


def test_loops_without_a_bound_are_unknown(
    subject_of: SubjectOf, judge: Judge, symbolic_engine: Engine
) -> None:
    source = """
@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n)
def f(n: int) -> int:
    s = 0
    for _ in range(n):
        s += 1
    return s
"""
    found = judge(symbolic_engine, subject_of(source), seconds=2.0)
    assert found[kinds.ENSURE].verdict is Verdict.UNKNOWN
    assert found[kinds.ENSURE].reason


def test_calls_with_further_arguments_are_not_confirmed(
    subject_of: SubjectOf, judge: Judge, symbolic_engine: Engine
) -> None:
    source = "def f(x: int, *rest: int) -> int:\n    return x // (1 - len(rest))"
    subject = replace(subject_of(source), unread=())
    found = judge(symbolic_engine, subject, seconds=2.0)
    assert found[kinds.NO_EXCEPTION].verdict is Verdict.UNKNOWN
    assert "rest" in found[kinds.NO_EXCEPTION].reason


def test_an_unmeetable_precondition_is_unknown(
    subject_of: SubjectOf, judge: Judge, symbolic_engine: Engine
) -> None:
    source = "@require(lambda x: x > 3 and x < 2)\ndef f(x: int) -> int:\n    return x"
    found = judge(symbolic_engine, subject_of(source), seconds=2.0)
    assert found[kinds.NO_EXCEPTION].verdict is Verdict.UNKNOWN
    assert "precondition" in found[kinds.NO_EXCEPTION].reason
