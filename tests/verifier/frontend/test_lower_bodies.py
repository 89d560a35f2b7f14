"""A body lowered alone does what the whole module lowered again does."""

from __future__ import annotations

import ast

import pytest

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.frontend.lower_bodies import bodies
from verify_agent.verifier.ir.interpreter_contract import check_contract

TEXT = """\
from icontract import ensure


def twice(x: int) -> int:
    return 2 * x


def thrice(x: int) -> int:
    return 3 * x


@ensure(lambda result, xs: result == sum(twice(x) for x in xs))
def f(xs: list[int]) -> int:
    return BODY
"""
BODIES = (
    "sum(2 * x for x in xs)",
    "sum(x + x for x in xs) + len(xs)",
    "max(xs)",
    "sum(map(lambda y: 2 * y, xs))",
    "[2 * x for x in xs][0] if xs else 0",
    "f(xs[1:]) + 2 * xs[0] if xs else 0",
)
INPUTS = ([], [1], [3, -1], [0, 2, 5])


def node(text: str) -> ast.FunctionDef:
    found = ast.parse(text).body[-1]
    assert isinstance(found, ast.FunctionDef)
    return found


@pytest.mark.parametrize("body", BODIES)
def test_same_outcomes_as_the_whole_module(body: str) -> None:
    first = bodies(subject(TEXT.replace("BODY", "sum(xs)"), "f"))
    text = TEXT.replace("BODY", body)
    quick = first.with_body(node(text))
    assert quick is not None
    slow = lower(subject(text, "f"))
    for xs in INPUTS:
        got, wanted = check_contract(quick, [list(xs)]), check_contract(slow, [list(xs)])
        assert type(got) is type(wanted)
        assert getattr(got, "violations", ()) == getattr(wanted, "violations", ())


@pytest.mark.parametrize("body", ["sum(thrice(x) for x in xs)", "sum(twice(x) for x in xs)"])
def test_a_function_that_was_not_reached_by_a_body_needs_the_module(body: str) -> None:
    first = bodies(subject(TEXT.replace("BODY", "sum(xs)"), "f"))
    assert first.with_body(node(TEXT.replace("BODY", body))) is None


def test_one_body_leaves_nothing_behind_for_the_next() -> None:
    first = bodies(subject(TEXT.replace("BODY", "sum(xs)"), "f"))
    before = dict(first.builder.functions)
    first.with_body(node(TEXT.replace("BODY", "sum(thrice(x) for x in xs)")))
    with pytest.raises(Unsupported):
        first.with_body(node(TEXT.replace("BODY", "eval('1')")))
    assert first.builder.functions == before
    assert first.builder.pending == []
