"""Formulas over reals, written as one writes them: `d1 <= L * d0`.

Thin: every operator makes one term of `verifier/smt/reals.py`, nothing is simplified.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from verify_agent.verifier.smt import reals
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Function, Term

Number = int | Fraction


@dataclass(frozen=True)
class Real:
    """A real-valued expression.

    >>> x, y = reals_named("x y")
    >>> x <= 2 * y
    (real.le x (real.mul 2 y))
    """

    term: Term

    def __add__(self, other: Real | Number) -> Real:
        return Real(reals.add(self.term, lift(other).term))

    def __radd__(self, other: Number) -> Real:
        return lift(other) + self

    def __sub__(self, other: Real | Number) -> Real:
        return Real(reals.sub(self.term, lift(other).term))

    def __rsub__(self, other: Number) -> Real:
        return lift(other) - self

    def __mul__(self, other: Real | Number) -> Real:
        return Real(reals.mul(self.term, lift(other).term))

    def __rmul__(self, other: Number) -> Real:
        return lift(other) * self

    def __truediv__(self, other: Real | Number) -> Real:
        return Real(reals.div(self.term, lift(other).term))

    def __rtruediv__(self, other: Number) -> Real:
        return lift(other) / self

    def __neg__(self) -> Real:
        return Real(reals.neg(self.term))

    def __le__(self, other: Real | Number) -> Term:
        return reals.le(self.term, lift(other).term)

    def __lt__(self, other: Real | Number) -> Term:
        return reals.lt(self.term, lift(other).term)

    def __ge__(self, other: Real | Number) -> Term:
        return reals.le(lift(other).term, self.term)

    def __gt__(self, other: Real | Number) -> Term:
        return reals.lt(lift(other).term, self.term)

    def equals(self, other: Real | Number) -> Term:
        """Equality as a formula (`==` compares the expressions themselves)."""
        return t.eq(self.term, lift(other).term)

    def differs(self, other: Real | Number) -> Term:
        """Inequality as a formula."""
        return t.negate(self.equals(other))


def lift(value: Real | Number) -> Real:
    """A number as an expression; an expression as it is."""
    return value if isinstance(value, Real) else Real(reals.real(value))


def reals_named(names: str) -> tuple[Real, ...]:
    """Variables, named in one string with spaces between."""
    return tuple(Real(t.var(name, t.REAL)) for name in names.split())


def as_real(integer: Term) -> Real:
    """An integer term as a real."""
    return Real(reals.from_int(integer))


def absolute(x: Real) -> Real:
    """|x|."""
    return choose(x >= 0, x, -x)


def larger(x: Real, y: Real) -> Real:
    """max(x, y)."""
    return choose(x >= y, x, y)


def choose(condition: Term, then: Real | Number, otherwise: Real | Number) -> Real:
    """One of two values."""
    return Real(t.ite(condition, lift(then).term, lift(otherwise).term))


@dataclass(frozen=True)
class RealFunction:
    """An unknown function from reals to reals.

    >>> f, (x,) = RealFunction("f"), reals_named("x")
    >>> f(x).equals(x)
    (= (f x) x)
    """

    name: str

    def __call__(self, x: Real) -> Real:
        function = Function(self.name, (t.REAL,), t.REAL)
        return Real(t.apply(function, x.term))


def between(low: Real | Number, x: Real, high: Real | Number) -> Term:
    """low <= x <= high."""
    return t.conj(lift(low) <= x, x <= lift(high))
