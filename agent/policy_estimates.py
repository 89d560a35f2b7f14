"""What the policy believes of its tools: a Dirichlet belief and seconds for each estimate.

An estimate has a key of words, `new | scalar | proof | deductive | fresh`: the kind of task, the
type class, the evidence asked for, the tool, and in what situation it is asked. Its belief is the
prior's weights (`policy_prior`) plus what was counted in recorded runs (`policy_counts`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from verify_agent.agent import policy_prior as prior
from verify_agent.agent.abstraction import AbstractState, Stage
from verify_agent.agent.state import (
    ENGINES,
    PROPERTIES,
    SYMBOLIC,
    KindClass,
    Round,
)
from verify_agent.mdp.model import Dirichlet
from verify_agent.verifier.evidence import DEDUCTIVE

REACHES, AGREES, SILENT, REFUTES = "reaches", "agrees", "silent", "refutes"
FOUND, NONE = "found", "none"
OPEN, DEFECT = "open", "defect"
EXAMINE, SEARCH = "examine", "search"

#: In what situation an engine is asked: nothing known but types, another engine found nothing,
#: all is proved, or an earlier candidate was set aside (the prover).
FRESH, AGREED, PROVED, FURTHER = "fresh", "agreed", "proved", "further"
#: In what situation a search starts.
FIRST, REFUTED = "first", "refuted"


@dataclass(frozen=True)
class Tally:
    """What was counted of one estimate: outcomes, and seconds (how often, sum, sum of squares)."""

    outcomes: Mapping[str, int] = field(default_factory=dict)
    timed: int = 0
    seconds: float = 0.0
    squares: float = 0.0

    def plus(self, other: Tally) -> Tally:
        """Both counted together."""
        names = sorted({*self.outcomes, *other.outcomes})
        return Tally(
            {n: self.outcomes.get(n, 0) + other.outcomes.get(n, 0) for n in names},
            self.timed + other.timed,
            self.seconds + other.seconds,
            self.squares + other.squares,
        )


@dataclass(frozen=True, eq=False)
class Estimate:
    """A belief about one tool in one situation; `mean_seconds` is wall time when warm.

    `counted` is how many observations stand behind it, apart from the prior.
    """

    belief: Dirichlet
    mean_seconds: Fraction
    counted: int = 0
    spread: float = 0.0

    @cached_property
    def mean(self) -> dict[str, Fraction]:
        """The expected probability of each outcome."""
        return self.belief.mean()

    def interval(self, outcome: str) -> tuple[float, float]:
        """A 95 % interval of an outcome's probability, normal on the Beta marginal, clipped."""
        size = float(self.belief.size)
        mean = float(self.mean[outcome])
        half = 1.96 * (mean * (1 - mean) / (size + 1)) ** 0.5
        return max(0.0, mean - half), min(1.0, mean + half)

    def seconds_interval(self) -> tuple[float, float]:
        """A 95 % interval of the mean seconds; the prior alone is taken to be off by half."""
        mean = float(self.mean_seconds)
        if self.counted < 2:
            return mean / 2, mean * 3 / 2
        half = 1.96 * self.spread / self.counted**0.5
        return max(0.0, mean - half), mean + half


@dataclass(frozen=True, eq=False)
class Estimates:
    """All estimates, prior and counts summed. An unknown key is a `KeyError`."""

    counts: Mapping[str, Tally] = field(default_factory=dict)
    changed: Mapping[str, Estimate] = field(default_factory=dict)

    @cached_property
    def _made(self) -> dict[str, Estimate]:
        return {}

    def __getitem__(self, key: str) -> Estimate:
        if key in self.changed:
            return self.changed[key]
        if key not in self._made:
            self._made[key] = _with(_prior(key), self.counts.get(key, Tally()))
        return self._made[key]

    def search(self, state: AbstractState, again: bool) -> tuple[str, Estimate]:
        """The estimate of a search in a state; `again` in place of a candidate at hand."""
        situation = FIRST
        if again or state.round is not Round.FIRST:
            situation = FURTHER
        elif state.refuted:
            situation = REFUTED
        key = " | ".join((*_class(state), SEARCH, situation))
        return key, self[key]

    def check(self, state: AbstractState, engine: str) -> tuple[str, Estimate]:
        """The estimate of an engine in a state, with its key."""
        key = " | ".join((*_class(state), engine, situation_of(state, engine)))
        return key, self[key]

    def examine(self, state: AbstractState) -> tuple[str, Estimate]:
        """The estimate of the contract's examination, with its key."""
        key = " | ".join((*_class(state), EXAMINE, FIRST))
        return key, self[key]


def situation_of(state: AbstractState, engine: str) -> str:
    """In what situation an engine is asked about the candidate of a state."""
    if engine == DEDUCTIVE and state.round is not Round.FIRST:
        return FURTHER
    if state.reached and (engine != SYMBOLIC or PROPERTIES in state.tried):
        return PROVED
    return AGREED if state.tried - {"typing"} else FRESH


def keys(kind: KindClass, scalar: bool, proof: bool) -> Iterator[str]:
    """The keys of a class's estimates."""
    words = _class(AbstractState(Stage.START, scalar, proof, kind=kind))
    asked = [(EXAMINE, FIRST), *((SEARCH, s) for s in (FIRST, REFUTED, FURTHER))]
    asked += [(engine, s) for engine in ENGINES for s in (FRESH, AGREED, PROVED)]
    asked.append((DEDUCTIVE, FURTHER))
    yield from (" | ".join((*words, *pair)) for pair in asked)


def _class(state: AbstractState) -> tuple[str, str, str]:
    type_class = prior.SCALAR if state.scalar else prior.COLLECTION
    return state.kind.value, type_class, "proof" if state.proof else "tests"


def _with(estimate: Estimate, tally: Tally) -> Estimate:
    belief = estimate.belief
    known = dict(belief.weights)
    for outcome, times in tally.outcomes.items():
        known[outcome] = known.get(outcome, Fraction(0)) + times
    weights = tuple((n, w) for n, w in known.items() if w)
    total = Fraction(round(tally.seconds * 1000), 1000)
    mean = (prior.SECONDS_WEIGHT * estimate.mean_seconds + total) / (
        prior.SECONDS_WEIGHT + tally.timed
    )
    spread = 0.0
    if tally.timed > 1:
        average = tally.seconds / tally.timed
        spread = max(0.0, tally.squares / tally.timed - average**2) ** 0.5
    return Estimate(Dirichlet(weights), mean, sum(tally.outcomes.values()), spread)


def _prior(key: str) -> Estimate:
    _, type_class, goal, tool, situation = key.split(" | ")
    if tool == EXAMINE:
        weights, seconds = prior.EXAMINE
        return _estimate((OPEN, DEFECT), tuple(map(Fraction, weights)), seconds)
    if tool == SEARCH:
        table = prior.FURTHER_SEARCH if situation == FURTHER else prior.SEARCH
        pair, seconds = table[type_class]
        return _estimate((FOUND, NONE), tuple(map(Fraction, pair)), seconds)
    row, seconds = prior.CHECKS[tool, type_class]
    if situation == FURTHER:
        row, seconds = prior.FURTHER_PROOF[type_class]
    if situation == PROVED and tool == SYMBOLIC and goal == "proof":
        seconds = prior.AFTER_PROOF_SECONDS[type_class]
    reaches, agrees, silent, refutes = map(Fraction, row)
    if goal == "tests" and reaches:
        moved = agrees * prior.ENOUGH_FOR_TESTS
        reaches, agrees = reaches + moved, agrees - moved
    likely = {FRESH: Fraction(1), FURTHER: Fraction(1), AGREED: prior.LESS_LIKELY_AFTER_AGREEMENT}
    refutes *= likely.get(situation, prior.LESS_LIKELY_AFTER_PROOF)
    return _estimate(
        (REACHES, AGREES, SILENT, REFUTES), (reaches, agrees, silent, refutes), seconds
    )


def _estimate(names: tuple[str, ...], weights: tuple[Fraction, ...], seconds: str) -> Estimate:
    kept = tuple((n, w) for n, w in zip(names, weights, strict=True) if w)
    return Estimate(Dirichlet(kept), Fraction(seconds))
