"""What a run does that can be seen, and CPython's own word on a source text."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ran:
    """What a run did: its value or exception, the arguments after it, what is one object."""

    outcome: str
    after: str
    shared: tuple[bool, ...]


def cpython(source: str, args: list[Any]) -> Ran:
    """CPython's word on the function `f` of a source text."""
    scope: dict[str, Any] = {}
    exec(compile(source, "<random>", "exec"), scope)
    return observe(lambda given: scope["f"](*given), args)


def observe(function: Callable[[list[Any]], Any], args: list[Any]) -> Ran:
    given = copy.deepcopy(args)
    result: Any = None
    try:
        result = function(given)
        outcome = f"{type(result).__name__} {result!r}"
    except Exception as error:
        outcome = type(error).__name__
    parts = [*result] if isinstance(result, tuple) else [result]
    shared = tuple(p is g for p in parts for g in given if isinstance(g, list))
    return Ran(outcome, repr(given), shared)
