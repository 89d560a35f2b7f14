"""Sorted, and the same elements."""

from icontract import ensure


@ensure(lambda xs, result: result == sorted(xs))
def insertion_sort(xs: list[int]) -> list[int]:  # expect: proved
    out = list(xs)
    for i in range(1, len(out)):
        j = i
        while j > 0 and out[j - 1] > out[j]:
            out[j - 1], out[j] = out[j], out[j - 1]
            j -= 1
    return out


@ensure(lambda xs, result: result == sorted(xs))
def insertion_sort_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out = list(xs)
    for i in range(1, len(out)):
        j = i
        while j > 0 and out[j - 1] > out[j] + 1:
            out[j - 1], out[j] = out[j], out[j - 1]
            j -= 1
    return out
