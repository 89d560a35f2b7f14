"""Integer square root by halving an interval."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: result * result <= n)
@ensure(lambda n, result: n < (result + 1) * (result + 1))
def root_by_bisection(n: int) -> int:  # expect: proved
    low = 0
    high = n + 1
    while high - low > 1:
        middle = (low + high) // 2
        if middle * middle <= n:
            low = middle
        else:
            high = middle
    return low


@require(lambda n: n >= 0)
@ensure(lambda n, result: result * result <= n)
@ensure(lambda n, result: n < (result + 1) * (result + 1))
def root_by_bisection_broken(n: int) -> int:  # expect: refuted
    low = 0
    high = n
    while high - low > 1:
        middle = (low + high) // 2
        if middle * middle <= n:
            low = middle
        else:
            high = middle
    return low
