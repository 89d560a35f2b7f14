"""What a fold may keep beside its result: a running sum, an extreme, the length of a run.

Each companion is known at every prefix, so that the step of the result is learned with its value
in sight; at most one goes along (a second one is seldom needed, and doubles the search).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Companion:
    """A variable kept beside the result: `{c}` is it, `{x}` the element, `{xs}` the list.

    `of` is its value after a non-empty prefix; `start` is its value before, or at the first
    element where the loop begins at the second one (`first`). `indexed` loops have a position
    `{i}`.
    """

    name: str
    variable: str
    start: str
    update: str
    of: Callable[[list[Any]], int]
    first: bool = False
    indexed: bool = False


def _run(items: list[Any]) -> int:
    length = 1
    while length < len(items) and items[-length - 1] == items[-1]:
        length += 1
    return length


def _best_ending(items: list[int], least: int | None) -> int:
    """The greatest sum of a part that ends here (Bentley, "Programming pearls", CACM 1984)."""
    best = 0
    for place, item in enumerate(items):
        floor = item if least is None else least
        best = item if place == 0 and least is None else max(best + item, floor)
    return best


COMPANIONS = (
    Companion(
        "largest",
        "largest",
        "{xs}[0]",
        "if {x} > {c}:\n    {c} = {x}",
        max,
        first=True,
    ),
    Companion(
        "smallest",
        "smallest",
        "{xs}[0]",
        "if {x} < {c}:\n    {c} = {x}",
        min,
        first=True,
    ),
    Companion(
        "best ending",
        "current",
        "0",
        "{c} = max({c} + {x}, 0)",
        lambda items: _best_ending(items, 0),
    ),
    Companion(
        "best ending here",
        "current",
        "{xs}[0]",
        "{c} = max({c} + {x}, {x})",
        lambda items: _best_ending(items, None),
        first=True,
    ),
    Companion(
        "run",
        "run",
        "0",
        "if {i} > 0 and {x} == {xs}[{i} - 1]:\n    {c} += 1\nelse:\n    {c} = 1",
        _run,
        indexed=True,
    ),
)
