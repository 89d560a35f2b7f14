"""Counting equal elements."""

from icontract import ensure


@ensure(lambda xs, key, result: result == xs.count(key))
def occurrences(xs: list[int], key: int) -> int:  # expect: proved
    n = 0
    for x in xs:
        if x == key:
            n += 1
    return n


@ensure(lambda xs, key, result: result == xs.count(key))
def occurrences_broken(xs: list[int], key: int) -> int:  # expect: refuted
    n = 0
    for x in xs:
        if x >= key:
            n += 1
    return n
