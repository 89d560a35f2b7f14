"""The solved policy: from the folder of state where it was kept, else solved afresh."""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verify_agent.agent.abstraction import AbstractState
from verify_agent.agent.loop import Decision
from verify_agent.agent.policy_actions import enabled
from verify_agent.agent.policy_model import CLASSES, Classes, RunClass, build_model, class_of
from verify_agent.mdp.explain import alternatives
from verify_agent.mdp.solve import Solution

_SOURCES = (
    "policy_prior.py",
    "policy_estimates.py",
    "policy_model.py",
    "policy_actions.py",
    "abstraction.py",
    "state.py",
)


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
    """Solves, or reads, only when there is something to choose, or when values are to be shown."""

    cache: Path | None = None
    explain: bool = False
    _solved: dict[RunClass, SolvedPolicy] = field(default_factory=dict)

    def decide(self, state: AbstractState) -> Decision:
        """As `SolvedPolicy.decide`; without values where only one action is enabled."""
        actions = enabled(state)
        if len(actions) == 1 and not self.explain:
            return Decision(state, actions[0])
        kind = class_of(state)
        if kind not in self._solved:
            self._solved[kind] = solved_policy(self.cache, (kind,))
        return self._solved[kind].decide(state)


def solved_policy(cache: Path | None = None, classes: Classes = CLASSES) -> SolvedPolicy:
    """The policy of the shipped model; kept in and read from the folder `cache` if given.

    Nothing leads from one class to another, so a run needs only the solution of its own.

    A kept solution is used only if the files that make the model are unchanged.
    """
    name = "".join(f"-{k.value}-{int(scalar)}{int(proof)}" for k, scalar, proof in classes)
    kept = cache / f"policy-{_digest()}{name}.json" if cache else None
    if kept and (solution := _read(kept)):
        return SolvedPolicy(solution)
    solution = _solve(classes)
    if kept:
        with contextlib.suppress(OSError):  # kept only to be quicker the next time
            _write(kept, solution)
    return SolvedPolicy(solution)


def _solve(classes: Classes) -> Solution:
    from verify_agent.mdp.solve import solve

    return solve(build_model(classes))


def _digest() -> str:
    folder = Path(__file__).resolve().parent
    content = b"".join((folder / name).read_bytes() for name in _SOURCES)
    return hashlib.sha256(content).hexdigest()[:16]


def _read(path: Path) -> Solution | None:
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Solution(raw["policy"], raw["values"], raw["q"])
    except (OSError, ValueError, KeyError, TypeError):
        return None  # absent or damaged: it is solved again


def _write(path: Path, solution: Solution) -> None:
    record = {"policy": solution.policy, "values": solution.values, "q": solution.q}
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(record), encoding="utf-8")
    partial.replace(path)
