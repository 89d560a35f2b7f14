"""The sum of a list, from its end."""

from icontract import ensure


@ensure(lambda xs, result: result == sum(xs))
def total_backwards(xs: list[int]) -> int:  # expect: proved
    acc = 0
    i = len(xs)
    while i > 0:
        i -= 1
        acc += xs[i]
    return acc


@ensure(lambda xs, result: result == sum(xs))
def total_backwards_broken(xs: list[int]) -> int:  # expect: refuted
    acc = 0
    i = len(xs)
    while i > 1:
        i -= 1
        acc += xs[i]
    return acc
