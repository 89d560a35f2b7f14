"""Triangular numbers by a counting loop."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: 2 * result == n * (n + 1))
def triangular(n: int) -> int:  # expect: proved
    total = 0
    i = 0
    while i < n:
        i += 1
        total += i
    return total


@require(lambda n: n >= 0)
@ensure(lambda n, result: 2 * result == n * (n + 1))
def triangular_broken(n: int) -> int:  # expect: refuted
    total = 0
    i = 0
    while i < n:
        total += i
        i += 1
    return total
