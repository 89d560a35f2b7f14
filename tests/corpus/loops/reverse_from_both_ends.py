"""A list is turned around in place, by a loop from both ends and by one over half of it."""

from __future__ import annotations

from icontract import ensure, snapshot


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[k] == xs[len(xs) - 1 - k] for k in range(len(xs))))
def turned(xs: list[int]) -> list[int]:  # expect: proved
    out = list(xs)
    i, j = 0, len(out) - 1
    while i < j:
        out[i], out[j] = out[j], out[i]
        i += 1
        j -= 1
    return out


@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(result[k] == xs[len(xs) - 1 - k] for k in range(len(xs))))
def turned_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out = list(xs)
    i, j = 0, len(out) - 1
    while i < j - 1:
        out[i], out[j] = out[j], out[i]
        i += 1
        j -= 1
    return out


@snapshot(lambda xs: list(xs), name="old")
@ensure(lambda xs, OLD: len(xs) == len(OLD.old))
@ensure(lambda xs, OLD: all(xs[k] == OLD.old[len(xs) - 1 - k] for k in range(len(xs))))
def turn(xs: list[int]) -> None:  # expect: proved
    size = len(xs)
    for i in range(size // 2):
        xs[i], xs[size - 1 - i] = xs[size - 1 - i], xs[i]


@snapshot(lambda xs: list(xs), name="old")
@ensure(lambda xs, OLD: len(xs) == len(OLD.old))
@ensure(lambda xs, OLD: all(xs[k] == OLD.old[len(xs) - 1 - k] for k in range(len(xs))))
def turn_broken(xs: list[int]) -> None:  # expect: refuted
    size = len(xs)
    for i in range(size):
        xs[i], xs[size - 1 - i] = xs[size - 1 - i], xs[i]
