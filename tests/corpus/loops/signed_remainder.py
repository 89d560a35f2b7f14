"""The remainder that has the sign of the dividend, and not that of the divisor."""

from __future__ import annotations

from icontract import ensure, require


@require(lambda b: b > 0)
@ensure(lambda a, b, result: abs(result) < b and (a - result) % b == 0)
def signed_remainder(a: int, b: int) -> int:  # expect: proved
    rest = abs(a) % b
    return -rest if a < 0 else rest


@require(lambda b: b > 0)
@ensure(lambda a, b, result: abs(result) < b and (a - result) % b == 0)
def signed_remainder_broken(a: int, b: int) -> int:  # expect: refuted
    rest = abs(a) % b
    return -rest if a < -1 else rest
