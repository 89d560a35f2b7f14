"""Runs of a program on inputs that its contract allows, watched at the loops' heads.

Small inputs come first, as refutation tries them; then longer ones, put together from those that
were allowed, so that what holds of short lists only is not taken for a fact.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.falsify.inputs import inputs
from verify_agent.verifier.falsify.mentions import mentions_of
from verify_agent.verifier.falsify.states import StateSpace
from verify_agent.verifier.falsify.values import Values
from verify_agent.verifier.invariants.base import entry_name
from verify_agent.verifier.ir.interpreter_contract import Checker, NotAllowed
from verify_agent.verifier.ir.interpreter_values import Limits, deep_copy
from verify_agent.verifier.ir.nodes import Program

LIMITS = Limits(steps=3_000)
#: Runs on small inputs, out of how many tried; grown inputs that are tried.
SMALL, TRIED, GROWN = 160, 1_500, 240
#: Environments kept of one loop in one run: the first ones, and every so many after.
FIRST, EVERY = 10, 7

Environment = dict[str, Any]


def traces(program: Program, seed: int = 0) -> dict[str, list[Environment]]:
    """The variables at each loop's head, by label (`function/label` outside of the entry).

    What the parameters were on entry is under `entry_name`. Values are copies. Empty where
    inputs can't be made or the program can't be run.
    """
    watcher = _Watcher(program.entry)
    checker = Checker(program, LIMITS, watcher.see)
    names = [p.name for p in program.functions[program.entry].parameters]
    try:
        for args in _arguments(program, seed, checker, watcher):
            watcher.begin(dict(zip(map(entry_name, names), args, strict=True)))
            watcher.allowed = not isinstance(checker.check(_copied(args)), NotAllowed)
            watcher.keep()
    except Unsupported:
        return {}
    return watcher.kept


def _arguments(
    program: Program, seed: int, checker: Checker, watcher: _Watcher
) -> Iterator[list[Any]]:
    space = StateSpace(program, mentions_of(program))
    values = Values(space.mentions, space.states)
    types = [p.type for p in program.functions[program.entry].parameters]
    allowed: list[list[Any]] = []
    for _, args in zip(range(TRIED), inputs(values, types, seed), strict=False):
        yield args
        if watcher.allowed:
            allowed.append(args)
        if len(allowed) >= SMALL:
            break
    if any(isinstance(x, list | str) for args in allowed for x in args):
        chance = random.Random(seed)
        for _ in range(GROWN):
            yield grown(chance, allowed)


def grown(chance: random.Random, allowed: Sequence[list[Any]]) -> list[Any]:
    """Arguments whose lists and texts are those of several allowed ones in a row.

    Some lists are sorted, so that preconditions that ask for it are met.
    """
    parts = [chance.choice(allowed) for _ in range(chance.randint(2, 4))]
    order = chance.randrange(3)
    made: list[Any] = []
    for position, first in enumerate(parts[0]):
        others = [p[position] for p in parts]
        if isinstance(first, str) and all(isinstance(x, str) for x in others):
            made.append("".join(others))
        elif isinstance(first, list) and all(isinstance(x, list) for x in others):
            made.append(_joined(others, order))
        else:
            made.append(deep_copy(first))
    return made


def _joined(parts: Sequence[list[Any]], order: int) -> list[Any]:
    whole = [deep_copy(x) for part in parts for x in part]
    if order == 0 and all(type(x) is int for x in whole):
        whole.sort()
    return whole


def _copied(args: list[Any]) -> list[Any]:
    made = deep_copy(args)
    if not isinstance(made, list):
        raise TypeError(made)
    return made


@dataclass
class _Watcher:
    """Keeps the environments of runs on allowed inputs."""

    entry: str
    kept: dict[str, list[Environment]] = field(default_factory=dict)
    allowed: bool = False
    _seen: dict[str, list[Environment]] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _old: Environment = field(default_factory=dict)

    def begin(self, old: Environment) -> None:
        """A new run begins with these arguments."""
        self._seen, self._counts, self._old = {}, {}, old

    def see(self, function: str, label: str, frame: Mapping[str, Any]) -> None:
        """Copy the variables of a frame."""
        name = label if function == self.entry else f"{function}/{label}"
        number = self._counts[name] = self._counts.get(name, 0) + 1
        if number <= FIRST or number % EVERY == 0:
            seen = {k: deep_copy(v) for k, v in frame.items() if not k.startswith("\0")}
            self._seen.setdefault(name, []).append({**seen, **self._old})

    def keep(self) -> None:
        """The run is over: what was seen stays, if the input was allowed."""
        if self.allowed:
            for name, seen in self._seen.items():
                self.kept.setdefault(name, []).extend(seen)
