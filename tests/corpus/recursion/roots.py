"""Integer square roots against `math.isqrt`, and by what they promise."""

import math

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: result * result <= n < (result + 1) * (result + 1))
def root(n: int) -> int:  # expect: proved
    return math.isqrt(n)


@require(lambda n: n >= 0)
@ensure(lambda n, result: result * result < n)
def root_broken(n: int) -> int:  # expect: refuted
    return math.isqrt(n)


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == math.isqrt(n))
def by_steps(n: int) -> int:  # expect: proved
    r = 0
    while (r + 1) * (r + 1) <= n:
        r += 1
    return r


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == math.isqrt(n))
def by_steps_broken(n: int) -> int:  # expect: refuted
    r = 0
    while (r + 1) * (r + 1) < n:
        r += 1
    return r
