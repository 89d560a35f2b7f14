"""Sum of the first squares, against the closed form."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: 6 * result == n * (n + 1) * (2 * n + 1))
def sum_of_squares(n: int) -> int:  # expect: proved
    total = 0
    for i in range(1, n + 1):
        total += i * i
    return total


@require(lambda n: n >= 0)
@ensure(lambda n, result: 6 * result == n * (n + 1) * (2 * n + 1))
def sum_of_squares_broken(n: int) -> int:  # expect: refuted
    total = 0
    for i in range(1, n):
        total += i * i
    return total
