"""Counting elements."""

from icontract import ensure


@ensure(lambda xs, result: result == len(xs))
def length_of(xs: list[int]) -> int:  # expect: proved
    n = 0
    for _ in xs:
        n += 1
    return n


@ensure(lambda xs, result: result == len(xs))
def length_of_broken(xs: list[int]) -> int:  # expect: refuted
    n = 0
    for x in xs:
        if x != 7:
            n += 1
    return n
