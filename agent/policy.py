"""The solved policy: what the user's runs taught, else the shipped one, else solved afresh."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from verify_agent.agent.abstraction import AbstractState
from verify_agent.agent.loop import Decision
from verify_agent.agent.policy_actions import enabled
from verify_agent.agent.policy_counts import SHIPPED as SHIPPED_COUNTS
from verify_agent.agent.policy_counts import Counts, read_counts
from verify_agent.agent.policy_estimates import Estimates
from verify_agent.agent.policy_file import (
    LEARNED,
    LEARNED_COUNTS,
    SHIPPED,
    Origin,
    basis,
    read_solutions,
)
from verify_agent.agent.policy_model import CLASSES, Classes, RunClass, build_model, class_of
from verify_agent.mdp.explain import alternatives
from verify_agent.mdp.model import Model
from verify_agent.mdp.solve import Solution


@dataclass(frozen=True)
class SolvedPolicy:
    """Decides by the solution of the decision process."""

    solution: Solution

    def decide(self, state: AbstractState) -> Decision:
        """The optimal action of a state that is no ending, with the value of each alternative."""
        name = state.name
        return Decision(state, self.solution.policy[name], alternatives(self.solution, name))


@dataclass
class LazyPolicy:
    """Reads only when there is something to choose, or when values are to be shown.

    `folder` is where a learned policy would stand.
    """

    folder: Path | None = None
    explain: bool = False
    _solved: dict[RunClass, SolvedPolicy] = field(default_factory=dict)

    def decide(self, state: AbstractState) -> Decision:
        """As `SolvedPolicy.decide`; without values where only one action is enabled."""
        actions = enabled(state)
        if len(actions) == 1 and not self.explain:
            return Decision(state, actions[0])
        kind = class_of(state)
        if kind not in self._solved:
            self._solved[kind] = policy_of_class(kind, self.folder)
        return self._solved[kind].decide(state)


def policy_of_class(run_class: RunClass, folder: Path | None = None) -> SolvedPolicy:
    """The policy in use for a class: learned, shipped, or (where neither fits) solved now."""
    solutions, _ = in_use(folder, (run_class,))
    return SolvedPolicy(solutions.get(run_class) or solve_class(run_class))


def in_use(
    folder: Path | None = None, classes: Classes = CLASSES
) -> tuple[dict[RunClass, Solution], Origin]:
    """The solutions in use for these classes, and where they come from.

    A learned policy counts only if it was solved for this version's model: its certificate is
    one of that model.
    """
    learned = read_solutions(folder / LEARNED, classes) if folder else None
    if learned and learned[1].basis == basis():
        return learned
    return shipped(tuple(classes)) or ({}, Origin(0, 0, "", basis()))


@cache
def shipped(classes: Classes = CLASSES) -> tuple[dict[RunClass, Solution], Origin] | None:
    """What came with the package; None where it does not fit this version's states."""
    return read_solutions(SHIPPED, classes)


def counts_in_use(folder: Path | None = None) -> Counts:
    """The counts behind the policy in use: the shipped ones, and those that were learned."""
    known = read_counts(SHIPPED_COUNTS)
    if folder and in_use(folder)[0] is not (shipped(CLASSES) or [None])[0]:
        known = known.plus(read_counts(folder / LEARNED_COUNTS))
    return known


def model_of(classes: Classes = CLASSES, folder: Path | None = None) -> Model:
    """The decision process that the policy in use was solved for."""
    return build_model(classes, Estimates(counts_in_use(folder).tallies))


def solve_class(run_class: RunClass, folder: Path | None = None) -> Solution:
    """Solve one class's process now; a second or two."""
    from verify_agent.mdp.solve import solve

    return solve(model_of((run_class,), folder))


def solved_policy(classes: Classes = CLASSES, folder: Path | None = None) -> SolvedPolicy:
    """The policy in use for several classes at once."""
    found = [policy_of_class(c, folder).solution for c in classes]
    return SolvedPolicy(
        Solution(
            {s: a for one in found for s, a in one.policy.items()},
            {s: v for one in found for s, v in one.values.items()},
            {s: q for one in found for s, q in one.q.items()},
        )
    )
