"""Inputs drawn from `requires`: for a first comparison of results, and for the clock."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.falsify.inputs import inputs
from verify_agent.verifier.falsify.mentions import mentions_of
from verify_agent.verifier.falsify.states import StateSpace
from verify_agent.verifier.falsify.values import Values
from verify_agent.verifier.ir.interpreter import Interpreter, Raised, Result, Returned
from verify_agent.verifier.ir.interpreter_contract import Checker, NotAllowed, Undecided
from verify_agent.verifier.ir.interpreter_values import Limits, deep_copy, same
from verify_agent.verifier.ir.nodes import Program
from verify_agent.verifier.ir.types import (
    BoolType,
    IntType,
    ListType,
    StrType,
    TupleType,
    Type,
    VariadicTupleType,
)

SAMPLES, TRIED = 250, 3_000
STEPS = Limits(steps=2_500)
#: Steps of all samples together, and of all arguments of a group.
ALL_STEPS = 120_000
SMALL, LARGE = "small", "large"
#: Tries to draw the arguments of a group.
DRAWS = 600


@dataclass(frozen=True)
class Group:
    """Arguments of one size class."""

    name: str
    arguments: tuple[tuple[Any, ...], ...]


def samples(program: Program, seed: int) -> tuple[tuple[tuple[Any, ...], Any], ...]:
    """Allowed arguments and the results for them; runs that raise or do not end are left out.

    `Unsupported` where the function can't be run in the interpreter.
    """
    checker, machine = Checker(program, STEPS), Interpreter(program, STEPS)
    types = [p.type for p in program.functions[program.entry].parameters]
    found = []
    steps = 0
    for arguments in itertools.islice(_drawn(program, types, seed), TRIED):
        result = _allowed(checker, machine, arguments)
        if isinstance(result, Returned):
            found.append((tuple(arguments), result.value))
        steps += machine.steps
        if len(found) >= SAMPLES or steps > ALL_STEPS:
            break
    return tuple(found)


def raises(program: Program, seed: int) -> bool:
    """Whether the function raises on some allowed input among those that are drawn."""
    checker, machine = Checker(program, STEPS), Interpreter(program, STEPS)
    types = [p.type for p in program.functions[program.entry].parameters]
    drawn = itertools.islice(_drawn(program, types, seed), SAMPLES * 2)
    return any(isinstance(_allowed(checker, machine, a), Raised) for a in drawn)


def share_allowed(program: Program, seed: int) -> float:
    """The share of drawn inputs that `requires` allows."""
    checker, machine = Checker(program, STEPS), Interpreter(program, STEPS)
    types = [p.type for p in program.functions[program.entry].parameters]
    drawn = list(itertools.islice(_drawn(program, types, seed), SAMPLES))
    return sum(_allowed(checker, machine, a) is not None for a in drawn) / max(1, len(drawn))


def agrees(program: Program, known: Sequence[tuple[tuple[Any, ...], Any]]) -> bool:
    """Whether a function has these results and leaves its arguments as they are."""
    machine = Interpreter(program, STEPS)
    for arguments, wanted in known:
        given = _copied(arguments)
        try:
            result = machine.run(given)
        except Unsupported:
            return False
        if not (isinstance(result, Returned) and same(result.value, wanted)):
            return False
        if not all(map(same, given, arguments)):
            return False
    return True


def groups(program: Program, seed: int) -> tuple[Group, ...]:
    """Allowed arguments, small and large, on which the function ends; groups may be missing."""
    limits = Limits(steps=20_000)
    checker, machine = Checker(program, limits), Interpreter(program, limits)
    types = [p.type for p in program.functions[program.entry].parameters]
    found = []
    for name, size, count in ((SMALL, 8, 40), (LARGE, 400, 16)):
        rng = random.Random(seed)
        drawn: list[tuple[Any, ...]] = []
        steps = 0
        for _ in range(DRAWS):
            arguments = [_value(t, rng, size) for t in types]
            if isinstance(_allowed(checker, machine, arguments), Returned):
                drawn.append(tuple(arguments))
            steps += machine.steps
            if len(drawn) >= count or (drawn and steps > ALL_STEPS):
                break
        if drawn:
            found.append(Group(name, tuple(drawn)))
    return tuple(found)


def _drawn(program: Program, types: Sequence[Type], seed: int) -> Iterator[list[Any]]:
    mentions = mentions_of(program)
    values = Values(mentions, StateSpace(program, mentions).states)
    return inputs(values, types, seed)


def _allowed(checker: Checker, machine: Interpreter, arguments: Sequence[Any]) -> Result | None:
    """What a call gives, or None where `requires` does not allow it."""
    if isinstance(checker.check(_copied(arguments)), NotAllowed | Undecided):
        return None
    return machine.run(_copied(arguments))


def _copied(arguments: Sequence[Any]) -> list[Any]:
    return [deep_copy(a) for a in arguments]


def _value(type_: Type, rng: random.Random, size: int) -> Any:
    """A value whose magnitude (numbers) or length (lists, texts) is about the size."""
    match type_:
        case IntType():
            low = -size if rng.random() < 0.3 else 0
            return rng.randint(low, size)
        case BoolType():
            return rng.random() < 0.5
        case StrType():
            return "".join(rng.choice("abcde 01") for _ in range(rng.randint(0, size)))
        case ListType(item):
            return _items(item, rng, size)
        case VariadicTupleType(item):
            return tuple(_items(item, rng, size))
        case TupleType(items):
            return tuple(_value(t, rng, size) for t in items)
        case _:
            raise Unsupported(f"inputs of this type for the clock: {type_}")


def _items(item: Type, rng: random.Random, size: int) -> list[Any]:
    made = [_value(item, rng, size if isinstance(item, IntType) else 6) for _ in range(size)]
    del made[rng.randint(size // 2, size) :]
    if isinstance(item, IntType) and rng.random() < 0.3:
        made.sort()
    return made
