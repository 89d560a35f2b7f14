"""Remainder by repeated subtraction."""

from icontract import ensure, require


@require(lambda a: a >= 0)
@require(lambda b: b > 0)
@ensure(lambda a, b, result: result == a % b)
def remainder(a: int, b: int) -> int:  # expect: proved
    rest = a
    while rest >= b:
        rest -= b
    return rest


@require(lambda a: a >= 0)
@require(lambda b: b > 0)
@ensure(lambda a, b, result: result == a % b)
def remainder_broken(a: int, b: int) -> int:  # expect: refuted
    rest = a
    while rest > b:
        rest -= b
    return rest
