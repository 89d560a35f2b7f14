"""Exact null spaces of integer matrices.

Elimination modulo a large prime, rational reconstruction (Wang, "A p-adic algorithm for
univariate partial fractions", 1981), and a check over the integers: what is returned is exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import gcd, isqrt, lcm

PRIME = (1 << 61) - 1


def relations(rows: Sequence[Sequence[int]]) -> list[tuple[int, ...]]:
    """Integer vectors v with row . v == 0 for every row: one for each column that depends on
    the columns before it.

    The last entry of a vector that is not 0 belongs to that column; entries have no common
    divisor. Vectors that don't hold over the integers are left out.

    >>> relations([(1, 1, 2), (1, 2, 4), (1, 5, 10)])
    [(0, -2, 1)]
    """
    if not rows:
        return []
    reduced, pivots = _echelon([[x % PRIME for x in row] for row in rows])
    width = len(rows[0])
    found = []
    for column in range(width):
        if column in pivots:
            continue
        vector = _vector(reduced, pivots, column, width)
        if vector is not None and _holds(rows, vector):
            found.append(vector)
    return found


def _echelon(matrix: list[list[int]]) -> tuple[list[list[int]], dict[int, int]]:
    """The reduced row echelon form modulo PRIME, and the row of each pivot column."""
    pivots: dict[int, int] = {}
    rank = 0
    for column in range(len(matrix[0])):
        place = next((k for k in range(rank, len(matrix)) if matrix[k][column]), None)
        if place is None:
            continue
        matrix[rank], matrix[place] = matrix[place], matrix[rank]
        inverse = pow(matrix[rank][column], -1, PRIME)
        pivot = matrix[rank] = [x * inverse % PRIME for x in matrix[rank]]
        for k, row in enumerate(matrix):
            if k != rank and row[column]:
                factor = row[column]
                matrix[k] = [(a - factor * b) % PRIME for a, b in zip(row, pivot, strict=True)]
        pivots[column] = rank
        rank += 1
        if rank == len(matrix):
            break
    return matrix, pivots


def _vector(
    reduced: list[list[int]], pivots: dict[int, int], column: int, width: int
) -> tuple[int, ...] | None:
    entries: list[tuple[int, int]] = [(0, 1)] * width
    entries[column] = (1, 1)
    for pivot, row in pivots.items():
        value = _rational(-reduced[row][column] % PRIME)
        if value is None:
            return None
        entries[pivot] = value
    scale = lcm(*(d for _, d in entries))
    whole = [a * (scale // d) for a, d in entries]
    common = gcd(*whole)
    return tuple(x // common for x in whole)


def _rational(residue: int) -> tuple[int, int] | None:
    """The fraction with small numerator and denominator that is congruent to the residue."""
    bound = isqrt(PRIME // 2)
    r0, r1, t0, t1 = PRIME, residue, 0, 1
    while r1 > bound:
        quotient = r0 // r1
        r0, r1, t0, t1 = r1, r0 - quotient * r1, t1, t0 - quotient * t1
    if t1 == 0 or abs(t1) > bound or gcd(r1, abs(t1)) != 1:
        return None
    return (r1, t1) if t1 > 0 else (-r1, -t1)


def _holds(rows: Sequence[Sequence[int]], vector: tuple[int, ...]) -> bool:
    return all(sum(a * b for a, b in zip(row, vector, strict=True)) == 0 for row in rows)
