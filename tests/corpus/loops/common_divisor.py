"""Euclid's algorithm gives a common divisor."""

from icontract import ensure, require


@require(lambda a: a > 0)
@require(lambda b: b > 0)
@ensure(lambda result: result > 0)
@ensure(lambda a, b, result: a % result == 0 and b % result == 0)
def common_divisor(a: int, b: int) -> int:  # expect: proved
    x, y = a, b
    while y != 0:
        x, y = y, x % y
    return x


@require(lambda a: a > 0)
@require(lambda b: b > 0)
@ensure(lambda result: result > 0)
@ensure(lambda a, b, result: a % result == 0 and b % result == 0)
def common_divisor_broken(a: int, b: int) -> int:  # expect: refuted
    x, y = a, b
    while y > 1:
        x, y = y, x % y
    return x
