"""Makes arguments that break something smaller while they still break it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from verify_agent.verifier.falsify.inputs import unshared

MAX_TRIES = 250


def shrink(args: list[Any], breaks: Callable[[list[Any]], bool]) -> list[Any]:
    """The smallest arguments found by single simplifications; one object stays one object."""
    tries = 0
    progress = True
    while progress and tries < MAX_TRIES:
        progress = False
        for smaller in _smaller_args(args):
            tries += 1
            if tries >= MAX_TRIES:
                break
            if breaks(smaller):
                args, progress = smaller, True
                break
    return args


def _smaller_args(args: Sequence[Any]) -> Iterator[list[Any]]:
    done: set[int] = set()
    for arg in args:
        if id(arg) in done:
            continue
        done.add(id(arg))
        for value in _smaller(arg):
            yield (
                [value if a is arg else a for a in args]
                if _mutable(arg)
                else _replaced(args, arg, value)
            )


def _mutable(value: Any) -> bool:
    return isinstance(value, list | dict | set)


def _replaced(args: Sequence[Any], old: Any, new: Any) -> list[Any]:
    position = next(n for n, a in enumerate(args) if a is old)
    return [*args[:position], new, *args[position + 1 :]]


def _smaller(value: Any) -> Iterator[Any]:
    match value:
        case bool():
            if value:
                yield False
        case int():
            yield from _smaller_int(value)
        case float():
            candidates = (0.0, 1.0, float(round(value)) if math.isfinite(value) else 0.0)
            yield from (c for c in candidates if len(repr(c)) < len(repr(value)))
        case str():
            yield from _shorter(value, "")
        case list():
            yield from _shorter(value, [])
            for position, item in enumerate(value):
                for smaller in _smaller(item):
                    yield [*map(unshared, value[:position]), smaller, *value[position + 1 :]]
        case tuple():
            for position, item in enumerate(value):
                for smaller in _smaller(item):
                    yield (*value[:position], smaller, *value[position + 1 :])
        case dict():
            for key in value:
                yield {k: v for k, v in value.items() if k != key}
        case set():
            for item in sorted(value, key=repr):
                yield value - {item}
        case _:
            return


def _smaller_int(value: int) -> Iterator[int]:
    if value < 0:
        yield -value
    for smaller in (0, 1, value // 2, value - 1 if value > 0 else value + 1):
        if abs(smaller) < abs(value):
            yield smaller


def _shorter(value: Any, empty: Any) -> Iterator[Any]:
    if len(value) > 1:
        yield empty
        yield value[: len(value) // 2]
        yield value[len(value) // 2 :]
    for position in range(len(value)):
        yield value[:position] + value[position + 1 :]
