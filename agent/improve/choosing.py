"""Which change is proposed next: operators on skills, weighed by a skill of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from verify_agent.agent.improve.archive import ADMITTED, Archive
from verify_agent.agent.improve.model import Generation, Proposal
from verify_agent.agent.improve.proposers import traces
from verify_agent.agent.improve.proposers.analysis import Analysis
from verify_agent.agent.improve.proposers.evolution import evolved
from verify_agent.agent.improve.proposers.parameters import (
    FIRST_TASKS,
    Bench,
    annealing,
    halving,
)
from verify_agent.agent.improve.tasks import seed_of
from verify_agent.agent.skills.registry import skill

TUNED = ("component_cost", "leaf_cost", "patience", "strategy_turn")
SEARCHES = {"halving": halving, "annealing": annealing, "evolution": evolved}
Arm = tuple[str, str]
ARMS: tuple[Arm, ...] = (
    *((traces.NAME, name) for name in traces.LEARNERS),
    *((operator, name) for operator in SEARCHES for name in TUNED),
)


@dataclass
class Chooser:
    """Asks operators on skills by their weight until one has something that is no duplicate.

    What is learned from traces is tried on a few tasks first, so that the gate is not asked about
    what is plainly worse.

    The weight is that of the skill `proposal_weight` times the share of candidates aimed at.

    Everything drawn follows from `seed` and the number of proposals so far, so that a cycle that
    was killed goes on as it would have.
    """

    archive: Archive
    seed: int
    _ended: set[tuple[str, Arm]] = field(default_factory=set, init=False)

    def next(self, current: Generation, analysis: Analysis, bench: Bench) -> Proposal | None:
        """The next proposal for the active generation; None where no arm has one."""
        while not bench.over():
            open_ = [arm for arm in ARMS if (current.hash, arm) not in self._ended]
            if not open_:
                return None
            rng = self._rng(len(self._ended))
            shuffled = rng.sample(open_, len(open_))
            arm = shuffled[_largest(self._weights(shuffled, analysis))]
            for proposal in _proposals(arm, current, analysis, bench, rng):
                if self.archive.duplicate(proposal) is None:
                    return proposal
            if not bench.over():
                self._ended.add((current.hash, arm))
        return None

    def _rng(self, salt: int) -> Random:
        return Random(seed_of(f"{self.seed} {len(self.archive.records())} {salt}"))

    def _weights(self, arms: list[Arm], analysis: Analysis) -> list[int]:
        records = self.archive.records()
        found = []
        for operator, name in arms:
            own = [
                r.status
                for r in records
                if (r.proposal.proposer, r.proposal.skill) == (operator, name)
            ]
            admitted = own.count(ADMITTED)
            weight = skill("proposal_weight", operator, name, len(own), admitted)
            found.append(weight * (1 + analysis.share(name)))
        return found


def _largest(weights: list[int]) -> int:
    """The place of the largest weight, the first of equals."""
    return weights.index(max(weights))


def _proposals(
    arm: Arm, current: Generation, analysis: Analysis, bench: Bench, rng: Random
) -> Iterator[Proposal]:
    operator, name = arm
    if operator == traces.NAME:
        tasks = rng.sample(list(bench.tasks), min(FIRST_TASKS, len(bench.tasks)))
        now = bench.score(tasks, current.sources)
        learned = traces.LEARNERS[name](current, analysis)
        return (p for p in learned if bench.score(tasks, _after(p, current)) > now)
    return SEARCHES[operator](current, analysis, name, bench, rng)


def _after(proposal: Proposal, current: Generation) -> dict[str, str]:
    return {**current.sources, proposal.skill: proposal.source}
