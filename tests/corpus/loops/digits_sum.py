"""Casting out nines with a loop."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda result: result >= 0)
@ensure(lambda n, result: (n - result) % 9 == 0)
def digits_sum(n: int) -> int:  # expect: proved
    total = 0
    while n > 0:
        total += n % 10
        n //= 10
    return total


@require(lambda n: n >= 0)
@ensure(lambda result: result >= 0)
@ensure(lambda n, result: (n - result) % 9 == 0)
def digits_sum_broken(n: int) -> int:  # expect: refuted
    total = 0
    while n > 9:
        total += n % 10
        n //= 10
    return total
