"""Solved policies as a file: what is shipped with the package, and what a user's runs taught.

States and actions stand by their position in `all_states` and `enabled`, so the file is small
and is read in milliseconds; nothing is solved, built or imported for it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify_agent.agent.policy_actions import enabled
from verify_agent.agent.policy_counts import SHIPPED as SHIPPED_COUNTS
from verify_agent.agent.policy_model import CLASSES, Classes, RunClass, all_states
from verify_agent.mdp.solve import Solution

SHIPPED = Path(__file__).with_name("policy_solved.json")
LEARNED = "policy.json"
LEARNED_COUNTS = "policy_counts.json"

_SOURCES = (
    "policy_prior.py",
    "policy_estimates.py",
    "policy_model.py",
    "policy_actions.py",
    "abstraction.py",
    "state.py",
)


@dataclass(frozen=True)
class Origin:
    """What a policy was learned from: so many runs and observations, the last on that day.

    `basis` says which version of the model it was solved for.
    """

    runs: int
    observations: int
    updated: str
    basis: str


def class_name(run_class: RunClass) -> str:
    """A class in words.

    >>> [class_name(c) for c in CLASSES][:2]
    ['new | scalar | proof', 'new | scalar | tests']
    """
    kind, scalar, proof = run_class
    return (
        f"{kind.value} | {'scalar' if scalar else 'collection'} | {'proof' if proof else 'tests'}"
    )


def basis() -> str:
    """A digest of the files that make the model out of counts, and of the shipped counts."""
    folder = Path(__file__).resolve().parent
    content = [(folder / name).read_bytes() for name in _SOURCES]
    counts = SHIPPED_COUNTS.read_bytes() if SHIPPED_COUNTS.exists() else b""
    return hashlib.sha256(b"".join([*content, counts])).hexdigest()[:16]


def write_solutions(path: Path, solutions: Mapping[RunClass, Solution], origin: Origin) -> None:
    """Write the solutions of some classes, whole or not at all."""
    rows = {class_name(c): _rows(c, solution) for c, solution in solutions.items()}
    body = ",\n".join(f"{json.dumps(k)}: {json.dumps(r)}" for k, r in rows.items())
    head = json.dumps([origin.runs, origin.observations, origin.updated, origin.basis])
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(f'{{"origin": {head}, "classes": {{\n{body}\n}}}}\n', encoding="utf-8")
    partial.replace(path)


def read_solutions(
    path: Path, classes: Classes = CLASSES
) -> tuple[dict[RunClass, Solution], Origin] | None:
    """What was written of these classes, and from what.

    None where the file is absent, damaged, or does not fit the states and actions of this version.
    """
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        origin = Origin(*raw["origin"])
        rows = raw["classes"]
        return {c: _solution(c, rows[n]) for c in classes if (n := class_name(c)) in rows}, origin
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None


def _rows(run_class: RunClass, solution: Solution) -> list[Any]:
    """A state's row: the chosen action's position, and the worth of each enabled action."""
    rows = []
    for state in all_states((run_class,)):
        if actions := enabled(state):
            worth = [round(solution.q[state.name][a], 4) for a in actions]
            rows.append([actions.index(solution.policy[state.name]), *worth])
    return rows


def _solution(run_class: RunClass, rows: list[Any]) -> Solution:
    policy: dict[str, str] = {}
    q: dict[str, dict[str, float]] = {}
    values: dict[str, float] = {}
    places = iter(rows)
    for state in all_states((run_class,)):
        actions, name = enabled(state), state.name
        values[name] = 0.0
        if actions:
            row = next(places, None)
            if row is None:
                raise ValueError("fewer states than there are")
            chosen, *worth = row
            policy[name] = actions[chosen]
            q[name] = dict(zip(actions, map(float, worth), strict=True))
            values[name] = q[name][policy[name]]
    if next(places, None) is not None:
        raise ValueError("more states than there are")
    return Solution(policy, values, q)
