"""The first n odd numbers add up to a square."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n * n)
def sum_of_odds(n: int) -> int:  # expect: proved
    total = 0
    odd = 1
    for _ in range(n):
        total += odd
        odd += 2
    return total


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n * n)
def sum_of_odds_broken(n: int) -> int:  # expect: refuted
    total = 0
    odd = 3
    for _ in range(n):
        total += odd
        odd += 2
    return total
