"""Search for better numbers in a skill's text: successive halving, and annealing.

(Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization",
AISTATS 2016; Kirkpatrick, Gelatt, Vecchi, "Optimization by simulated annealing", Science 1983.)
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import Any, Generic, Protocol, TypeVar

from verify_agent.agent.improve.evaluate import Measurement, quality
from verify_agent.agent.improve.model import Generation, Proposal
from verify_agent.agent.improve.proposers.analysis import Analysis
from verify_agent.agent.improve.proposers.samples import behaviour
from verify_agent.agent.skills.registry import skill

HALVING, ANNEALING = "halving", "annealing"
VARIANTS = 6
FIRST_TASKS = 6
STEPS = 8
WARMTH = 0.02
"""The loss of quality that annealing takes at its start with a chance of 1/e."""


class Named(Protocol):
    """What is measured: a task, or a rehearsal."""

    @property
    def name(self) -> str:
        """Its name in measurements."""


Work = TypeVar("Work", bound=Named)


@dataclass(frozen=True)
class Number:
    """A whole number in a text, and where it stands (bytes)."""

    start: int
    end: int
    value: int


def numbers(name: str, source: str) -> tuple[Number, ...]:
    """The whole numbers in the body of a skill's function, in order.

    >>> numbers("f", "def f(n: int) -> int:\\n    return n + 20\\n")
    (Number(start=37, end=39, value=20),)
    """
    lines = source.encode().splitlines(keepends=True)
    starts = [sum(map(len, lines[:i])) for i in range(len(lines))]
    found = []
    for function in ast.parse(source).body:
        if isinstance(function, ast.FunctionDef) and function.name == name:
            for node in (n for s in function.body for n in ast.walk(s)):
                if isinstance(node, ast.Constant) and type(node.value) is int:
                    assert node.end_col_offset is not None
                    at = starts[node.lineno - 1]
                    span = (at + node.col_offset, at + node.end_col_offset)
                    found.append(Number(*span, node.value))
    return tuple(sorted(found, key=lambda n: n.start))


def with_numbers(source: str, changes: Mapping[Number, int]) -> str:
    """The text with other numbers in these places."""
    data = source.encode()
    for number in sorted(changes, key=lambda n: -n.start):
        data = data[: number.start] + str(changes[number]).encode() + data[number.end :]
    return data.decode()


def changed(name: str, source: str, steps: int, rng: Random) -> str:
    """The text with up to so many numbers changed: small ones by one, large ones by a factor."""
    places = numbers(name, source)
    chosen = rng.sample(places, min(len(places), max(1, steps)))
    return with_numbers(source, {n: _moved(n.value, rng) for n in chosen})


def _moved(value: int, rng: Random) -> int:
    if value < 12:
        return max(0, value + rng.choice((-1, 1, 1, 2)))
    factor = rng.choice((Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(3, 2), 2))
    return max(1, int(value * factor))


@dataclass(frozen=True)
class Bench(Generic[Work]):
    """What a search measures with: the open suite, the shipped outcomes on it, and when to stop."""

    tasks: Sequence[Work]
    shipped: Measurement
    measure: Callable[[Sequence[Work], Mapping[str, str]], Measurement]
    over: Callable[[], bool]

    def score(self, tasks: Sequence[Work], sources: Mapping[str, str]) -> Fraction:
        """The quality of these texts on a part of the suite."""
        part = Measurement({t.name: self.shipped.outcomes[t.name] for t in tasks})
        return quality(self.measure(tasks, sources), part)


def halving(
    generation: Generation, analysis: Analysis, name: str, bench: Bench[Any], rng: Random
) -> Iterator[Proposal]:
    """The best of several variants: all on few tasks, the better half on twice as many, and so on.

    Nothing is proposed where none is better than the present text on the last tasks.
    """
    old = generation.skill(name).source
    steps = skill("step_size", name, 0)
    variants = list(dict.fromkeys(changed(name, old, steps, rng) for _ in range(VARIANTS)))
    variants = [v for v in variants if v != old and None not in behaviour(name, v)]
    order = rng.sample(list(bench.tasks), len(bench.tasks))
    count = FIRST_TASKS
    while variants and not bench.over():
        tasks = order[:count]
        scores = {v: bench.score(tasks, {**generation.sources, name: v}) for v in variants}
        variants.sort(key=lambda v: -scores[v])
        if len(variants) == 1 or count >= len(order):
            if scores[variants[0]] > bench.score(tasks, generation.sources):
                yield Proposal(name, variants[0], analysis.aims[name], HALVING, generation.hash)
            return
        variants = variants[: (len(variants) + 1) // 2]
        count *= 2


def annealing(
    generation: Generation, analysis: Analysis, name: str, bench: Bench[Any], rng: Random
) -> Iterator[Proposal]:
    """The best text on a walk that takes worse steps ever more rarely."""
    tasks = rng.sample(list(bench.tasks), min(2 * FIRST_TASKS, len(bench.tasks)))
    here = best = generation.skill(name).source
    old = now = top = bench.score(tasks, generation.sources)
    failures = 0
    for step in range(STEPS):
        if bench.over():
            break
        text = changed(name, here, skill("step_size", name, failures), rng)
        if None in behaviour(name, text):
            continue
        score = bench.score(tasks, {**generation.sources, name: text})
        heat = WARMTH * (1 - step / STEPS)
        if score >= now or rng.random() < math.exp(float(score - now) / heat):
            here, now = text, score
        failures = 0 if score > top else failures + 1
        if score > top:
            best, top = text, score
    if top > old:
        yield Proposal(name, best, analysis.aims[name], ANNEALING, generation.hash)
