"""Runs inside the sandbox: times two implementations in turns on the same inputs.

Decorators are taken off first: the contract's checks cost more than most bodies. The clock is
the thread's processor time, so that other programs on the machine do not count.
"""

from __future__ import annotations

import ast
import gc
import time
from collections.abc import Callable, Sequence
from typing import Any

#: One reading lasts at least so long, so that the clock's own grain does not matter.
READING_NS = 1_500_000
#: Fewer say nothing; so many are done also where they take longer than was planned.
LEAST_ROUNDS = 9


def measure(order: dict[str, Any]) -> list[list[float]]:
    """Processor seconds for one pass over the inputs, as pairs [before, after], one a round.

    `order` has `before` and `after` (module texts), `name`, `inputs` (lists of arguments as
    text), `rounds` and `seconds` (no further round after them).
    """
    old, new = (undecorated(order[side], order["name"]) for side in ("before", "after"))
    inputs = [ast.literal_eval(text) for text in order["inputs"]]
    stop = time.monotonic() + order["seconds"]
    many, more = (_passes(function, inputs) for function in (old, new))
    found: list[list[float]] = []
    gc.disable()
    for number in range(order["rounds"]):
        if number % 2:
            after, before = _reading(new, inputs, more), _reading(old, inputs, many)
        else:
            before, after = _reading(old, inputs, many), _reading(new, inputs, more)
        found.append([before / 1e9, after / 1e9])
        if len(found) >= LEAST_ROUNDS and time.monotonic() > stop:
            break
    return found


def undecorated(source: str, name: str) -> Callable[..., Any]:
    """The module's function of that name without any decorator."""
    tree = ast.parse(source)
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            statement.decorator_list = []
    names: dict[str, Any] = {"__name__": "measured"}
    exec(compile(tree, "<measured>", "exec", dont_inherit=True), names)
    found: Callable[..., Any] = names[name]
    return found


def _passes(function: Callable[..., Any], inputs: Sequence[Sequence[Any]]) -> int:
    """How often to go over the inputs in one reading; the function is warm afterwards."""
    passes = 1
    while passes < 1 << 16 and _reading(function, inputs, passes) * passes < READING_NS:
        passes *= 2
    return passes


def _reading(function: Callable[..., Any], inputs: Sequence[Sequence[Any]], passes: int) -> float:
    start = time.thread_time_ns()
    for _ in range(passes):
        for arguments in inputs:
            function(*arguments)
    return (time.thread_time_ns() - start) / passes
