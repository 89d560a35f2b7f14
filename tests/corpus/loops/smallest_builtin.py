"""The minimum against the builtin."""

from icontract import ensure, require


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: result == min(xs))
def smallest_builtin(xs: list[int]) -> int:  # expect: proved
    best = xs[0]
    for i in range(1, len(xs)):
        if xs[i] < best:
            best = xs[i]
    return best


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: result == min(xs))
def smallest_builtin_broken(xs: list[int]) -> int:  # expect: refuted
    best = xs[0]
    for i in range(2, len(xs)):
        if xs[i] < best:
            best = xs[i]
    return best
