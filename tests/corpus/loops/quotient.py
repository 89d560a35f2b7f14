"""Quotient by repeated subtraction."""

from icontract import ensure, require


@require(lambda a: a >= 0)
@require(lambda b: b > 0)
@ensure(lambda a, b, result: result * b <= a)
@ensure(lambda a, b, result: a < (result + 1) * b)
def quotient(a: int, b: int) -> int:  # expect: proved
    count = 0
    rest = a
    while rest >= b:
        rest -= b
        count += 1
    return count


@require(lambda a: a >= 0)
@require(lambda b: b > 0)
@ensure(lambda a, b, result: result * b <= a)
@ensure(lambda a, b, result: a < (result + 1) * b)
def quotient_broken(a: int, b: int) -> int:  # expect: refuted
    count = 0
    rest = a
    while rest > b:
        rest -= b
        count += 1
    return count
