"""Fresh tasks for the synthesizer, drawn from families by a seed that nobody could choose.

The seed is derived from the hash of a proposal that was committed before: a proposer can't have
seen the tasks, and no fixed hidden suite leaks through what is admitted.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from random import Random

from verify_agent.agent.improve.families import FAMILIES, Pattern
from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.contracts.model import Condition, Contract, Parameter, Signature

OPEN = "open suite"
"""The word that the seed of the open suite, which proposers may see, is derived from."""
OPEN_TASKS = 46


@dataclass(frozen=True)
class Task:
    """A task of a family; `solution` is the text of a function that meets the contract."""

    name: str
    family: str
    problem: SynthesisProblem
    solution: str


def seed_of(committed: str) -> int:
    """The seed of 64 bits for a committed text, by SHA-256.

    >>> seed_of("a") == seed_of("a") != seed_of("b")
    True
    """
    return int.from_bytes(hashlib.sha256(committed.encode()).digest()[:8], "big")


def fresh_tasks(committed: str) -> Iterator[Task]:
    """Tasks without end, no two the same, none of the open suite.

    Family after family comes in an order that is drawn for each round.

    >>> from itertools import islice
    >>> [t.problem for t in islice(fresh_tasks("a"), 3)] == [
    ...     t.problem for t in islice(fresh_tasks("a"), 3)]
    True
    """
    yield from _drawn(committed, set(_open_patterns()))


def _drawn(committed: str, seen: set[Pattern]) -> Iterator[Task]:
    rng = Random(seed_of(committed))
    number = 0
    while True:
        for family in rng.sample(sorted(FAMILIES), len(FAMILIES)):
            pattern = FAMILIES[family](rng)
            if pattern not in seen:
                seen.add(pattern)
                yield task_of(f"{family}_{number}", family, pattern)
                number += 1


def open_suite(count: int = OPEN_TASKS) -> tuple[Task, ...]:
    """The open suite: the same tasks for everyone, that a proposer may learn from."""
    return tuple(islice(_drawn(OPEN, set()), count))


@cache
def _open_patterns() -> frozenset[Pattern]:
    seen: set[Pattern] = set()
    for _ in islice(_drawn(OPEN, seen), OPEN_TASKS):
        pass
    return frozenset(seen)


def task_of(name: str, family: str, pattern: Pattern) -> Task:
    """The task of a pattern; the function that is asked for bears its name."""
    source = f"def {name}{pattern.signature}:\n    {pattern.solution}\n"
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    assert node.returns is not None
    parameters = tuple(
        Parameter(a.arg, ast.unparse(a.annotation)) for a in node.args.args if a.annotation
    )
    contract = Contract(
        tuple(map(Condition, pattern.requires)),
        tuple(map(Condition, pattern.ensures)),
        modifies=(),
        definitions=pattern.definitions,
        examples=pattern.examples,
        reference="reference.py::f" if pattern.reference else "",
    )
    problem = SynthesisProblem(
        Signature(name, parameters, ast.unparse(node.returns)),
        contract,
        frozenset(pattern.forbid),
        reference_source=pattern.reference,
        reference_function="f" if pattern.reference else "",
    )
    return Task(name, family, problem, source)
