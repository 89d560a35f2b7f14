"""The properties engine: right words, each kind of obligation noticed, no starving, no hanging."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from verify_agent.contracts.model import Condition, Contract, Property, Raises
from verify_agent.verifier import subject as kinds
from verify_agent.verifier.engines.base import Engine
from verify_agent.verifier.evidence import Obligation, Verdict
from verify_agent.verifier.subject import Subject

Judge = Callable[..., dict[str, Obligation]]
SubjectOf = Callable[..., Subject]


def with_contract(subject: Subject, **fields: object) -> Subject:
    return replace(subject, contract=replace(subject.contract, **fields))


@pytest.fixture
def plain(subject_of: SubjectOf) -> Callable[..., Subject]:
    """A function without decorators under a contract given apart, as a task gives it."""

    def make(source: str, **fields: object) -> Subject:
        return replace(subject_of(source), contract=Contract(**fields))  # type: ignore[arg-type]

    return make


def test_a_right_function_is_tested_with_counts_and_coverage(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    source = """
@require(lambda x: 0 <= x <= 100)
@ensure(lambda x, result: result >= x)
def f(x: int) -> int:
    if x > 50:
        return x + 1
    return x
"""
    found = judge(properties_engine, subject_of(source))
    assert {o.verdict for o in found.values()} == {Verdict.TESTED}
    (attempt,) = found[kinds.ENSURE].attempts
    assert attempt.seed == 0
    assert attempt.limits["examples"] == 200
    assert "coverage lines 3/3, branches 2/2" in " ".join(attempt.details)
    assert int(attempt.details[0].split()[0]) >= 50


VIOLATIONS = [
    (kinds.ENSURE, "def f(x: int) -> int:\n    return x", {"ensures": (Condition("result > x"),)}),
    (
        kinds.RAISES,
        "def f(x: int) -> int:\n    if x < -1:\n        raise ValueError\n    return x",
        {"raises": (Raises("ValueError", Condition("x < 0")),)},
    ),
    (
        kinds.RAISES,
        "def f(x: int) -> int:\n    if x < 5:\n        raise ValueError\n    return x",
        {"raises": (Raises("ValueError", Condition("x < 0")),)},
    ),
    (kinds.NO_EXCEPTION, "def f(xs: list[int]) -> int:\n    return xs[0]", {}),
    (kinds.NO_EXCEPTION, "def f(a: int, b: int) -> int:\n    return a % b", {}),
    (kinds.FRAME, "def f(xs: list[int]) -> None:\n    xs.sort()", {"modifies": ()}),
    (
        kinds.DEFINED,
        "def f(xs: list[int]) -> list[int]:\n    return xs",
        {"ensures": (Condition("result[0] == result[0]"),)},
    ),
    (
        kinds.DEFINED,
        "def f(xs: list[int]) -> list[int]:\n    return xs",
        {"requires": (Condition("xs[0] > 0"),)},
    ),
    (kinds.EXAMPLE, "def f(x: int) -> int:\n    return x", {"examples": ("f(1) == 2",)}),
    (
        kinds.PROPERTY,
        "def f(x: int) -> int:\n    return x % 10",
        {"properties": (Property((("x", "int"), ("y", "int")), "x <= y", "f(x) <= f(y)"),)},
    ),
]


@pytest.mark.parametrize(("kind", "source", "fields"), VIOLATIONS)
def test_each_kind_of_violation_is_refuted(
    kind: str,
    source: str,
    fields: dict[str, object],
    plain: Callable[..., Subject],
    judge: Judge,
    properties_engine: Engine,
) -> None:
    found = judge(properties_engine, plain(source, **fields))
    assert found[kind].verdict is Verdict.REFUTED
    seen = found[kind].counterexample
    assert seen is not None
    assert seen.replayed
    assert "f(" in seen.call


def test_an_assert_in_the_body(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    found = judge(
        properties_engine, subject_of("def f(x: int) -> int:\n    assert x < 7\n    return x")
    )
    assert found[kinds.ASSERT].verdict is Verdict.REFUTED
    assert found[kinds.ASSERT].counterexample is not None
    assert found[kinds.ASSERT].counterexample.call == "f(7)"


@pytest.mark.parametrize(
    ("body", "verdict"), [("x + x", Verdict.TESTED), ("3 * x", Verdict.REFUTED)]
)
def test_the_reference_decides(
    body: str,
    verdict: Verdict,
    tmp_path: Path,
    plain: Callable[..., Subject],
    judge: Judge,
    properties_engine: Engine,
) -> None:
    (tmp_path / "slow.py").write_text("def double(x):\n    return 2 * x\n")
    subject = plain(f"def f(x: int) -> int:\n    return {body}", reference="slow.py::double")
    found = judge(properties_engine, replace(subject, roots=(str(tmp_path),)))
    assert found[kinds.REFERENCE].verdict is verdict


ACCOUNT = """
@invariant(lambda self: self.balance >= 0)
class Account:
    @require(lambda opening: opening >= 0)
    def __init__(self, opening: int) -> None:
        self.balance = opening

    @require(lambda amount: amount > 0)
    def withdraw(self, amount: int) -> None:
        if amount <= self.balance + FEE:
            self.balance -= amount
"""


@pytest.mark.parametrize(("fee", "verdict"), [("0", Verdict.TESTED), ("1", Verdict.REFUTED)])
def test_methods_keep_their_invariant(
    fee: str, verdict: Verdict, subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    subject = subject_of(ACCOUNT.replace("FEE", fee), "Account.withdraw")
    assert judge(properties_engine, subject)[kinds.INVARIANT].verdict is verdict


def test_two_arguments_that_are_one_list(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    source = """
@snapshot(lambda a, b: len(b), name="n")
@ensure(lambda b, OLD: len(b) == OLD.n)
def f(a: list[int], b: list[int]) -> None:
    a.append(1)
"""
    seen = judge(properties_engine, subject_of(source))[kinds.ENSURE].counterexample
    assert seen is not None
    assert seen.setup == ("shared_1 = []",)
    assert seen.call == "f(shared_1, shared_1)"


def test_state_is_shown_by_several_calls(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    source = """
SEEN: list[int] = []

@ensure(lambda result: result < 2)
def f(x: int) -> int:
    SEEN.append(x)
    return len(SEEN)
"""
    found = judge(properties_engine, subject_of(source))[kinds.ENSURE]
    assert found.verdict is Verdict.REFUTED
    assert found.counterexample is not None
    assert len(found.counterexample.setup) == 1


def test_a_precondition_that_nothing_meets_is_not_tested(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    source = """
@require(lambda x: x * x == 7919 * 7919 * 4 + 1)
def f(x: int) -> int:
    return x
"""
    found = judge(properties_engine, subject_of(source))
    assert {o.verdict for o in found.values()} == {Verdict.UNKNOWN}
    assert "precondition too narrow: 0 of" in found[kinds.NO_EXCEPTION].reason


@pytest.mark.slow
def test_rare_inputs_are_found_by_trying_all_small_ones(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    source = """
@require(lambda a, b, c: 0 < a < b and a * a + b * b == c * c and c > 0)
@ensure(lambda a, b, result: result == a * b)
def f(a: int, b: int, c: int) -> int:
    return a * b
"""
    found = judge(properties_engine, subject_of(source), seconds=60)
    assert found[kinds.ENSURE].verdict is Verdict.TESTED


def test_a_function_that_hangs_is_not_tested(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    source = """
@ensure(lambda result: result == 0)
def f(n: int) -> int:
    while n != 0:
        n -= 1
    return n
"""
    found = judge(properties_engine, subject_of(source))
    assert found[kinds.ENSURE].verdict is Verdict.UNKNOWN
    assert "hangs on input f(-" in found[kinds.ENSURE].reason


def test_the_same_seed_gives_the_same_words(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    subject = subject_of(
        "@ensure(lambda x, result: result == abs(x))\ndef f(x: int) -> int:\n    return x"
    )
    runs = [judge(properties_engine, subject, seed=3)[kinds.ENSURE].counterexample for _ in "ab"]
    assert runs[0] == runs[1]
    assert runs[0] is not None
    assert runs[0].call == "f(-1)"


def test_a_type_without_a_strategy_is_unknown(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    source = (
        "from collections.abc import Callable\ndef f(g: Callable[[int], int]) -> int:\n    return 1"
    )
    found = judge(properties_engine, subject_of(source))
    assert found[kinds.NO_EXCEPTION].verdict is Verdict.UNKNOWN
    assert "no way to make values of" in found[kinds.NO_EXCEPTION].reason


def test_a_module_that_does_not_import_is_unknown(
    subject_of: SubjectOf, judge: Judge, properties_engine: Engine
) -> None:
    found = judge(properties_engine, subject_of("1 / 0\ndef f(x: int) -> int:\n    return x"))
    assert found[kinds.NO_EXCEPTION].verdict is Verdict.UNKNOWN
    assert "ZeroDivisionError" in found[kinds.NO_EXCEPTION].reason
