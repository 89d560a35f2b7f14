"""Comparing two lists by hand."""

from icontract import ensure


@ensure(lambda xs, ys, result: result == (xs == ys))
def equal_lists(xs: list[int], ys: list[int]) -> bool:  # expect: proved
    if len(xs) != len(ys):
        return False
    for i in range(len(xs)):
        if xs[i] != ys[i]:
            return False
    return True


@ensure(lambda xs, ys, result: result == (xs == ys))
def equal_lists_broken(xs: list[int], ys: list[int]) -> bool:  # expect: refuted
    for i in range(len(xs)):
        if i >= len(ys) or xs[i] != ys[i]:
            return False
    return True
