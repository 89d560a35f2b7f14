"""Where a key would be inserted."""

from icontract import ensure, require


@require(lambda xs: all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
@ensure(lambda xs, result: 0 <= result <= len(xs))
@ensure(lambda xs, key, result: all(xs[i] < key for i in range(result)))
@ensure(lambda xs, key, result: all(xs[i] >= key for i in range(result, len(xs))))
def lower_bound(xs: list[int], key: int) -> int:  # expect: proved
    low, high = 0, len(xs)
    while low < high:
        middle = (low + high) // 2
        if xs[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low


@require(lambda xs: all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
@ensure(lambda xs, result: 0 <= result <= len(xs))
@ensure(lambda xs, key, result: all(xs[i] < key for i in range(result)))
@ensure(lambda xs, key, result: all(xs[i] >= key for i in range(result, len(xs))))
def lower_bound_broken(xs: list[int], key: int) -> int:  # expect: refuted
    low, high = 0, len(xs)
    while low < high:
        middle = (low + high) // 2
        if xs[middle] <= key:
            low = middle + 1
        else:
            high = middle
    return low
