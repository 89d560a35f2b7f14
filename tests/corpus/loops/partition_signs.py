"""Negative numbers to the front, in two lists joined."""

from icontract import ensure


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result.count(x) == xs.count(x) for x in xs))
def partition_signs(xs: list[int]) -> list[int]:  # expect: proved
    low: list[int] = []
    high: list[int] = []
    for x in xs:
        if x < 0:
            low.append(x)
        else:
            high.append(x)
    return low + high


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result.count(x) == xs.count(x) for x in xs))
def partition_signs_broken(xs: list[int]) -> list[int]:  # expect: refuted
    low: list[int] = []
    high: list[int] = []
    for x in xs:
        if x < 0:
            low.append(x)
        elif x > 0:
            high.append(x)
    return low + high
