"""Functions that call themselves, and recursive specifications."""

from typing import Optional

from icontract import ensure, require


def fib(n: int) -> int:
    return n if n <= 1 else fib(n - 1) + fib(n - 2)


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == fib(n))
def fibonacci(n: int) -> int:  # expect: proved
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == fib(n))
def fibonacci_broken(n: int) -> int:  # expect: refuted
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + a
    return a


@require(lambda a, b: a >= 0 and b >= 0)
@ensure(lambda a, b, result: result == a * b)
def product(a: int, b: int) -> int:  # expect: proved
    if b == 0:
        return 0
    return a + product(a, b - 1)


@require(lambda a, b: a >= 0 and b >= 0)
@ensure(lambda a, b, result: result == a * b)
def product_broken(a: int, b: int) -> int:  # expect: refuted
    if b == 0:
        return a
    return a + product_broken(a, b - 1)


@ensure(lambda xs, result: result == sum(xs))
def total(xs: list[int]) -> int:  # expect: proved
    if not xs:
        return 0
    return xs[0] + total(xs[1:])


@ensure(lambda xs, result: result == sum(xs))
def total_broken(xs: list[int]) -> int:  # expect: refuted
    if not xs:
        return 0
    return xs[0] + total_broken(xs[2:])


@require(lambda base, n: n >= 0)
@ensure(lambda base, n, result: result == base**n)
def raised(base: int, n: int) -> int:  # expect: proved
    if n == 0:
        return 1
    return base * raised(base, n - 1)


@require(lambda base, n: n >= 0)
@ensure(lambda base, n, result: result == base**n)
def raised_broken(base: int, n: int) -> int:  # expect: refuted
    if n == 0:
        return 0
    return base * raised_broken(base, n - 1)


@require(lambda xs, lo, hi: 0 <= lo <= hi <= len(xs))
@require(lambda xs: all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
@ensure(lambda xs, x, lo, hi, result: result is None or (lo <= result < hi and xs[result] == x))
@ensure(lambda xs, x, lo, hi, result: result is not None or x not in xs[lo:hi])
def bisect(xs: list[int], x: int, lo: int, hi: int) -> Optional[int]:  # expect: proved
    if lo >= hi:
        return None
    mid = (lo + hi) // 2
    if xs[mid] == x:
        return mid
    if xs[mid] < x:
        return bisect(xs, x, mid + 1, hi)
    return bisect(xs, x, lo, mid)


@require(lambda xs, lo, hi: 0 <= lo <= hi <= len(xs))
@require(lambda xs: all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
@ensure(lambda xs, x, lo, hi, result: result is not None or x not in xs[lo:hi])
def bisect_broken(xs: list[int], x: int, lo: int, hi: int) -> Optional[int]:  # expect: refuted
    if lo >= hi:
        return None
    mid = (lo + hi) // 2
    if xs[mid] == x:
        return mid
    if xs[mid] < x:
        return bisect_broken(xs, x, mid + 1, hi)
    return bisect_broken(xs, x, lo, mid - 1) if mid > lo else None


@require(lambda a, b: a > 0 and b >= 0)
@ensure(lambda a, b, result: result > 0 and a % result == 0 and b % result == 0)
def divisor(a: int, b: int) -> int:  # expect: proved
    if b == 0:
        return a
    return divisor(b, a % b)


@require(lambda a, b: a > 0 and b >= 0)
@ensure(lambda a, b, result: result > 0 and a % result == 0 and b % result == 0)
def divisor_broken(a: int, b: int) -> int:  # expect: refuted
    if b <= 1:
        return a
    return divisor_broken(b, a % b)


@require(lambda n: n >= 0)
@ensure(lambda n, result: result >= 0 and result <= n)
def digit_sum(n: int) -> int:  # expect: proved
    if n < 10:
        return n
    return n % 10 + digit_sum(n // 10)


@require(lambda n: n >= 0)
@ensure(lambda n, result: result >= 0 and result <= 9)
def digit_sum_broken(n: int) -> int:  # expect: refuted
    if n < 10:
        return n
    return n % 10 + digit_sum_broken(n // 10)


@require(lambda s: len(s) > 0)
@ensure(lambda s, result: len(result) == len(s) and result[0] == s[-1])
def turned(s: str) -> str:  # expect: proved
    if len(s) == 1:
        return s
    return turned(s[1:]) + s[0]


@require(lambda s: len(s) > 0)
@ensure(lambda s, result: len(result) == len(s) and result[0] == s[-1])
def turned_broken(s: str) -> str:  # expect: refuted
    if len(s) == 1:
        return s
    return s[0] + turned_broken(s[1:])
