"""Two nested counting loops."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@require(lambda m: m >= 0)
@ensure(lambda n, m, result: result == n * m)
def grid_count(n: int, m: int) -> int:  # expect: proved
    count = 0
    for _ in range(n):
        for _ in range(m):
            count += 1
    return count


@require(lambda n: n >= 0)
@require(lambda m: m >= 0)
@ensure(lambda n, m, result: result == n * m)
def grid_count_broken(n: int, m: int) -> int:  # expect: refuted
    count = 0
    for _ in range(n):
        for _ in range(1, m):
            count += 1
    return count
