"""A finite Markov decision process in exact rationals, and the counts that it is estimated from.

Rewards are negative seconds (plus what an ending is worth); probabilities are the posterior
means of Dirichlet distributions, so they are rationals and a certificate can be exact.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property


@dataclass(frozen=True)
class Dirichlet:
    """Belief about a finite distribution: a positive weight an outcome, prior and counts summed.

    >>> Dirichlet((("good", Fraction(1)), ("bad", Fraction(1)))).observed("good", 2).mean()
    {'good': Fraction(3, 4), 'bad': Fraction(1, 4)}
    """

    weights: tuple[tuple[str, Fraction], ...]

    def __post_init__(self) -> None:
        if not self.weights or any(w <= 0 for _, w in self.weights):
            raise ValueError("a Dirichlet distribution needs positive weights")
        if len({name for name, _ in self.weights}) != len(self.weights):
            raise ValueError("an outcome of a Dirichlet distribution is named twice")

    @property
    def size(self) -> Fraction:
        """The sum of the weights: prior strength plus number of observations."""
        return sum((w for _, w in self.weights), Fraction(0))

    def mean(self) -> dict[str, Fraction]:
        """The posterior mean of each outcome's probability; sums to one exactly."""
        size = self.size
        return {name: weight / size for name, weight in self.weights}

    def observed(self, outcome: str, times: int = 1) -> Dirichlet:
        """The belief after `times` more observations of `outcome`; `KeyError` if not known."""
        if outcome not in dict(self.weights):
            raise KeyError(outcome)
        return Dirichlet(tuple((n, w + times if n == outcome else w) for n, w in self.weights))


@dataclass(frozen=True)
class Choice:
    """What an action does in a state: expected reward, and successors with probabilities.

    `cost` is what of the reward was spent (seconds, positive), for sums over a whole run.
    """

    reward: Fraction
    successors: tuple[tuple[str, Fraction], ...]
    cost: Fraction = Fraction(0)


@dataclass(frozen=True, eq=False)
class Model:
    """States, actions, and for each state the actions that are enabled there.

    A state without any choice is terminal: absorbing, worth nothing. Raises `ValueError` where
    probabilities do not sum to one exactly, a state or action is unknown, or the discount is
    not in (0, 1).
    """

    states: tuple[str, ...]
    actions: tuple[str, ...]
    choices: Mapping[str, Mapping[str, Choice]]
    discount: Fraction

    def __post_init__(self) -> None:
        if not 0 < self.discount < 1:
            raise ValueError(f"discount {self.discount} is not in (0, 1)")
        known, actions = set(self.states), set(self.actions)
        if len(known) != len(self.states) or len(actions) != len(self.actions):
            raise ValueError("a state or an action is named twice")
        if not set(self.choices) <= known:
            raise ValueError(f"choices for unknown states: {sorted(set(self.choices) - known)}")
        for state, choices in self.choices.items():
            for action, choice in choices.items():
                if action not in actions:
                    raise ValueError(f"unknown action {action} in {state}")
                _check_successors(f"{state} / {action}", choice.successors, known)

    def enabled(self, state: str) -> tuple[str, ...]:
        """The actions enabled in a state, in the model's order; empty where it is terminal."""
        return tuple(self.choices.get(state, {}))

    @cached_property
    def terminal(self) -> frozenset[str]:
        """The states with no choice."""
        return frozenset(s for s in self.states if not self.choices.get(s))

    def q(self, state: str, action: str, values: Mapping[str, Fraction]) -> Fraction:
        """`R(s, a) + gamma * sum P(t | s, a) V(t)`, exactly."""
        choice = self.choices[state][action]
        future = sum((p * values[t] for t, p in choice.successors), Fraction(0))
        return choice.reward + self.discount * future

    @cached_property
    def digest(self) -> str:
        """A digest of everything that a policy depends on."""
        lines = [[self.states, self.actions, str(self.discount)]] + [
            [s, a, str(c.reward), [[t, str(p)] for t, p in c.successors]]
            for s in self.states
            for a, c in self.choices.get(s, {}).items()
        ]
        return hashlib.sha256(json.dumps(lines).encode()).hexdigest()


def mixture(parts: Sequence[tuple[Fraction, str]]) -> tuple[tuple[str, Fraction], ...]:
    """Successors with equal states merged and impossible ones left out, in a fixed order.

    >>> mixture([(Fraction(1, 2), "a"), (Fraction(1, 4), "b"), (Fraction(1, 4), "a")])
    (('a', Fraction(3, 4)), ('b', Fraction(1, 4)))
    """
    merged: dict[str, Fraction] = {}
    for probability, state in parts:
        merged[state] = merged.get(state, Fraction(0)) + probability
    return tuple(sorted((s, p) for s, p in merged.items() if p))


def _check_successors(
    where: str, successors: tuple[tuple[str, Fraction], ...], known: set[str]
) -> None:
    total = Fraction(0)
    for state, probability in successors:
        if state not in known:
            raise ValueError(f"{where} leads to the unknown state {state}")
        if probability <= 0:
            raise ValueError(f"{where} has a probability that is not positive")
        total += probability
    if total != 1:
        raise ValueError(f"probabilities of {where} sum to {total}")
