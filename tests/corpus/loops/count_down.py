"""Two counters that meet."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n)
def count_down(n: int) -> int:  # expect: proved
    up = 0
    down = n
    while down > 0:
        down -= 1
        up += 1
    return up


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n)
def count_down_broken(n: int) -> int:  # expect: refuted
    up = 1
    down = n
    while down > 0:
        down -= 1
        up += 1
    return up
