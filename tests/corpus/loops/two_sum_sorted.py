"""Two pointers in a sorted list: a pair that is found adds up."""

from icontract import ensure, require


@require(lambda xs: all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
@ensure(lambda xs, target, result: result == (-1, -1) or (0 <= result[0] < result[1] < len(xs) and xs[result[0]] + xs[result[1]] == target))
def two_sum_sorted(xs: list[int], target: int) -> tuple[int, int]:  # expect: proved
    low = 0
    high = len(xs) - 1
    while low < high:
        here = xs[low] + xs[high]
        if here == target:
            return low, high
        if here < target:
            low += 1
        else:
            high -= 1
    return -1, -1


@require(lambda xs: all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
@ensure(lambda xs, target, result: result == (-1, -1) or (0 <= result[0] < result[1] < len(xs) and xs[result[0]] + xs[result[1]] == target))
def two_sum_sorted_broken(xs: list[int], target: int) -> tuple[int, int]:  # expect: refuted
    low = 0
    high = len(xs) - 1
    while low <= high:
        here = xs[low] + xs[high]
        if here == target:
            return low, high
        if here < target:
            low += 1
        else:
            high -= 1
    return -1, -1
