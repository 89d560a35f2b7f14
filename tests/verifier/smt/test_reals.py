"""Reals: both solvers, both translations and evaluation by definition agree."""

from __future__ import annotations

from fractions import Fraction

import pytest

from verify_agent.verifier.smt import reals as r
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.cvc5_ import shared_worker
from verify_agent.verifier.smt.evaluate import Refused, evaluate
from verify_agent.verifier.smt.literals import literal
from verify_agent.verifier.smt.portfolio import prove
from verify_agent.verifier.smt.query import Budget, Query, Status
from verify_agent.verifier.smt.walk import pack, unpack_one
from verify_agent.verifier.smt.z3_ import Z3

X, Y = t.var("x", t.REAL), t.var("y", t.REAL)
HALF = Fraction(1, 2)


@pytest.mark.parametrize(
    ("term", "value"),
    [
        (r.add(r.real(HALF), r.real(1)), Fraction(3, 2)),
        (r.sub(r.real(HALF), r.real(1)), -HALF),
        (r.mul(r.real(HALF), r.neg(r.real(3))), Fraction(-3, 2)),
        (r.div(r.real(1), r.real(-3)), Fraction(-1, 3)),
        (r.from_int(t.integer(-7)), Fraction(-7)),
        (r.le(r.real(HALF), r.real(HALF)), True),
        (r.lt(r.real(HALF), r.real(HALF)), False),
    ],
)
def test_value_by_definition_and_by_both_solvers(term: t.Term, value: Fraction | bool) -> None:
    assert evaluate(term, {}) == value
    query = Query("q", (), t.Term("=", (term, literal(value, term.sort))))
    assert Z3().solve(query, Budget()).status is Status.UNSAT
    assert Z3().solve_text(query.text, Budget()).status is Status.UNSAT
    assert shared_worker().solve(query, Budget()).status is Status.UNSAT


def test_a_model_is_a_rational_from_both_solvers() -> None:
    query = Query("q", (), r.le(r.mul(r.real(3), X), r.real(1)))
    for solver in (Z3(), shared_worker()):
        answer = solver.solve(query, Budget())
        assert answer.status is Status.SAT
        assert answer.model is not None
        found = answer.model.values["x"]
        assert isinstance(found, Fraction)
        assert 3 * found > 1


def test_both_solvers_prove_a_nonlinear_fact() -> None:
    positive = (r.lt(r.real(0), X), r.lt(r.real(0), Y))
    assert prove(Query("q", positive, r.lt(r.real(0), r.mul(X, Y)))).agreement == "both"


def test_division_by_zero_is_open() -> None:
    with pytest.raises(Refused):
        evaluate(r.div(r.real(1), r.real(0)), {})
    some = Query("q", (), t.ne(r.div(r.real(1), r.real(0)), r.real(5)))
    assert Z3().solve(some, Budget()).status is Status.SAT


def test_a_constant_is_no_integer() -> None:
    assert r.real(1) is not t.integer(1)
    with pytest.raises(TypeError):
        r.add(r.real(1), t.integer(1))
    with pytest.raises(TypeError):
        t.eq(r.real(1), t.integer(1))


def test_packing_keeps_terms() -> None:
    term = r.le(r.div(X, r.real(HALF)), Y)
    assert unpack_one(pack((term,))) is term
