"""Policies that look at no model or only one step ahead: what a solved policy is compared with."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from verify_agent.agent import policy_actions as actions
from verify_agent.agent.abstraction import AbstractState, Stage
from verify_agent.agent.loop import Decision
from verify_agent.agent.state import ENGINES
from verify_agent.mdp.model import Model


@dataclass(frozen=True)
class FixedOrder:
    """The same order of sets of engines for each candidate of each task, until it may deliver.

    `patient` asks for another candidate only after the whole order, else as soon as it may.
    """

    order: tuple[frozenset[str], ...]
    patient: bool = True

    @property
    def name(self) -> str:
        """`typing+properties > deductive, patient`."""
        sets = (actions.check_action(s).removeprefix("check: ") for s in self.order)
        return f"{' > '.join(sets)}, {'patient' if self.patient else 'eager'}"

    def decide(self, state: AbstractState) -> Decision:
        """Deliver as soon as it is allowed, simplify first, then what is next in the order."""
        able = actions.enabled(state)
        if state.stage is not Stage.CANDIDATE:
            return Decision(state, able[0])
        for action in (actions.DELIVER, actions.SIMPLIFY):
            if action in able:
                return Decision(state, action)
        if actions.SYNTHESIZE in able and not self.patient:
            return Decision(state, actions.SYNTHESIZE)
        for engines in self.order:
            if left := engines - state.tried:
                return Decision(state, actions.check_action(left))
        return Decision(state, able[-1])


def fixed_orders() -> Iterator[FixedOrder]:
    """Every order of disjoint sets that covers the engines, patient and eager: 150."""
    for order in _partitions(ENGINES):
        yield FixedOrder(order, True)
        yield FixedOrder(order, False)


def _partitions(engines: Sequence[str]) -> Iterator[tuple[frozenset[str], ...]]:
    if not engines:
        yield ()
    for size in range(1, len(engines) + 1):
        for first in combinations(engines, size):
            rest = [e for e in engines if e not in first]
            for later in _partitions(rest):
                yield (frozenset(first), *later)


@dataclass(frozen=True)
class Greedy:
    """The best immediate reward, whatever comes after."""

    model: Model

    def decide(self, state: AbstractState) -> Decision:
        """The first of the enabled actions with the largest expected reward."""
        choices = self.model.choices[state.name]
        best = max(actions.enabled(state), key=lambda a: choices[a].reward)
        return Decision(state, best)


@dataclass(frozen=True)
class Random:
    """Any enabled action, each as likely."""

    rng: random.Random

    def decide(self, state: AbstractState) -> Decision:
        """One of the enabled actions."""
        return Decision(state, self.rng.choice(actions.enabled(state)))
