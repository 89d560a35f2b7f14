"""What a run of a generation shows: where candidates were spent, and what is to be aimed at.

`analyze_performance` and `generate_specifications` are the first two steps of the paper's loop
of self-improvement; `implement_improvements` is what the proposers do, `validate` and
`backward_compatible` are the gate's.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from verify_agent.agent.improve.evaluate import Measurement, Outcome
from verify_agent.agent.improve.model import Generation
from verify_agent.contracts.model import Contract


@dataclass(frozen=True)
class Analysis:
    """Candidates tried by what for, and who won.

    `searching` are those until an answer as good as the delivered one was there, `waiting` those
    after it, `failing` those on tasks that were not solved. `wins` counts delivered answers by
    strategy.
    """

    measured: Measurement
    searching: int
    waiting: int
    failing: int
    wins: Counter[str]

    @property
    def total(self) -> int:
        """All candidates tried."""
        return self.searching + self.waiting + self.failing

    @property
    def aims(self) -> dict[str, str]:
        """What a change of each skill aims at, by skill, in words that a person reads."""
        slow = f"{_share(self.searching, self.total)} of the candidates are tried before the answer"
        late = f"{_share(self.waiting, self.total)} of the candidates are tried after the answer"
        lost = f"{_share(self.failing, self.total)} of the candidates go to tasks without an answer"
        return {
            "patience": late,
            "component_cost": slow,
            "leaf_cost": slow,
            "strategy_order": slow,
            "strategy_turn": f"{slow}, {lost}",
            "candidate_rank": late,
            "proposal_weight": "proposals that the gate refuses",
            "step_size": "proposals that the gate refuses",
        }

    def share(self, name: str) -> int:
        """The part of all candidates, in hundredths, that a change of a skill aims at."""
        late = name in ("patience", "candidate_rank")
        part = self.waiting if late else self.searching + self.failing
        return 100 * part // max(1, self.total)


def analyze_performance(measured: Measurement) -> Analysis:
    """Where a measurement's candidates went."""
    searching = waiting = failing = 0
    wins: Counter[str] = Counter()
    for outcome in measured.outcomes.values():
        if not outcome.solved:
            failing += outcome.cost
            continue
        wins[outcome.by] += 1
        searching += reached(outcome)
        waiting += outcome.cost - reached(outcome)
    return Analysis(measured, searching, waiting, failing, wins)


def reached(outcome: Outcome) -> int:
    """Candidates that were tried until an answer as short as the delivered one was there."""
    found = [k.tried for k in outcome.kept if k.size <= outcome.size]
    return min(found, default=outcome.cost)


def generate_specifications(generation: Generation, name: str) -> Contract:
    """What a new text of a skill must promise: what the old one promises, to the letter."""
    return generation.skill(name).contract


def _share(part: int, whole: int) -> str:
    return f"{100 * part // max(1, whole)} %"
