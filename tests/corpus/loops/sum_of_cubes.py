"""Sum of the first cubes."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: 4 * result == n * n * (n + 1) * (n + 1))
def sum_of_cubes(n: int) -> int:  # expect: proved
    total = 0
    for i in range(n + 1):
        total += i * i * i
    return total


@require(lambda n: n >= 0)
@ensure(lambda n, result: 4 * result == n * n * (n + 1) * (n + 1))
def sum_of_cubes_broken(n: int) -> int:  # expect: refuted
    total = 0
    for i in range(n):
        total += i * i * i
    return total
