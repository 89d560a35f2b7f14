"""Product by repeated addition."""

from icontract import ensure, require


@require(lambda b: b >= 0)
@ensure(lambda a, b, result: result == a * b)
def multiply_by_adding(a: int, b: int) -> int:  # expect: proved
    product = 0
    left = b
    while left > 0:
        product += a
        left -= 1
    return product


@require(lambda b: b >= 0)
@ensure(lambda a, b, result: result == a * b)
def multiply_by_adding_broken(a: int, b: int) -> int:  # expect: refuted
    product = 0
    left = b
    while left > 1:
        product += a
        left -= 1
    return product
