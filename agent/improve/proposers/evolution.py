"""Evolution of a skill's syntax tree, with an archive of the best of each kind of behaviour.

(Mouret and Clune, "Illuminating search spaces by mapping elites", 2015.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from verify_agent.agent.improve.model import Generation, Proposal
from verify_agent.agent.improve.proposers.analysis import Analysis
from verify_agent.agent.improve.proposers.mutations import mutated
from verify_agent.agent.improve.proposers.parameters import FIRST_TASKS, Bench
from verify_agent.agent.improve.proposers.samples import behaviour

NAME = "evolution"
CHILDREN = 10

Niche = tuple[int, ...]


@dataclass
class Elites:
    """The best text of each niche; a niche is how many different results, and how large."""

    best: dict[Niche, tuple[Fraction, str]] = field(default_factory=dict)

    def offer(self, niche: Niche, score: Fraction, text: str) -> bool:
        """Keep a text where its niche holds nothing better; whether it was kept."""
        if niche in self.best and self.best[niche][0] >= score:
            return False
        self.best[niche] = (score, text)
        return True

    def draw(self, rng: Random) -> str:
        """A text of a niche drawn at random."""
        return self.best[rng.choice(sorted(self.best))][1]

    @property
    def champion(self) -> tuple[Fraction, str]:
        """The best of all niches."""
        return max(self.best.values(), key=lambda pair: (pair[0], pair[1]))


def niche_of(results: tuple[int | None, ...]) -> Niche:
    """Where a behaviour belongs: distinct results, their size in bits, failures.

    >>> niche_of((1, 1, 8, None))
    (2, 3, 1)
    """
    known = [r for r in results if r is not None]
    mean = sum(map(abs, known)) // max(1, len(known))
    return min(8, len(set(known))), (mean + 1).bit_length(), results.count(None)


def evolved(
    generation: Generation, analysis: Analysis, name: str, bench: Bench[Any], rng: Random
) -> Iterator[Proposal]:
    """The best text after some births, if it is better than the present one."""
    tasks = rng.sample(list(bench.tasks), min(FIRST_TASKS, len(bench.tasks)))
    old = generation.skill(name).source
    now = bench.score(tasks, generation.sources)
    elites = Elites()
    elites.offer(niche_of(behaviour(name, old)), now, old)
    seen = {behaviour(name, old)}
    for _ in range(CHILDREN):
        if bench.over():
            break
        text = mutated(name, elites.draw(rng), rng)
        shown = behaviour(name, text)
        if shown in seen or None in shown:
            continue
        seen.add(shown)
        score = bench.score(tasks, {**generation.sources, name: text})
        elites.offer(niche_of(shown), score, text)
    score, text = elites.champion
    if score > now and text != old:
        yield Proposal(name, text, analysis.aims[name], NAME, generation.hash)
