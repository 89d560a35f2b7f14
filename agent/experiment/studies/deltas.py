"""Does the gate's least gain matter? Simulated lives under the gate's own test of fresh tasks.

A life is a row of proposals with a true gain each (often none, sometimes a loss), which nobody
knows. The open suite shows the gain with an error, as any fixed suite does. A proposal that shows
at least the least gain there is tried on fresh tasks by the betting test, each try at the next
level of the life's budget: so a small least gain lets more through, and spends more of the budget.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from verify_agent.agent.experiment.plan import Deltas
from verify_agent.agent.experiment.study import Draw
from verify_agent.agent.improve.betting import level_of, play

ALPHA = Fraction(1, 20)
LARGEST_GAIN, LARGEST_LOSS = 0.2, 0.2
NO_GAIN, GAIN = 0.5, 0.25
"""Shares of proposals that change nothing, and that are better; the rest are worse."""
SUITE_ERROR = 0.03
"""Standard deviation of what the open suite shows around the true gain."""
TASK_SPREAD = 0.3
"""A fresh task shows the true gain and up to this much more or less."""


@dataclass
class DeltaStudy:
    """Lives of the same proposals under different least gains."""

    deltas: Sequence[float]
    proposals: int
    fresh: int
    measure: str = "sum of the true gains that were admitted (more is better)"
    bound: float = 1.0
    more_is_better: bool = True
    census: bool = False
    units: Sequence[str] = ("life",)
    threats: Sequence[str] = (
        "The proposals are simulated: how often a real proposer gains, and how much, decides.",
        "The test's bound and its levels are those of the gate; the open suite's error is assumed.",
    )

    @classmethod
    def of(cls, wanted: Deltas) -> DeltaStudy:
        """The lives that a plan asks for."""
        return cls(wanted.deltas, wanted.proposals, wanted.fresh)

    @property
    def arms(self) -> Sequence[str]:
        """One for each least gain, in the plan's order."""
        return [_name(delta) for delta in self.deltas]

    @property
    def method(self) -> str:
        """For the report."""
        return (
            f"Simulated lives of {self.proposals} proposals: {NO_GAIN:.0%} change nothing, "
            f"{GAIN:.0%} save up to {LARGEST_GAIN:g} of the cost, the rest lose up to "
            f"{LARGEST_LOSS:g}. The open suite shows the true gain with an error of standard "
            f"deviation {SUITE_ERROR:g}; what shows at least delta there is tried on up to "
            f"{self.fresh} fresh tasks by the gate's betting test, the k-th try of a life at the "
            f"level alpha / (k (k + 1)), alpha = {ALPHA}. All arms see the same proposals and the "
            "same fresh tasks."
        )

    def values(self, draw: Draw, order: Sequence[str]) -> Mapping[str, float]:
        """What each least gain comes to in this life."""
        return {_name(d): self._life(d, draw.seed) for d in self.deltas if _name(d) in order}

    def _life(self, delta: float, seed: int) -> float:
        tries, gained = 0, 0.0
        for number in range(self.proposals):
            rng = random.Random(f"{seed} {number}")
            gain = _true_gain(rng)
            if gain + rng.gauss(0, SUITE_ERROR) < delta:
                continue
            tries += 1
            if play(level_of(ALPHA, tries), self.fresh, _outcomes(rng, gain, self.fresh)).rejects:
                gained += gain
        return gained


def _name(delta: float) -> str:
    return f"delta {delta:g}"


def _true_gain(rng: random.Random) -> float:
    kind = rng.random()
    if kind < NO_GAIN:
        return 0.0
    return rng.uniform(0, LARGEST_GAIN) if kind < NO_GAIN + GAIN else rng.uniform(-LARGEST_LOSS, 0)


def _outcomes(rng: random.Random, gain: float, count: int) -> list[Fraction]:
    return [
        Fraction(round((gain + rng.uniform(-TASK_SPREAD, TASK_SPREAD)) * 10**6), 10**6)
        for _ in range(count)
    ]
