"""Sorted neighbours by selecting the least."""

from icontract import ensure


@ensure(lambda result: all(result[i] <= result[i + 1] for i in range(len(result) - 1)))
@ensure(lambda xs, result: len(result) == len(xs))
def selection_sort(xs: list[int]) -> list[int]:  # expect: proved
    out = xs[:]
    for i in range(len(out)):
        least = i
        for j in range(i + 1, len(out)):
            if out[j] < out[least]:
                least = j
        out[i], out[least] = out[least], out[i]
    return out


@ensure(lambda result: all(result[i] <= result[i + 1] for i in range(len(result) - 1)))
@ensure(lambda xs, result: len(result) == len(xs))
def selection_sort_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out = xs[:]
    for i in range(len(out)):
        least = i
        for j in range(i + 2, len(out)):
            if out[j] < out[least]:
                least = j
        out[i], out[least] = out[least], out[i]
    return out
