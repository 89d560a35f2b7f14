"""Equality with a reference: proved both ways round, and never where it is false or not known."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from verify_agent.contracts.model import Condition, Contract, Parameter, Signature
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import TERMINATES, Deductive
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.subject import REFERENCE, Subject, find, obligations_of

SQUARE = """
def square(n: int) -> int:
    total = 0
    for i in range(n):
        for j in range(n):
            total += 1
    return total
"""
CLIP = "def clip(n: int) -> int:\n    return min(max(n, 0), 9)\n"
SPENT = "def size(xs: list[int]) -> int:\n    xs.clear()\n    return 0\n"
WEIGHTS = """
def weight(xs: list[int]) -> int:
    total = 0
    for i in range(len(xs)):
        for j in range(i, len(xs)):
            total += xs[i]
    return total
"""


def judged(tmp_path: Path, source: str, reference: str, *requires: str) -> Attempt:
    """What the engine says of a function's equality with a reference of the same name."""
    (tmp_path / "slow.py").write_text(reference)
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert function.returns is not None
    parameters = tuple(
        Parameter(a.arg, ast.unparse(a.annotation)) for a in function.args.args if a.annotation
    )
    subject = Subject(
        source,
        function.name,
        Signature(function.name, parameters, ast.unparse(function.returns)),
        Contract(
            requires=tuple(map(Condition, requires)),
            reference=f"slow.py::{function.name}",
            modifies=(),
        ),
        roots=(str(tmp_path),),
    )
    found = Deductive().check(subject, Limits(seconds=20), seed=0)
    return found.attempts[find(obligations_of(subject), REFERENCE).id]


def test_a_closed_form_equals_loops(tmp_path: Path) -> None:
    source = "def square(n: int) -> int:\n    return n * n\n"
    assert judged(tmp_path, source, SQUARE, "n >= 0").outcome is Verdict.PROVED


@pytest.mark.slow
def test_only_where_the_preconditions_hold(tmp_path: Path) -> None:
    source = "def square(n: int) -> int:\n    return n * n\n"
    assert judged(tmp_path, source, SQUARE).outcome is not Verdict.PROVED


def test_branches_equal_an_expression(tmp_path: Path) -> None:
    source = (
        "def clip(n: int) -> int:\n    if n < 0:\n        return 0\n    return 9 if n > 9 else n\n"
    )
    assert judged(tmp_path, source, CLIP).outcome is Verdict.PROVED
    assert judged(tmp_path, source.replace("n > 9", "n > 7"), CLIP).outcome is not Verdict.PROVED


@pytest.mark.slow
def test_a_sum_equals_a_loop_within_a_loop(tmp_path: Path) -> None:
    source = (
        "def weight(xs: list[int]) -> int:\n"
        "    return sum(x * (len(xs) - i) for i, x in enumerate(xs))\n"
    )
    assert judged(tmp_path, source, WEIGHTS).outcome is Verdict.PROVED
    wrong = source.replace("len(xs) - i", "len(xs) - i - 1")
    assert judged(tmp_path, wrong, WEIGHTS).outcome is not Verdict.PROVED


def test_a_function_that_does_not_return_is_equal_only_if_it_returns(tmp_path: Path) -> None:
    endless = "def f(n: int) -> int:\n    return f(n)\n"
    attempt = judged(tmp_path, endless, "def f(n: int) -> int:\n    return n\n")
    assert TERMINATES in attempt.assumptions or attempt.outcome is Verdict.UNKNOWN


def test_a_function_is_not_its_own_reference(tmp_path: Path) -> None:
    endless = "def f(n: int) -> int:\n    return f(n)\n"
    assert judged(tmp_path, endless, endless).outcome is Verdict.UNKNOWN


def test_a_reference_that_changes_its_arguments_is_no_definition(tmp_path: Path) -> None:
    source = "def size(xs: list[int]) -> int:\n    return len(xs)\n"
    assert judged(tmp_path, source, SPENT).outcome is not Verdict.PROVED


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("LIMIT = 3\ndef f(n: int) -> int:\n    return LIMIT\n", "Assign"),
        ("@print\ndef f(n: int) -> int:\n    return 3\n", "plain function"),
        ("def f(n: int = 4) -> int:\n    return 3\n", "plain parameters"),
        ("def g(n: int) -> int:\n    return 3\n", "plain function"),
        ("def f(n: int) -> int:\n    f = 3\n    return f\n", "local"),
    ],
)
def test_what_is_not_read_is_told(tmp_path: Path, reference: str, why: str) -> None:
    attempt = judged(tmp_path, "def f(n: int) -> int:\n    return 3\n", reference)
    assert attempt.outcome is Verdict.UNKNOWN
    assert why in attempt.reason
