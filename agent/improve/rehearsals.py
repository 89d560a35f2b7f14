"""The gate's trials of a change of the proposer: its tasks are rehearsals.

A rehearsal is a seed: one short life in the world of what the active generation's searches left as
traces. Its cost is `PRICE / (1 + admissions that count)` within a fixed number of proposals, so
that it falls exactly where proposals pass the gate more often, and no clock is in it; proposals
that were not made for want of ideas are not paid back. A life without an admission has the full
price and is no lost task: whether one life admits anything is chance for the most part, and a veto
on chance would refuse every proposer. A life in which a skill of the proposer failed counts as not
solved, which nothing makes up for.

The open rehearsals are the same for everyone; fresh ones are drawn by the hash of the commitment.
Both draw from the same traces: what is shown is that the new proposer is better in this world.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from verify_agent.agent.audit.ledger import PROPOSERS
from verify_agent.agent.improve.betting import Measured
from verify_agent.agent.improve.evaluate import Measurement, Outcome
from verify_agent.agent.improve.model import digest
from verify_agent.agent.improve.proposers.parameters import Bench
from verify_agent.agent.improve.rehearsal import PROPOSALS, Rehearsed, rehearse
from verify_agent.agent.improve.tasks import seed_of
from verify_agent.agent.improve.traced import Named, World
from verify_agent.agent.improve.trials import Sources
from verify_agent.agent.skills.registry import shipped_source

OPEN_REHEARSALS = 12
LEAST_TRACES = 20
"""Traces that say something, below which there is no world to rehearse in."""
PRICE = 2_520
"""What a life without an admission costs; its parts by 2 to 10 are whole."""


@dataclass
class Rehearsals:
    """Trials in the world that `world` gives; `shipped` are the texts that costs count against.

    A life that was rehearsed once in a world is not rehearsed again.
    """

    world: Callable[[], World]
    shipped: Sources
    proposals: int = PROPOSALS
    known: dict[str, Rehearsed] = field(default_factory=dict)

    @property
    def tasks(self) -> tuple[Named, ...]:
        """The open rehearsals."""
        return tuple(Named(f"rehearsal {i}") for i in range(OPEN_REHEARSALS))

    def suite(self, sources: Sources) -> Mapping[str, Measured]:
        """The open rehearsals, by name."""
        return {t.name: self._measured(t.name, sources) for t in self.tasks}

    def solved_before(self, sources: Sources) -> Mapping[str, Measured]:
        """The open rehearsals: fresh ones of an earlier admission were lives in another world."""
        return self.suite(sources)

    def fresh(
        self, committed: str, before: Sources, after: Sources
    ) -> Iterator[tuple[str, Measured, Measured]]:
        """Pairs of lives by two proposers, on seeds drawn by the committed hash."""
        for number in itertools.count():
            name = f"rehearsal {number} of {committed}"
            yield name, self._measured(name, before), self._measured(name, after)

    def measure(self, tasks: Sequence[Named], sources: Sources) -> Measurement:
        """Outcomes for a proposer of proposers: its cost is what the gate counts."""
        costs = {t.name: self._measured(t.name, sources) for t in tasks}
        return Measurement({n: Outcome(n, m.solved, m.cost, 1) for n, m in costs.items()})

    def bench(self, over: Callable[[], bool]) -> Bench[Named] | None:
        """What a search for a better proposer measures with; None where the traces are too few."""
        if self.world().telling < LEAST_TRACES:
            return None
        return Bench(self.tasks, self.measure(self.tasks, self.shipped), self.measure, over)

    def life(self, name: str, sources: Sources) -> Rehearsed:
        """The life of a rehearsal's name."""
        world = self.world()
        texts = {n: sources.get(n, shipped_source(n)) for n in sorted(PROPOSERS)}
        key = digest([world.hash, name, texts, self.proposals])
        if key not in self.known:
            self.known[key] = rehearse(world, texts, seed_of(name), self.proposals)
        return self.known[key]

    def _measured(self, name: str, sources: Sources) -> Measured:
        life = self.life(name, sources)
        return Measured(not life.failed, PRICE // (1 + life.credited))
