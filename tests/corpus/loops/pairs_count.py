"""A triangle of pairs."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: 2 * result == n * (n - 1))
def pairs_count(n: int) -> int:  # expect: proved
    count = 0
    for i in range(n):
        for _ in range(i):
            count += 1
    return count


@require(lambda n: n >= 0)
@ensure(lambda n, result: 2 * result == n * (n - 1))
def pairs_count_broken(n: int) -> int:  # expect: refuted
    count = 0
    for i in range(n):
        for _ in range(i + 1):
            count += 1
    return count
