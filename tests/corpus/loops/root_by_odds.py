"""Integer square root by subtracting odd numbers."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: result * result <= n)
@ensure(lambda n, result: n < (result + 1) * (result + 1))
def root_by_odds(n: int) -> int:  # expect: proved
    root = 0
    odd = 1
    rest = n
    while rest >= odd:
        rest -= odd
        odd += 2
        root += 1
    return root


@require(lambda n: n >= 0)
@ensure(lambda n, result: result * result <= n)
@ensure(lambda n, result: n < (result + 1) * (result + 1))
def root_by_odds_broken(n: int) -> int:  # expect: refuted
    root = 0
    odd = 1
    rest = n
    while rest > odd:
        rest -= odd
        odd += 2
        root += 1
    return root
