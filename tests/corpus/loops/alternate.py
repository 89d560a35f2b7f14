"""A flag that flips with each round tells the parity."""

from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == (n % 2 == 0))
def alternate(n: int) -> bool:  # expect: proved
    even = True
    for _ in range(n):
        even = not even
    return even


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == (n % 2 == 0))
def alternate_broken(n: int) -> bool:  # expect: refuted
    even = False
    for _ in range(n):
        even = not even
    return even
