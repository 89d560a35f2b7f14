"""The optimal policy by pymdptoolbox's PolicyIteration, with its values computed afresh.

The toolbox knows no disabled actions. Here one is a self-loop whose reward is below
`-(1 + gamma) / (1 - gamma) * max|R|`: with every value in `[-m, m]`, `m = max|R| / (1 - gamma)`,
its action value is then below `-m`, so it can't be optimal; that it was never chosen is checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verify_agent.mdp.model import Model

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Array = NDArray[numpy.float64]

MAX_ITERATIONS = 200


class SolverFailed(RuntimeError):
    """The toolbox returned something that is no policy of the model."""


@dataclass(frozen=True)
class Solution:
    """A policy, its value and the value of each enabled action; terminal states are left out
    of `policy` and `q` and are worth 0. Values are in the model's rewards, discounted."""

    policy: Mapping[str, str]
    values: Mapping[str, float]
    q: Mapping[str, Mapping[str, float]]


def solve(model: Model) -> Solution:
    """The optimal policy of the model.

    Ties go to the action that stands first in the model. Raises `SolverFailed` where the
    toolbox chose a disabled action or did not settle; `certify` is the judge of optimality.
    """
    chosen = _iterate(model)
    policy = {s: a for s, a in zip(model.states, chosen, strict=True) if s not in model.terminal}
    for state, action in policy.items():
        if action not in model.choices[state]:
            raise SolverFailed(f"disabled action {action} chosen in {state}")
    return evaluate(model, policy)


def evaluate(model: Model, policy: Mapping[str, str]) -> Solution:
    """The value of a policy by one linear solve, `(I - gamma P) v = r`, and its action values."""
    import numpy as np

    index = {s: i for i, s in enumerate(model.states)}
    matrix = np.eye(len(model.states))
    reward = np.zeros(len(model.states))
    gamma = float(model.discount)
    for state, action in policy.items():
        choice = model.choices[state][action]
        reward[index[state]] = float(choice.reward)
        for successor, probability in choice.successors:
            matrix[index[state], index[successor]] -= gamma * float(probability)
    solved = np.linalg.solve(matrix, reward)
    values = {s: float(solved[index[s]]) for s in model.states}
    q = {s: _action_values(model, s, values) for s in model.states if s not in model.terminal}
    return Solution(dict(policy), values, q)


def _action_values(model: Model, state: str, values: Mapping[str, float]) -> dict[str, float]:
    gamma = float(model.discount)
    return {
        action: float(choice.reward)
        + gamma * sum(float(p) * values[t] for t, p in choice.successors)
        for action, choice in model.choices[state].items()
    }


def _iterate(model: Model) -> list[str]:
    from mdptoolbox.mdp import PolicyIteration

    transitions, rewards = arrays(model)
    run: Any = PolicyIteration(transitions, rewards, float(model.discount), max_iter=MAX_ITERATIONS)
    run.run()
    return [model.actions[a] for a in run.policy]


def arrays(model: Model) -> tuple[Array, Array]:
    """The model as the toolbox wants it: P of shape (A, S, S) and R of shape (S, A)."""
    import numpy as np

    size = len(model.states)
    index = {s: i for i, s in enumerate(model.states)}
    transitions = np.tile(np.eye(size), (len(model.actions), 1, 1))
    rewards = np.full((size, len(model.actions)), _penalty(model))
    for i, state in enumerate(model.states):
        if state in model.terminal:
            rewards[i, :] = 0.0
        for action, choice in model.choices.get(state, {}).items():
            a = model.actions.index(action)
            transitions[a, i, :] = 0.0
            for successor, probability in choice.successors:
                transitions[a, i, index[successor]] = float(probability)
            rewards[i, a] = float(choice.reward)
    return transitions, rewards


def _penalty(model: Model) -> float:
    largest = max(
        (abs(c.reward) for choices in model.choices.values() for c in choices.values()), default=0
    )
    return -float(2 * largest / (1 - model.discount) + 1)
