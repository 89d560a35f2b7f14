"""The maximum by its two properties."""

from icontract import ensure, require


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: all(x <= result for x in xs))
@ensure(lambda xs, result: result in xs)
def largest(xs: list[int]) -> int:  # expect: proved
    best = xs[0]
    for x in xs:
        if x > best:
            best = x
    return best


@require(lambda xs: len(xs) > 0)
@ensure(lambda xs, result: all(x <= result for x in xs))
@ensure(lambda xs, result: result in xs)
def largest_broken(xs: list[int]) -> int:  # expect: refuted
    best = xs[0]
    for x in xs:
        if x > best + 1:
            best = x
    return best
