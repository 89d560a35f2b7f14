"""Environments at a loop's head, out of the traces of a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verify_agent.verifier.invariants.base import LoopContext

#: How many environments candidates are tried on.
MOST = 80
#: Longer lists and texts say no more than short ones, and take longer.
LONGEST = 40

Environment = dict[str, Any]


def environments_of(
    context: LoopContext, traces: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[Environment, ...]:
    """Different environments of the context's loop, spread over the runs."""
    label = context.loop.label
    if context.function.name != context.program.entry:
        label = f"{context.function.name}/{label}"
    seen = [e for e in traces.get(label, ()) if set(context.variables) <= set(e)]
    return spread([dict(e) for e in seen if _is_small(e)], MOST)


def spread(seen: Sequence[Environment], most: int) -> tuple[Environment, ...]:
    """At most so many different ones, taken evenly."""
    different = list({_key(e): e for e in seen}.values())
    if len(different) <= most:
        return tuple(different)
    return tuple(different[k * len(different) // most] for k in range(most))


def _key(environment: Environment) -> str:
    return repr(sorted(environment.items()))


def _is_small(environment: Mapping[str, Any]) -> bool:
    return all(
        len(x) <= LONGEST for x in environment.values() if isinstance(x, str | list | tuple | dict)
    )
