"""Floats are not reals; None is not a number."""

from icontract import ensure, require


@ensure(lambda x, result: result == x)
def not_a_number(x: float) -> float:  # expect: violated
    return x


@require(lambda x, y, z: 0.0 <= x <= 1.0 and 0.0 <= y <= 1.0 and 0.0 <= z <= 1.0)
@ensure(lambda x, y, z, result: result == x + (y + z))
def associativity(x: float, y: float, z: float) -> float:  # expect: violated
    return (x + y) + z


@require(lambda x: x > 0.0)
@ensure(lambda x, result: result > x)
def strictly_more(x: float) -> float:  # expect: violated
    return x + 1.0


@require(lambda x, lo, hi: lo <= hi and x == x)
@ensure(lambda lo, hi, result: lo <= result <= hi)
def clamped(x: float, lo: float, hi: float) -> float:  # expect: holds
    return min(max(x, lo), hi)


@ensure(lambda x, result: result == 0.0)
def cancels(x: float) -> float:  # expect: violated
    return x - x


@ensure(lambda a, b, result: result >= a and result >= b)
def larger(a: float, b: float) -> float:  # expect: violated
    return max(a, b)


@ensure(lambda x, result: result == (x is None))
def missing(x: int | None) -> bool:  # expect: holds
    return x is None


@ensure(lambda x, result: result == (x is None))
def zero_is_not_missing(x: int | None) -> bool:  # expect: violated
    return not x


@ensure(lambda x, result: result >= 0)
def arithmetic_on_none(x: int | None) -> int:  # expect: violated
    return abs(x + 1)
