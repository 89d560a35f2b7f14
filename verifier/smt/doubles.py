"""Terms over IEEE doubles; every operation rounds to nearest, ties to even, as CPython's do.

Only what SMT-LIB fixes bit for bit is here: its `fp.min` and `fp.max` leave the sign of a zero
open and its `fp.rem` is not Python's `%`, so they are left out.
"""

from __future__ import annotations

from verify_agent.verifier.smt.terms import BOOL, F64, INT, Sort, Term


def _over_doubles(op: str, args: tuple[Term, ...], sort: Sort) -> Term:
    if any(a.sort != F64 for a in args):
        raise TypeError(f"{op} takes doubles, not {[str(a.sort) for a in args]}")
    return Term(op, args, sort)


def add(a: Term, b: Term) -> Term:
    """The sum, rounded."""
    return _over_doubles("fp.add", (a, b), F64)


def sub(a: Term, b: Term) -> Term:
    """The difference, rounded."""
    return _over_doubles("fp.sub", (a, b), F64)


def mul(a: Term, b: Term) -> Term:
    """The product, rounded."""
    return _over_doubles("fp.mul", (a, b), F64)


def div(a: Term, b: Term) -> Term:
    """IEEE's quotient, rounded; by zero an infinity or NaN (Python raises instead)."""
    return _over_doubles("fp.div", (a, b), F64)


def sqrt(a: Term) -> Term:
    """The square root, rounded; NaN below zero (Python raises instead)."""
    return _over_doubles("fp.sqrt", (a,), F64)


def neg(a: Term) -> Term:
    """The value with its sign flipped, also for zeros."""
    return _over_doubles("fp.neg", (a,), F64)


def absolute(a: Term) -> Term:
    """The value without its sign."""
    return _over_doubles("fp.abs", (a,), F64)


def lt(a: Term, b: Term) -> Term:
    """IEEE's `<`: false if either is NaN."""
    return _over_doubles("fp.lt", (a, b), BOOL)


def le(a: Term, b: Term) -> Term:
    """IEEE's `<=`: false if either is NaN."""
    return _over_doubles("fp.leq", (a, b), BOOL)


def gt(a: Term, b: Term) -> Term:
    """IEEE's `>`."""
    return lt(b, a)


def ge(a: Term, b: Term) -> Term:
    """IEEE's `>=`."""
    return le(b, a)


def ieee_eq(a: Term, b: Term) -> Term:
    """IEEE's `==`, which is Python's: NaN differs from itself, the two zeros are equal."""
    return _over_doubles("fp.eq", (a, b), BOOL)


def is_nan(a: Term) -> Term:
    """Whether it is NaN."""
    return _over_doubles("fp.isNaN", (a,), BOOL)


def is_infinite(a: Term) -> Term:
    """Whether it is an infinity."""
    return _over_doubles("fp.isInfinite", (a,), BOOL)


def from_int(a: Term) -> Term:
    """The double nearest to an integer; an infinity from 2**1024 - 2**970 on (Python raises)."""
    if a.sort != INT:
        raise TypeError(f"fp.from_int takes an integer, not {a.sort}")
    return Term("fp.from_int", (a,), F64)
