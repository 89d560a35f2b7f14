"""The steps of the gate that run tasks: what was solved stays solved, and quality rises.

Running tasks is injected. Qualities are exact rationals; costs count candidates tried or solver
resource units, so no clock is in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

from verify_agent.agent.improve.betting import Game, Measured, outcome
from verify_agent.agent.improve.model import StepOutcome, StepVerdict

REPLAY, QUALITY, FRESH = "replay", "quality", "fresh"
Sources = Mapping[str, str]


class Trials(Protocol):
    """Runs tasks under the texts of a generation. The tasks' order and names are fixed."""

    def suite(self, sources: Sources) -> Mapping[str, Measured]:
        """The open suite: each task by name."""

    def solved_before(self, sources: Sources) -> Mapping[str, Measured]:
        """Every task that any earlier generation solved, by name."""

    def fresh(
        self, committed: str, before: Sources, after: Sources
    ) -> Iterable[tuple[str, Measured, Measured]]:
        """Pairs on tasks that a generator draws by the committed hash, one by one, without end."""


@dataclass(frozen=True)
class Rules:
    """What a change must show. `beta` is the least share of earlier tasks that replay.

    `delta` is the least gain of quality, `worst` the factor by which the cost of one task may
    grow, `alpha` the chance of a false admission in a whole life, `horizon` the most fresh tasks
    of one test and `hopeless` the wealth below which it is given up.
    """

    delta: Fraction = Fraction(1, 50)
    alpha: Fraction = Fraction(1, 20)
    beta: Fraction = Fraction(1)
    worst: Fraction = Fraction(4)
    horizon: int = 240
    hopeless: Fraction = Fraction(1, 16)

    def __post_init__(self) -> None:
        if not (0 < self.delta < 1 and 0 < self.alpha < 1 and 0 <= self.beta <= 1):
            raise ValueError(f"rules that mean nothing: {self}")
        if self.worst < 1 or self.horizon < 1:
            raise ValueError(f"rules that mean nothing: {self}")


def quality(measured: Mapping[str, Measured], shipped: Mapping[str, Measured]) -> Fraction:
    """Q in [0, 1]: the mean of 0 where a task is not solved, else 1 / (1 + cost / shipped cost).

    `ValueError` where the two do not speak of the same tasks, or of none.

    >>> quality({"a": Measured(True, 10)}, {"a": Measured(True, 30)})
    Fraction(3, 4)
    """
    if not measured or measured.keys() != shipped.keys():
        raise ValueError("two measurements of different suites, or of none")
    parts = [
        1 / (1 + Fraction(one.cost, shipped[name].cost))
        for name, one in measured.items()
        if one.solved
    ]
    return sum(parts, Fraction(0)) / len(measured)


def replay(
    before: Mapping[str, Measured], after: Mapping[str, Measured], rules: Rules
) -> StepOutcome:
    """The share of tasks that were solved once and still are: at least beta (C9)."""
    solved = sorted(name for name, one in before.items() if one.solved)
    missing = sorted(set(before) ^ set(after))
    lost = [name for name in solved if name in after and not after[name].solved]
    evidence: dict[str, Any] = {"solved": len(solved), "lost": lost, "beta": str(rules.beta)}
    if missing:
        reason = f"not measured: {missing[0]}"
        return StepOutcome(REPLAY, StepVerdict.UNKNOWN, reason, evidence)
    if len(solved) - len(lost) < rules.beta * len(solved):
        reason = f"{len(lost)} of {len(solved)} solved tasks are lost: {', '.join(lost[:5])}"
        return StepOutcome(REPLAY, StepVerdict.REFUSED, reason, evidence)
    return StepOutcome(REPLAY, StepVerdict.PASSED, "", evidence)


def gain(
    before: Mapping[str, Measured],
    after: Mapping[str, Measured],
    shipped: Mapping[str, Measured],
    rules: Rules,
) -> StepOutcome:
    """Quality rises by at least delta, no task is lost and none gets far more costly."""
    old, new = quality(before, shipped), quality(after, shipped)
    evidence = {
        "before": str(old),
        "after": str(new),
        "delta": str(rules.delta),
        "costs": {name: [before[name].cost, after[name].cost] for name in sorted(after)},
        "shipped": {name: shipped[name].cost for name in sorted(after)},
        "solved": sorted(name for name, one in after.items() if one.solved),
    }
    for name in sorted(after):
        one, other = before[name], after[name]
        if one.solved and not other.solved:
            return StepOutcome(QUALITY, StepVerdict.REFUSED, f"{name} is lost", evidence)
        if one.solved and other.cost > rules.worst * one.cost:
            reason = f"{name} costs {other.cost} instead of {one.cost}"
            return StepOutcome(QUALITY, StepVerdict.REFUSED, reason, evidence)
    if new < old + rules.delta:
        reason = f"the gain {new - old} is below {rules.delta}"
        return StepOutcome(QUALITY, StepVerdict.REFUSED, reason, evidence)
    return StepOutcome(QUALITY, StepVerdict.PASSED, "", evidence)


def fresh(
    pairs: Iterable[tuple[str, Measured, Measured]], level: Fraction, rules: Rules
) -> StepOutcome:
    """On fresh tasks "no better" is rejected at the level, by the betting test."""
    game, seen, lost = Game(level, rules.horizon), list[list[str]](), list[str]()
    names = set[str]()
    for name, before, after in pairs:
        if name in names:
            return StepOutcome(FRESH, StepVerdict.UNKNOWN, f"{name} was drawn twice", {})
        names.add(name)
        x = outcome(before, after)
        game = game.after(x)
        seen.append([name, str(x)])
        lost += [name] if before.solved and not after.solved else []
        if game.rejects or game.count >= rules.horizon or game.wealth < rules.hopeless:
            break
    evidence = {
        "level": str(level),
        "horizon": rules.horizon,
        "wealth": str(game.wealth),
        "outcomes": seen,
        "lost": lost,
    }
    if game.rejects:
        return StepOutcome(FRESH, StepVerdict.PASSED, "", evidence)
    reason = (
        f"not shown better on {game.count} fresh tasks: the wealth is {float(game.wealth):.3g}, "
        f"{float(1 / level):.4g} is needed"
    )
    return StepOutcome(FRESH, StepVerdict.REFUSED, reason, evidence)
