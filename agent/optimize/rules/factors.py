"""Numbers, sums and polynomials with rational coefficients as a person writes them in Python."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm


def sum_text(parts: Sequence[tuple[Fraction, str]]) -> str:
    """A sum of coefficients times texts over one denominator; a text may be empty for 1.

    >>> sum_text([(Fraction(1, 2), "n * n"), (Fraction(-1, 2), "n")])
    '(n * n - n) // 2'
    """
    kept = [(c, text) for c, text in parts if c]
    if not kept:
        return "0"
    below = lcm(*(c.denominator for c, _ in kept))
    made = ""
    for c, text in sorted(kept, key=lambda part: part[0] < 0):
        number = abs(int(c * below))
        term = text if text and number == 1 else f"{number} * {text}" if text else str(number)
        sign = "-" if c < 0 else "+"
        made = f"{made} {sign} {term}" if made else f"-{term}" if c < 0 else term
    if below == 1:
        return made
    return f"({made}) // {below}" if len(kept) > 1 else f"{made} // {below}"


def product_text(name: str, coefficients: Sequence[Fraction]) -> str:
    """A polynomial of one variable, from the constant term upwards, with its linear factors out.

    >>> product_text("n", [Fraction(0), Fraction(1, 2), Fraction(1, 2)])
    'n * (n + 1) // 2'
    >>> product_text("n", [Fraction(0), Fraction(1, 6), Fraction(1, 2), Fraction(1, 3)])
    'n * (n + 1) * (2 * n + 1) // 6'
    """
    below = lcm(*(c.denominator for c in coefficients))
    whole = [int(c * below) for c in coefficients]
    shared = gcd(*whole)
    if shared == 0:
        return "0"
    if whole[-1] < 0 and len(whole) > 1:
        shared = -shared
    rest = [c // shared for c in whole]
    factors: list[str] = []
    while len(rest) > 1 and (root := _root(rest)) is not None:
        rest = _divided(rest, root)
        factors.append(_linear(name, root))
    if rest != [1]:
        texts = ["", name, *(" * ".join([name] * d) for d in range(2, len(rest)))]
        parts = [(Fraction(c), t) for c, t in zip(rest, texts, strict=True)]
        text = sum_text(list(reversed(parts)))
        factors.append(f"({text})" if len([c for c in rest if c]) > 1 else text)
    if not factors:
        return f"{shared}" if below == 1 else f"{shared} // {below}"
    if len(factors) == 1 and shared == 1 and below == 1:
        return factors[0].removeprefix("(").removesuffix(")") if "(" in factors[0] else factors[0]
    ordered = sorted(factors, key=lambda f: (len(f), f))
    head = [str(shared)] if shared not in (1, -1) else []
    text = ("-" if shared == -1 else "") + " * ".join([*head, *ordered])
    return text if below == 1 else f"{text} // {below}"


def _root(coefficients: Sequence[int]) -> Fraction | None:
    """A rational root, by the rational root theorem."""
    if coefficients[0] == 0:
        return Fraction(0)
    for below in _divisors(coefficients[-1]):
        for above in _divisors(coefficients[0]):
            for root in (Fraction(-above, below), Fraction(above, below)):
                if sum(c * root**d for d, c in enumerate(coefficients)) == 0:
                    return root
    return None


def _divisors(number: int) -> list[int]:
    most = min(abs(number), 60)
    return [d for d in range(1, most + 1) if number % d == 0]


def _divided(coefficients: Sequence[int], root: Fraction) -> list[int]:
    """The quotient by `q * x - p` for the root p/q; it comes out whole (Gauss)."""
    made: list[Fraction] = []
    carried = Fraction(0)
    for c in reversed(coefficients):
        carried = c + carried * root
        made.append(carried)
    quotient = [c / root.denominator for c in reversed(made[:-1])]
    return [int(c) for c in quotient]


def _linear(name: str, root: Fraction) -> str:
    if root == 0:
        return name
    head = name if root.denominator == 1 else f"{root.denominator} * {name}"
    sign = "-" if root > 0 else "+"
    return f"({head} {sign} {abs(root.numerator)})"
