"""Queries as vectors of integers: hashed words, hashed runs of characters, marks of the target.

The embedding of Algorithm 1 is such a vector divided by its Euclidean length. As long as it is
kept as integers everything about it can be computed exactly. Source of the hashing: Weinberger et
al. 2009, "Feature Hashing for Large Scale Multitask Learning" (a bit of the hash gives the sign).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable

WORDS, RUNS = 1024, 2048
#: What can be said of a target; each has a place of its own.
MARKS = ("hole", "body", "contract", "docstring", "loop", "typed")
DIMENSION = WORDS + RUNS + len(MARKS)
WORD_WEIGHT, MARK_WEIGHT = 2, 2
SHORTEST_RUN, LONGEST_RUN = 3, 4
MOST_CHARACTERS = 500

Vector = dict[int, int]


def encode(query: str, marks: Iterable[str] = ()) -> Vector:
    """Place to number, all others 0; only the first 500 characters of the query count.

    >>> encode("faster") == encode("  Faster ")
    True
    >>> encode("", ["hole"]) == {WORDS + RUNS: MARK_WEIGHT}
    True
    """
    words = re.findall(r"[^\W_]+|[^\w\s]", query[:MOST_CHARACTERS].lower())
    made: Vector = {}
    for word in sorted(set(words)):
        _add(made, f"w:{word}", 0, WORDS, WORD_WEIGHT)
    for run in sorted(_runs(f" {' '.join(words)} ") if words else ()):
        _add(made, f"c:{run}", WORDS, RUNS, 1)
    for mark in set(marks):
        made[WORDS + RUNS + MARKS.index(mark)] = MARK_WEIGHT
    return {place: number for place, number in sorted(made.items()) if number}


def _runs(text: str) -> set[str]:
    lengths = range(SHORTEST_RUN, LONGEST_RUN + 1)
    return {text[i : i + n] for n in lengths for i in range(len(text) - n + 1)}


def _add(made: Vector, feature: str, start: int, size: int, weight: int) -> None:
    code = zlib.crc32(feature.encode("utf-8", "surrogatepass"))
    place = start + code % size
    made[place] = made.get(place, 0) + (weight if code >> 31 else -weight)
