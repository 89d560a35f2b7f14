"""Two running numbers against a recursive specification."""

from icontract import ensure, require


def fib(n: int) -> int:
    return n if n <= 1 else fib(n - 1) + fib(n - 2)


@require(lambda n: 0 <= n)
@ensure(lambda n, result: result == fib(n))
def fibonacci_loop(n: int) -> int:  # expect: proved
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


@require(lambda n: 0 <= n)
@ensure(lambda n, result: result == fib(n))
def fibonacci_loop_broken(n: int) -> int:  # expect: refuted
    a, b = 1, 1
    for _ in range(n):
        a, b = b, a + b
    return a
