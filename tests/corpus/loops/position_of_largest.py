"""Where the maximum stands."""

from icontract import ensure, require


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: 0 <= result < len(xs))
@ensure(lambda xs, result: all(x <= xs[result] for x in xs))
def position_of_largest(xs: list[int]) -> int:  # expect: proved
    best = 0
    for i in range(1, len(xs)):
        if xs[i] > xs[best]:
            best = i
    return best


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: 0 <= result < len(xs))
@ensure(lambda xs, result: all(x <= xs[result] for x in xs))
def position_of_largest_broken(xs: list[int]) -> int:  # expect: refuted
    best = 0
    for i in range(1, len(xs)):
        if xs[i] > best:
            best = i
    return best
