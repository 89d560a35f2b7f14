"""Bisection in a sorted list."""

from icontract import ensure, require


@require(lambda xs: all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
@ensure(lambda xs, key, result: result == -1 or (0 <= result < len(xs) and xs[result] == key))
@ensure(lambda xs, key, result: result != -1 or key not in xs)
def binary_search(xs: list[int], key: int) -> int:  # expect: proved
    low, high = 0, len(xs)
    while low < high:
        middle = (low + high) // 2
        if xs[middle] == key:
            return middle
        if xs[middle] < key:
            low = middle + 1
        else:
            high = middle
    return -1


@require(lambda xs: all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
@ensure(lambda xs, key, result: result == -1 or (0 <= result < len(xs) and xs[result] == key))
@ensure(lambda xs, key, result: result != -1 or key not in xs)
def binary_search_broken(xs: list[int], key: int) -> int:  # expect: refuted
    low, high = 0, len(xs)
    while low < high:
        middle = (low + high) // 2
        if xs[middle] == key:
            return middle
        if xs[middle] < key:
            low = middle + 1
        else:
            high = middle - 1
    return -1
