"""How far an embedding may move before the answer can change (claim C14), in exact arithmetic.

With the margin m_j between the logits of the answer and of class j, and d_j the distance between
their rows of weights, no step shorter than min_j m_j / d_j changes the answer. Roots are rounded
to the safe side.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

#: Roots are exact to 2**-DIGITS.
DIGITS = 64


def root_below(number: int) -> Fraction:
    """A number not above the square root."""
    return Fraction(isqrt(number << (2 * DIGITS)), 1 << DIGITS)


def root_above(number: int) -> Fraction:
    """A number not below the square root.

    >>> root_below(2) ** 2 <= 2 <= root_above(2) ** 2
    True
    """
    low = isqrt(number << (2 * DIGITS))
    exact = low * low == number << (2 * DIGITS)
    return Fraction(low if exact else low + 1, 1 << DIGITS)


def certified_radius(
    best: int, products: Sequence[int], biases: Sequence[int], square: int, gaps: Sequence[int]
) -> Fraction:
    """The radius around an embedding; 0 where the answer `best` does not win for certain.

    `products` are the rows of weights times the integer vector, `square` is the vector's squared
    length, `gaps` are the squared distances of each row from the row `best`.
    """
    if square == 0:
        return Fraction(0)
    lowest: Fraction | None = None
    for other, gap in enumerate(gaps):
        if other == best:
            continue
        ahead = products[best] - products[other]
        length = root_above(square) if ahead >= 0 else root_below(square)
        margin = ahead / length + biases[best] - biases[other]
        if margin <= 0:
            return Fraction(0)
        if gap:
            reach = margin / root_above(gap)
            lowest = reach if lowest is None else min(lowest, reach)
    return lowest if lowest is not None else Fraction(0)
