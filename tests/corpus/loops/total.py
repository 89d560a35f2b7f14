"""The sum of a list."""

from icontract import ensure


@ensure(lambda xs, result: result == sum(xs))
def total(xs: list[int]) -> int:  # expect: proved
    acc = 0
    for x in xs:
        acc += x
    return acc


@ensure(lambda xs, result: result == sum(xs))
def total_broken(xs: list[int]) -> int:  # expect: refuted
    acc = 0
    for x in xs:
        if x > 0:
            acc += x
    return acc
