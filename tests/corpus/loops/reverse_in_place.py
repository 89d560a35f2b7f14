"""Swapping from both ends."""

from icontract import ensure, snapshot


@snapshot(lambda xs: xs[:], name="old")
@ensure(lambda xs, OLD: len(xs) == len(OLD.old))
@ensure(lambda xs, OLD: all(xs[i] == OLD.old[len(xs) - 1 - i] for i in range(len(xs))))
def reverse_in_place(xs: list[int]) -> None:  # expect: proved
    low = 0
    high = len(xs) - 1
    while low < high:
        xs[low], xs[high] = xs[high], xs[low]
        low += 1
        high -= 1


@snapshot(lambda xs: xs[:], name="old")
@ensure(lambda xs, OLD: len(xs) == len(OLD.old))
@ensure(lambda xs, OLD: all(xs[i] == OLD.old[len(xs) - 1 - i] for i in range(len(xs))))
def reverse_in_place_broken(xs: list[int]) -> None:  # expect: refuted
    low = 0
    high = len(xs) - 1
    while low + 1 < high:
        xs[low], xs[high] = xs[high], xs[low]
        low += 1
        high -= 1
