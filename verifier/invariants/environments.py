"""Environments at a loop's head, out of the traces of a program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from verify_agent.verifier.invariants.base import LoopContext

#: How many environments candidates are tried on.
MOST = 80
#: About how many are looked at for that.
LOOKED_AT = 700
#: Longer lists and texts say no more than short ones, and take longer.
LONGEST = 40
#: Numbers up to here serve for fitting, greater ones, of which few are wanted, for refuting.
PLAIN, GREATEST, FEW = 10**5, 10**30, 8

Environment = dict[str, Any]


def environments_of(
    context: LoopContext, traces: Mapping[str, Sequence[Mapping[str, Any]]]
) -> tuple[Environment, ...]:
    """Different environments of the context's loop, spread over the runs."""
    label = context.loop.label
    if context.function.name != context.program.entry:
        label = f"{context.function.name}/{label}"
    whole = traces.get(label, ())
    taken = whole[:: 1 + len(whole) // LOOKED_AT]
    seen = [dict(e) for e in taken if set(context.variables) <= set(e)]
    small = [e for e in seen if _is_small(e)]
    plain = [e for e in small if _greatest(e) <= PLAIN]
    large = [e for e in small if _greatest(e) > PLAIN]
    return (*spread(plain, MOST), *spread(large, FEW))


def spread(seen: Sequence[Environment], most: int) -> tuple[Environment, ...]:
    """At most so many different ones, taken evenly."""
    different = list({_key(e): e for e in seen}.values())
    if len(different) <= most:
        return tuple(different)
    return tuple(different[k * len(different) // most] for k in range(most))


def _key(environment: Environment) -> str:
    return repr(sorted(environment.items()))


def _is_small(environment: Mapping[str, Any]) -> bool:
    short = all(
        len(x) <= LONGEST for x in environment.values() if isinstance(x, str | list | tuple | dict)
    )
    return short and _greatest(environment) <= GREATEST


def _greatest(environment: Mapping[str, Any]) -> int:
    """The greatest magnitude of an int that stands alone or in a list."""
    found = [0]
    for value in environment.values():
        for x in value if isinstance(value, list | tuple) else (value,):
            if isinstance(x, int):
                found.append(abs(x))
    return max(found)
