"""A loop against a recursive specification."""

from icontract import ensure, require


def product_to(n: int) -> int:
    return 1 if n <= 0 else n * product_to(n - 1)


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == product_to(n))
def factorial_loop(n: int) -> int:  # expect: proved
    value = 1
    for i in range(1, n + 1):
        value *= i
    return value


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == product_to(n))
def factorial_loop_broken(n: int) -> int:  # expect: refuted
    value = 1
    for i in range(1, n):
        value *= i
    return value
