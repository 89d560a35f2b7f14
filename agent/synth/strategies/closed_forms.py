"""Polynomials through the results for 0, 1, 2, ...: a loop's closed form, in factors.

Newton's forward differences give the polynomial, its rational roots the factors.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from fractions import Fraction
from math import lcm

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.outputs import UNKNOWN, Outputs
from verify_agent.agent.synth.problem import Body
from verify_agent.verifier.ir.types import INT

DEGREE = 4
POINTS = DEGREE + 4

Polynomial = list[Fraction]
"""Coefficients, of the lowest power first."""


class ClosedForms:
    """`n * (n + 1) // 2` and its kin."""

    name = "closed form"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where one int is read and an int returned, and the result is not defined.

        A closed form of a sum or a recursion that the contract itself writes down is right, but
        has no loop whose invariant would show that.
        """
        one = context.types == [INT] and context.problem.returns == INT
        return 3.8 if one and context.spec.definition is None else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """The polynomial of least degree through all points, if it is of low degree."""
        outputs = Outputs(context)
        first = next((n for n in (0, 1) if outputs.of((n,)) is not UNKNOWN), None)
        yield None
        if first is None:
            return
        values = [outputs.of((n,)) for n in range(first, first + POINTS)]
        if any(type(value) is not int for value in values):
            return
        found = interpolated(first, values)
        if found is not None:
            text = factored(found, context.problem.signature.names[0])
            yield Body.of(ast.parse(text, mode="eval").body)


def interpolated(first: int, values: list[int]) -> Polynomial | None:
    """The polynomial of degree `DEGREE` or less through (first, v0), (first + 1, v1), ...

    >>> [str(c) for c in interpolated(0, [0, 1, 3, 6, 10, 15, 21, 28])]
    ['0', '1/2', '1/2']
    """
    differences: list[int] = []
    row = values
    while any(row) and len(differences) <= DEGREE:
        differences.append(row[0])
        row = [b - a for a, b in itertools.pairwise(row)]
    if any(row):
        return None
    total: Polynomial = []
    basis: Polynomial = [Fraction(1)]
    for k, difference in enumerate(differences):
        total = _added(total, [c * difference for c in basis])
        basis = [c / (k + 1) for c in _times(basis, [Fraction(-first - k), Fraction(1)])]
    return total


def _added(a: Polynomial, b: Polynomial) -> Polynomial:
    return [x + y for x, y in itertools.zip_longest(a, b, fillvalue=Fraction(0))]


def _times(a: Polynomial, b: Polynomial) -> Polynomial:
    made = [Fraction(0)] * (len(a) + len(b) - 1)
    for (i, x), (j, y) in itertools.product(enumerate(a), enumerate(b)):
        made[i + j] += x * y
    return made


def factored(polynomial: Polynomial, name: str) -> str:
    """The text of a polynomial: linear factors with whole coefficients, the rest, a division.

    >>> factored([Fraction(0), Fraction(1, 2), Fraction(1, 2)], "n")
    'n * (n + 1) // 2'
    """
    scale = lcm(*(c.denominator for c in polynomial)) if polynomial else 1
    rest = [c * scale for c in polynomial]
    while rest and rest[-1] == 0:
        rest.pop()
    factors: list[str] = []
    while len(rest) > 2:
        root = _root(rest)
        if root is None:
            break
        factors.append(_sum([Fraction(-root.numerator), Fraction(root.denominator)], name))
        rest = _without(rest, root)
    text = _sum(rest, name)
    if text != "1" or not factors:
        factors.append(text)
    if len(factors) > 1:
        product = " * ".join(f"({f})" if " " in f and not _is_product(f) else f for f in factors)
    else:
        product = f"({factors[0]})" if scale != 1 and " + " in factors[0] else factors[0]
    return f"{product} // {scale}" if scale != 1 else product


def _is_product(text: str) -> bool:
    return isinstance(node := ast.parse(text, mode="eval").body, ast.BinOp) and isinstance(
        node.op, ast.Mult
    )


def _root(polynomial: Polynomial) -> Fraction | None:
    """A small rational root."""
    candidates = (Fraction(p, q) for q in (1, 2, 3) for p in (0, -1, 1, -2, 2, -3, 3))
    return next((x for x in candidates if _value(polynomial, x) == 0), None)


def _value(polynomial: Polynomial, x: Fraction) -> Fraction:
    value = Fraction(0)
    for coefficient in reversed(polynomial):
        value = value * x + coefficient
    return value


def _without(polynomial: Polynomial, root: Fraction) -> Polynomial:
    """The quotient by (denominator * x - numerator) of a root."""
    quotient: Polynomial = []
    carried = Fraction(0)
    for coefficient in reversed(polynomial):
        carried = carried * root + coefficient
        quotient.append(carried)
    return [c / root.denominator for c in reversed(quotient[:-1])]


def _sum(polynomial: Polynomial, name: str) -> str:
    """The text of a polynomial with whole coefficients, highest power first."""
    text = ""
    for power, coefficient in reversed(list(enumerate(polynomial))):
        if coefficient == 0:
            continue
        size = abs(coefficient)
        factor = " * ".join([name] * power)
        term = factor if power and size == 1 else f"{size} * {factor}" if power else str(size)
        if not text:
            text = f"-{term}" if coefficient < 0 else term
        else:
            text += f" - {term}" if coefficient < 0 else f" + {term}"
    return text or "0"
