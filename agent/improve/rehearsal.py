"""A rehearsal: a short life of improvement in a world of traces, to see what a proposer is worth.

The proposers that search change the patience, and the gate's steps that need no engine decide:
scope, duplicates, the gain with its vetoes, and the betting test on fresh traces at the levels of
a life of its own (replay says nothing here that the vetoes don't). What is learned from traces is
left out: it reads all of them at once, and a life would be over after one proposal. So a rehearsal
says nothing of the weight of that operator.

An admission counts where it held: not more of them than the least gain goes into what the life
gained on the traces that none of its proposals was chosen by. A proposer that cuts one gain into
many slices, or gets luck admitted, is not credited for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from verify_agent.agent.audit.ledger import PROPOSERS
from verify_agent.agent.improve.archive import ADMITTED, REJECTED, Archive, Record
from verify_agent.agent.improve.betting import level_of
from verify_agent.agent.improve.choosing import SEARCHES, Chooser
from verify_agent.agent.improve.gate_scope import scope
from verify_agent.agent.improve.gate_trials import FRESH, Rules, fresh, gain, quality
from verify_agent.agent.improve.model import (
    Generation,
    Proposal,
    Skill,
    StepOutcome,
    StepVerdict,
    digest,
)
from verify_agent.agent.improve.proposers.analysis import analyze_performance
from verify_agent.agent.improve.proposers.parameters import Bench
from verify_agent.agent.improve.proposers.samples import behaviour
from verify_agent.agent.improve.proposers.waiting import PATIENCE
from verify_agent.agent.improve.traced import Drawn, World
from verify_agent.agent.improve.trials import Sources
from verify_agent.agent.skills.registry import Skills, using

PROPOSALS = 8
"""Proposals of one rehearsal, at most."""
RULES = Rules()
ARMS = tuple((operator, PATIENCE) for operator in SEARCHES)


@dataclass(frozen=True)
class Rehearsed:
    """What a life came to: proposals, admissions, and gains of quality by its end.

    `gained` is on the open traces, `held` on the others; `failed` says which skill failed.
    """

    proposals: int
    admitted: int
    gained: Fraction
    held: Fraction
    failed: tuple[str, ...] = ()

    @property
    def credited(self) -> int:
        """Admissions that count."""
        return max(0, min(self.admitted, int(self.held / RULES.delta)))


@dataclass
class Remembered(Archive):
    """An archive that is written nowhere."""

    told: list[Record] = field(default_factory=list)

    def record(self, record: Record) -> None:
        self.told.append(record)

    def records(self) -> tuple[Record, ...]:
        return tuple(self.told)


def rehearse(world: World, sources: Sources, seed: int, proposals: int = PROPOSALS) -> Rehearsed:
    """One life of at most so many proposals, by the proposer's skills of these texts.

    Everything drawn follows from the seed: two proposers meet the same traces, shared out alike.
    """
    start = world.generation
    for name in sorted(PROPOSERS & set(sources)):
        start = start.replaced(Skill.read(name, sources[name]), start.number)
    drawn = world.drawn(seed)
    skills = Skills(start.sources)
    with using(skills):
        end, records = _lived(start, drawn, seed, proposals)
    gained, held = (
        quality(side(end.sources), side(start.sources)) - quality(*[side(start.sources)] * 2)
        for side in (drawn.suite, drawn.reserve)
    )
    failed = tuple(note for note in skills.notes if any(name in note for name in PROPOSERS))
    admitted = sum(r.status == ADMITTED for r in records)
    return Rehearsed(len(records), admitted, gained, held, failed)


def _lived(
    start: Generation, drawn: Drawn, seed: int, proposals: int
) -> tuple[Generation, tuple[Record, ...]]:
    """The generation that is active at the end, and what became of each proposal."""
    archive, attempts, current = Remembered(Path()), 0, start
    chooser = Chooser(archive, seed, arms=ARMS)
    first = drawn.measure(drawn.tasks, start.sources)
    bench = Bench(drawn.tasks, first, drawn.measure, lambda: False)
    while len(archive.told) < proposals:
        analysis = analyze_performance(drawn.measure(drawn.tasks, current.sources))
        proposal = chooser.next(current, analysis, bench)
        if proposal is None:
            break
        outcome = _decided(_steps(proposal, current, start, drawn, attempts + 1))
        attempts += outcome.step == FRESH
        passed = outcome.verdict is StepVerdict.PASSED
        child = current.replaced(Skill.read(PATIENCE, proposal.source), current.number + 1)
        status, number = (ADMITTED if passed else REJECTED), len(archive.told) + 1
        shown = behaviour(PATIENCE, proposal.source)
        archive.record(Record(number, proposal, status, outcome.reason, child.hash, shown))
        current = child if passed else current
    return current, archive.records()


def _decided(steps: Iterator[StepOutcome]) -> StepOutcome:
    """The first step that does not pass, else the last."""
    for step in steps:
        if step.verdict is not StepVerdict.PASSED:
            break
    return step


def _steps(
    proposal: Proposal, current: Generation, start: Generation, drawn: Drawn, attempt: int
) -> Iterator[StepOutcome]:
    """The steps of the gate, each taken when it is asked for."""
    before, after = current.sources, {**current.sources, PATIENCE: proposal.source}
    yield scope(proposal, current)
    yield gain(drawn.suite(before), drawn.suite(after), drawn.suite(start.sources), RULES)
    pairs = drawn.fresh(digest([proposal.hash, attempt]), before, after)
    yield fresh(pairs, level_of(RULES.alpha, attempt), RULES)
