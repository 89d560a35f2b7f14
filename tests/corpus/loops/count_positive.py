"""Counting by a predicate, against a sum."""

from icontract import ensure


@ensure(lambda xs, result: result == sum(1 for x in xs if x > 0))
def count_positive(xs: list[int]) -> int:  # expect: proved
    n = 0
    for x in xs:
        if x > 0:
            n += 1
    return n


@ensure(lambda xs, result: result == sum(1 for x in xs if x > 0))
def count_positive_broken(xs: list[int]) -> int:  # expect: refuted
    n = 0
    for x in xs:
        if x >= 0:
            n += 1
    return n
