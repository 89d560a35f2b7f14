"""Terms over the real numbers, with rational constants; for mathematics, not for Python's floats.

Division is SMT-LIB's: total, and left open where the divisor is zero.
"""

from __future__ import annotations

from fractions import Fraction

from verify_agent.verifier.smt.terms import BOOL, INT, REAL, Sort, Term


def _over_reals(op: str, args: tuple[Term, ...], sort: Sort) -> Term:
    if any(a.sort != REAL for a in args):
        raise TypeError(f"{op} takes reals, not {[str(a.sort) for a in args]}")
    return Term(op, args, sort)


def real(value: Fraction | int) -> Term:
    """A rational constant."""
    return Term("const", (), REAL, Fraction(value))


def add(a: Term, b: Term) -> Term:
    """The sum."""
    return _over_reals("real.add", (a, b), REAL)


def neg(a: Term) -> Term:
    """The value with its sign flipped."""
    return _over_reals("real.neg", (a,), REAL)


def sub(a: Term, b: Term) -> Term:
    """The difference."""
    return add(a, neg(b))


def mul(a: Term, b: Term) -> Term:
    """The product."""
    return _over_reals("real.mul", (a, b), REAL)


def div(a: Term, b: Term) -> Term:
    """The quotient; any value at all where `b` is zero."""
    return _over_reals("real.div", (a, b), REAL)


def le(a: Term, b: Term) -> Term:
    """a <= b over reals."""
    return _over_reals("real.le", (a, b), BOOL)


def lt(a: Term, b: Term) -> Term:
    """a < b over reals."""
    return _over_reals("real.lt", (a, b), BOOL)


def from_int(a: Term) -> Term:
    """An integer as a real."""
    if a.sort != INT:
        raise TypeError(f"real.from_int takes an integer, not {a.sort}")
    return Term("real.from_int", (a,), REAL)
