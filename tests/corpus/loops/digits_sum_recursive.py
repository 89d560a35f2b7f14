"""Casting out nines, recursively."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda result: result >= 0)
@ensure(lambda n, result: (n - result) % 9 == 0)
def digits_sum_recursive(n: int) -> int:  # expect: proved
    if n < 10:
        return n
    return digits_sum_recursive(n // 10) + n % 10


@require(lambda n: n >= 0)
@ensure(lambda result: result >= 0)
@ensure(lambda n, result: (n - result) % 9 == 0)
def digits_sum_recursive_broken(n: int) -> int:  # expect: refuted
    if n < 10:
        return n
    return digits_sum_recursive_broken(n // 10) + n % 11
