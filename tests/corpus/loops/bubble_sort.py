"""Bubble sort: each round carries the greatest item to its place."""

from __future__ import annotations

from icontract import ensure


@ensure(lambda xs, result: result == sorted(xs))
def bubble_sort(xs: list[int]) -> list[int]:  # expect: proved
    out = list(xs)
    left = len(out)
    while left > 1:
        at = 0
        while at + 1 < left:
            if out[at] > out[at + 1]:
                kept = out[at]
                out[at] = out[at + 1]
                out[at + 1] = kept
            at += 1
        left -= 1
    return out


@ensure(lambda xs, result: result == sorted(xs))
def bubble_sort_broken(xs: list[int]) -> list[int]:  # expect: refuted
    out = list(xs)
    left = len(out)
    while left > 1:
        at = 0
        while at + 2 < left:
            if out[at] > out[at + 1]:
                kept = out[at]
                out[at] = out[at + 1]
                out[at + 1] = kept
            at += 1
        left -= 1
    return out
