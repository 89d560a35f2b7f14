"""Element-wise sum of two lists."""

from icontract import ensure, require


@require(lambda xs, ys: len(xs) == len(ys))
@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, ys, result: all(result[i] == xs[i] + ys[i] for i in range(len(xs))))
def zipped_sums(xs: list[int], ys: list[int]) -> list[int]:  # expect: proved
    return [x + y for x, y in zip(xs, ys)]


@require(lambda xs, ys: len(xs) == len(ys))
@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, ys, result: all(result[i] == xs[i] + ys[i] for i in range(len(xs))))
def zipped_sums_broken(xs: list[int], ys: list[int]) -> list[int]:  # expect: refuted
    return [x + y for x, y in zip(xs, ys[1:])]
