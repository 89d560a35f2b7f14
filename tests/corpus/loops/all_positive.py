"""A universal test."""

from icontract import ensure


@ensure(lambda xs, result: result == all(x > 0 for x in xs))
def all_positive(xs: list[int]) -> bool:  # expect: proved
    for x in xs:
        if x <= 0:
            return False
    return True


@ensure(lambda xs, result: result == all(x > 0 for x in xs))
def all_positive_broken(xs: list[int]) -> bool:  # expect: refuted
    for x in xs:
        if x < 0:
            return False
    return True
