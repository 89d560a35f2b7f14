"""Euclid's algorithm against `math.gcd`, by loops and by recursion; fast powers."""

import math

from icontract import ensure, require


@require(lambda a, b: a > 0 and b > 0)
@ensure(lambda a, b, result: result == math.gcd(a, b))
def by_remainders(a: int, b: int) -> int:  # expect: proved
    while b:
        a, b = b, a % b
    return a


@require(lambda a, b: a > 0 and b > 0)
@ensure(lambda a, b, result: result == math.gcd(a, b))
def by_remainders_broken(a: int, b: int) -> int:  # expect: refuted
    while b > 1:
        a, b = b, a % b
    return a


@require(lambda a, b: a > 0 and b > 0)
@ensure(lambda a, b, result: result == math.gcd(a, b))
def by_subtraction(a: int, b: int) -> int:  # expect: proved
    while a != b:
        if a > b:
            a -= b
        else:
            b -= a
    return a


@require(lambda a, b: a > 0 and b > 0)
@ensure(lambda a, b, result: result == math.gcd(a, b))
def by_subtraction_broken(a: int, b: int) -> int:  # expect: refuted
    while a > b:
        a -= b
    return a


@require(lambda a, b: a >= 0 and b >= 0)
@ensure(lambda a, b, result: result == math.gcd(a, b))
def by_recursion(a: int, b: int) -> int:  # expect: proved
    if b == 0:
        return a
    return by_recursion(b, a % b)


@require(lambda a, b: a >= 0 and b >= 0)
@ensure(lambda a, b, result: result == math.gcd(a, b))
def by_recursion_broken(a: int, b: int) -> int:  # expect: refuted
    if a == 0:
        return a
    return by_recursion_broken(b % a, a)


@require(lambda n: n >= 0)
@ensure(lambda x, n, result: result == x**n)
def squarings(x: int, n: int) -> int:  # expect: proved
    made = 1
    while n > 0:
        if n & 1:
            made *= x
        x *= x
        n >>= 1
    return made


@require(lambda n: n >= 0)
@ensure(lambda x, n, result: result == x**n)
def squarings_broken(x: int, n: int) -> int:  # expect: refuted
    made = 1
    while n > 1:
        if n & 1:
            made *= x
        x *= x
        n >>= 1
    return made
