"""The dot product of two lists."""

from icontract import ensure, require


@require(lambda xs, ys: len(xs) == len(ys))
@ensure(lambda xs, ys, result: result == sum(xs[i] * ys[i] for i in range(len(xs))))
def inner_product(xs: list[int], ys: list[int]) -> int:  # expect: proved
    acc = 0
    for x, y in zip(xs, ys):
        acc += x * y
    return acc


@require(lambda xs, ys: len(xs) == len(ys))
@ensure(lambda xs, ys, result: result == sum(xs[i] * ys[i] for i in range(len(xs))))
def inner_product_broken(xs: list[int], ys: list[int]) -> int:  # expect: refuted
    acc = 0
    for x, y in zip(xs, ys):
        acc += x + y
    return acc
