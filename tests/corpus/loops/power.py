"""Power by repeated multiplication."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda x, n, result: result == x ** n)
def power(x: int, n: int) -> int:  # expect: proved
    value = 1
    for _ in range(n):
        value *= x
    return value


@require(lambda n: n >= 0)
@ensure(lambda x, n, result: result == x ** n)
def power_broken(x: int, n: int) -> int:  # expect: refuted
    value = 1
    for _ in range(n - 1):
        value *= x
    return value
