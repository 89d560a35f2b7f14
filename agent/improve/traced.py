"""A world of recorded traces, in which a patience is measured without a search.

A trace says when each answer of a search was there, so what another patience costs and delivers
follows from it, as far as the trace goes: a wait that is longer than the trace finds nothing new.
A draw of the world shares the traces out: some are an open suite, and fresh tasks are drawn from
the others (with replacement: in a real life they never run out).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from random import Random

from verify_agent.agent.improve.betting import Measured
from verify_agent.agent.improve.evaluate import Measurement, Outcome
from verify_agent.agent.improve.model import Generation, digest
from verify_agent.agent.improve.proposers.waiting import PATIENCE, delivered, stop_of
from verify_agent.agent.improve.tasks import seed_of
from verify_agent.agent.improve.trials import Sources, measured_of, paired
from verify_agent.agent.skills.registry import Skills

OPEN = 23
"""Traces in an open suite, at most; never more than half of all."""
WHOLE = Fraction(1)


@dataclass(frozen=True)
class Named:
    """A task of which only the name matters."""

    name: str


@dataclass(frozen=True)
class World:
    """Traces of the searches of one generation, each under a name of its own."""

    generation: Generation
    traces: tuple[Outcome, ...]

    @classmethod
    def of(cls, generation: Generation, outcomes: Sequence[Outcome]) -> World:
        """The world of these outcomes; the texts of answers are left out."""
        named = (replace(o, task=f"{i} {o.task}", source="") for i, o in enumerate(outcomes))
        return cls(generation, tuple(named))

    @cached_property
    def hash(self) -> str:
        """The SHA-256 over the generation and all traces."""
        told = [{**asdict(o), "kept": [asdict(k) for k in o.kept]} for o in self.traces]
        return digest([self.generation.hash, _plain(told)])

    @property
    def telling(self) -> int:
        """How many traces say what another patience would come to."""
        return sum(o.solved and bool(o.kept) for o in self.traces)

    def drawn(self, seed: int) -> Drawn:
        """The traces shared out by a seed; `ValueError` where there are fewer than two."""
        if len(self.traces) < 2:
            raise ValueError(f"a world of {len(self.traces)} traces")
        order = Random(seed).sample(self.traces, len(self.traces))
        count = min(OPEN, len(order) // 2)
        return Drawn(self.generation.sources[PATIENCE], order[:count], order[count:])


@dataclass
class Drawn:
    """The measure of a life in the world: `patience` is the text that the traces were made with.

    It is the gate's `Trials`; only the patience of the texts that are asked about matters.
    """

    patience: str
    open: Sequence[Outcome]
    pool: Sequence[Outcome]
    _skills: dict[str, Skills] = field(default_factory=dict, init=False)
    _known: dict[tuple[str, str], Outcome] = field(default_factory=dict, init=False)

    @property
    def tasks(self) -> tuple[Named, ...]:
        """The tasks of the open suite."""
        return tuple(Named(o.task) for o in self.open)

    def measure(self, tasks: Sequence[Named], sources: Sources) -> Measurement:
        """The outcomes of a patience on tasks of the open suite."""
        by_name = {o.task: o for o in self.open}
        return Measurement({t.name: self.waited(by_name[t.name], sources) for t in tasks})

    def suite(self, sources: Sources) -> Mapping[str, Measured]:
        """The open suite, against the patience of the traces."""
        return self._against(self.open, sources)

    def reserve(self, sources: Sources) -> Mapping[str, Measured]:
        """The other traces, likewise: what no proposal of the life was chosen by."""
        return self._against(self.pool, sources)

    def _against(self, traces: Sequence[Outcome], sources: Sources) -> Mapping[str, Measured]:
        """Traces as a patience changes them, against what they are."""
        found = Measurement({o.task: self.waited(o, sources) for o in traces})
        return measured_of(found.against(Measurement({o.task: o for o in traces})))

    def solved_before(self, sources: Sources) -> Mapping[str, Measured]:
        """The open suite."""
        return self.suite(sources)

    def fresh(
        self, committed: str, before: Sources, after: Sources
    ) -> Iterator[tuple[str, Measured, Measured]]:
        """Pairs on traces drawn by the committed text."""
        rng, number = Random(seed_of(committed)), 0
        while True:
            trace = rng.choice(self.pool)
            pair = paired(self.waited(trace, before), self.waited(trace, after))
            yield f"fresh {number}", *pair
            number += 1

    def waited(self, trace: Outcome, sources: Sources) -> Outcome:
        """What the trace's search comes to with another patience.

        Candidates are taken to be tried at an even rate after the first answer.
        """
        text = sources[PATIENCE]
        if not (trace.solved and trace.kept) or text == self.patience:
            return trace
        key = (trace.task, text)
        if key not in self._known:
            end, stop = (
                stop_of(self._skills.setdefault(t, Skills({PATIENCE: t})), trace.kept, WHOLE)
                for t in (self.patience, text)
            )
            first = min(trace.kept, key=lambda k: k.spent)
            rate = (trace.cost - first.tried) / max(1, end - first.spent)
            cost = max(1, first.tried + int(rate * (stop - first.spent)))
            size = delivered(trace.kept, min(stop, end))
            self._known[key] = replace(trace, cost=cost, size=size)
        return self._known[key]


def _plain(value: object) -> object:
    """Tuples as lists, so that a value has one JSON text."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value
