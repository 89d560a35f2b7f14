"""Sortedness of neighbours."""

from icontract import ensure


@ensure(lambda xs, result: result == all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
def is_ascending(xs: list[int]) -> bool:  # expect: proved
    for i in range(1, len(xs)):
        if xs[i - 1] > xs[i]:
            return False
    return True


@ensure(lambda xs, result: result == all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
def is_ascending_broken(xs: list[int]) -> bool:  # expect: refuted
    for i in range(2, len(xs)):
        if xs[i - 1] > xs[i]:
            return False
    return True
