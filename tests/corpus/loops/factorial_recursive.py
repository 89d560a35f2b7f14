"""Factorials are at least their argument."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda result: result >= 1)
@ensure(lambda n, result: result >= n)
def factorial_recursive(n: int) -> int:  # expect: proved
    if n <= 1:
        return 1
    return n * factorial_recursive(n - 1)


@require(lambda n: n >= 0)
@ensure(lambda result: result >= 1)
@ensure(lambda n, result: result >= n)
def factorial_recursive_broken(n: int) -> int:  # expect: refuted
    if n <= 1:
        return 1
    return (n - 1) * factorial_recursive_broken(n - 1)
