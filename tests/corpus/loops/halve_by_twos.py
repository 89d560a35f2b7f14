"""Halving by steps of two."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: 2 * result <= n <= 2 * result + 1)
def halve_by_twos(n: int) -> int:  # expect: proved
    half = 0
    i = 0
    while i + 2 <= n:
        i += 2
        half += 1
    return half


@require(lambda n: n >= 0)
@ensure(lambda n, result: 2 * result <= n <= 2 * result + 1)
def halve_by_twos_broken(n: int) -> int:  # expect: refuted
    half = 0
    i = 0
    while i + 1 <= n:
        i += 2
        half += 1
    return half
