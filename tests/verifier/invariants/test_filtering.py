"""What is let through: true, in scope, new, not empty."""

from __future__ import annotations

import pytest

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.canonical import ALWAYS, canonical
from verify_agent.verifier.invariants.filtering import Filter
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir

SOURCE = """
@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n)
def f(n: int) -> int:
    i = 0
    while i < n:
        i += 1
    return i
"""
COUNT, N = r.name("i"), r.name("n")


@pytest.fixture
def holds(contexts):
    return Filter(contexts(SOURCE)["L1"])


def test_a_true_formula_is_let_through_once(holds):
    assert holds(r.compare("<=", COUNT, N))
    assert not holds(r.compare("<=", COUNT, N))
    assert not holds(r.compare(">=", N, COUNT))


@pytest.mark.parametrize(
    "expr",
    [
        r.compare("<", COUNT, N),
        r.compare("==", n.Binary(ir.INT, r.NOWHERE, "//", COUNT, r.integer(0)), COUNT),
        r.compare("<=", COUNT, r.name("unknown")),
        r.compare("<=", COUNT, r.plus(COUNT, 1)),
        r.for_all("q!", r.plus(N, 1), COUNT, r.compare("<", r.name("q!"), r.integer(0))),
    ],
    ids=["false", "raises", "out of scope", "says nothing", "an empty range"],
)
def test_others_are_not(holds, expr):
    assert not holds(expr)


def test_keys_do_not_depend_on_the_names_of_bound_variables():
    one = r.for_all("a", r.integer(0), N, r.compare("<", r.name("a"), N))
    other = r.for_all("b", r.integer(0), N, r.compare(">", N, r.name("b")))
    assert canonical(one) == canonical(other)
    assert canonical(one) != canonical(r.for_all("a", r.integer(0), COUNT, r.name("a", ir.BOOL)))


def test_keys_of_equations_are_of_their_difference():
    doubled = r.compare("==", r.mul(r.integer(2), COUNT), r.mul(r.integer(2), N))
    assert canonical(doubled) == canonical(r.compare("==", N, COUNT))
    assert canonical(r.compare("<", COUNT, N)) != canonical(r.compare("<=", COUNT, N))
    assert canonical(r.compare("==", COUNT, COUNT)) == ALWAYS
