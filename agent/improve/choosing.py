"""Which change is proposed next: operators on skills, weighed by a skill of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from verify_agent.agent.audit.ledger import PROPOSERS
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
PROPOSING = tuple(sorted(PROPOSERS))
SEARCHES = {"halving": halving, "annealing": annealing, "evolution": evolved}
Arm = tuple[str, str]
ARMS: tuple[Arm, ...] = (
    *((traces.NAME, name) for name in traces.LEARNERS),
    *((operator, name) for operator in SEARCHES for name in (*TUNED, *PROPOSING)),
)


@dataclass
class Chooser:
    """Asks operators on skills by their weight until one has something that is no duplicate.

    What is learned from traces is tried on a few tasks first, so that the gate is not asked about
    what is plainly worse. What `later` says of comes when nothing else is left, and after it the
    proposer's own skills, which are measured by what `rehearsals` gives (None: not at all).

    The weight is that of the skill `proposal_weight` times the share of candidates aimed at.

    Everything drawn follows from `seed` and the number of proposals so far, so that a cycle that
    was killed goes on as it would have.
    """

    archive: Archive
    seed: int
    later: Callable[[Proposal], bool] = lambda proposal: False
    arms: Sequence[Arm] = field(default_factory=lambda: ARMS)
    rehearsals: Callable[[], Bench[Any] | None] = lambda: None
    _ended: set[tuple[str, Arm]] = field(default_factory=set, init=False)
    _put_off: list[tuple[Arm, Proposal]] = field(default_factory=list, init=False)

    def next(self, current: Generation, analysis: Analysis, tasks: Bench[Any]) -> Proposal | None:
        """The next proposal for the active generation; None where no arm has one."""
        while not tasks.over():
            bench = tasks
            open_ = [arm for arm in self.arms if (current.hash, arm) not in self._ended]
            first = [arm for arm in open_ if arm[1] not in PROPOSERS]
            if not first:
                postponed = self._postponed(current, tasks)
                rehearsed = self.rehearsals() if open_ and postponed is None else None
                if rehearsed is None:
                    return postponed
                bench = rehearsed
            rng = self._rng(len(self._ended))
            shuffled = rng.sample(first or open_, len(first or open_))
            arm = shuffled[_largest(self._weights(shuffled, analysis))]
            for proposal in _proposals(arm, current, analysis, bench, rng):
                if self.archive.duplicate(proposal) is not None:
                    continue
                if self.later(proposal):
                    self._put_off.append((arm, proposal))
                elif self._promising(arm, proposal, current, bench):
                    return proposal
            if not tasks.over():
                self._ended.add((current.hash, arm))
        return None

    def _postponed(self, current: Generation, bench: Bench[Any]) -> Proposal | None:
        """What was put off for this generation and looks good."""
        own = [pair for pair in self._put_off if pair[1].parent == current.hash]
        for arm, proposal in own:
            self._put_off.remove((arm, proposal))
            if bench.over():
                return None
            if self._promising(arm, proposal, current, bench):
                return proposal
        return None

    def _promising(
        self, arm: Arm, proposal: Proposal, current: Generation, bench: Bench[Any]
    ) -> bool:
        """Whether it is better on a few tasks; a search has seen to that itself."""
        if arm[0] != traces.NAME:
            return True
        rng = self._rng(0)
        tasks = rng.sample(list(bench.tasks), min(FIRST_TASKS, len(bench.tasks)))
        after = {**current.sources, proposal.skill: proposal.source}
        return bench.score(tasks, after) > bench.score(tasks, current.sources)

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
    arm: Arm, current: Generation, analysis: Analysis, bench: Bench[Any], rng: Random
) -> Iterator[Proposal]:
    operator, name = arm
    if operator == traces.NAME:
        return traces.LEARNERS[name](current, analysis)
    return SEARCHES[operator](current, analysis, name, bench, rng)
