"""Counts from recorded runs: what each tool did in which situation, ready for the estimates.

A step's record holds what each engine said (`words`), because engines that ran side by side are
counted as if one had spoken after the other, in the order in which the model takes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from verify_agent.agent import policy_actions as actions
from verify_agent.agent.abstraction import AbstractState, Stage, abstract_state
from verify_agent.agent.evidence_needed import meets, refutation, undecided
from verify_agent.agent.policy_estimates import (
    AGREES,
    DEFECT,
    FOUND,
    NONE,
    OPEN,
    REACHES,
    REFUTES,
    SILENT,
    Estimates,
    Tally,
)
from verify_agent.agent.state import ALWAYS, ENGINES, State
from verify_agent.verifier.evidence import Obligation

SHIPPED = Path(__file__).with_name("policy_counts.json")

#: An observation: the estimate's key, the outcome, and wall seconds where the tool ran alone.
Observation = tuple[str, str, float | None]

_KEYS = Estimates()


@dataclass(frozen=True)
class Counts:
    """Tallies by key, of how many runs, and when the last of them was (ISO 8601, UTC date)."""

    tallies: Mapping[str, Tally]
    runs: int = 0
    updated: str = ""

    @property
    def size(self) -> int:
        """How many observations were counted."""
        return sum(sum(t.outcomes.values()) for t in self.tallies.values())

    def plus(self, other: Counts) -> Counts:
        """Both counted together."""
        names = sorted({*self.tallies, *other.tallies})
        none = Tally()
        merged = {n: self.tallies.get(n, none).plus(other.tallies.get(n, none)) for n in names}
        return Counts(merged, self.runs + other.runs, max(self.updated, other.updated))


NOTHING = Counts({})


def counted(observations: Iterable[Observation], runs: int, updated: str) -> Counts:
    """The tallies of observations."""
    tallies: dict[str, Tally] = {}
    for key, outcome, seconds in observations:
        one = Tally({outcome: 1})
        if seconds is not None:
            one = Tally({outcome: 1}, 1, seconds, seconds**2)
        tallies[key] = tallies.get(key, Tally()).plus(one)
    return Counts(tallies, runs, updated)


def observations(action: str, before: State, after: State) -> list[Observation]:
    """What one step shows; nothing where it ended in the middle (interrupted, broken)."""
    image = abstract_state(before)
    seconds = after.seconds - before.seconds
    if after.ending is not None:
        return []
    match action:
        case actions.EXAMINE:
            outcome = DEFECT if after.infeasible else OPEN
            return [(_KEYS.examine(image)[0], outcome, seconds)]
        case actions.SYNTHESIZE:
            again = image.stage is Stage.CANDIDATE
            outcome = NONE if after.candidate is None else FOUND
            return [(_KEYS.search(image, again)[0], outcome, seconds)]
    engines = actions.engines_of(action)
    return _of_engines(image, engines, before, after, seconds) if engines else []


def _of_engines(
    image: AbstractState, engines: frozenset[str], before: State, after: State, seconds: float
) -> list[Observation]:
    told = after.obligations if after.candidate else after.rejections[-1].obligations
    asked = before.goal.evidence
    alone = seconds if len(engines) == 1 else None
    made: list[Observation] = []
    for engine in sorted(engines):
        tried = image.tried | {engine}
        heard = tuple(_only(o, tried) for o in told)
        outcome = _outcome(heard, engine, meets(heard, asked) and not image.reached)
        made.append((_KEYS.check(image, engine)[0], outcome, alone))
        if outcome == REFUTES:
            break
        sound = image.sound and outcome != SILENT
        reached = sound and (image.reached or outcome == REACHES)
        image = replace(image, tried=tried, sound=sound, reached=reached)
    return made


def _outcome(heard: tuple[Obligation, ...], engine: str, reaches: bool) -> str:
    if refutation(heard):
        return REFUTES
    if engine in ALWAYS and undecided(heard, engine):
        return SILENT
    return REACHES if reaches else AGREES


def _only(obligation: Obligation, engines: frozenset[str]) -> Obligation:
    """The obligation with the words of some engines, in the order of all."""
    kept = [a for a in obligation.attempts if a.engine in engines or a.engine not in ENGINES]
    return replace(obligation, attempts=tuple(kept))


def read_counts(path: Path) -> Counts:
    """Counts that were written; none where there is no such file. Raises `ValueError` if it is
    damaged."""
    try:
        raw: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return NOTHING
    try:
        tallies = {key: Tally(*row) for key, row in raw["tallies"].items()}
        return Counts(tallies, raw["runs"], raw["updated"])
    except (KeyError, TypeError, AttributeError) as problem:
        raise ValueError(f"{path} holds no counts: {problem}") from problem


def write_counts(path: Path, counts: Counts) -> None:
    """Write counts as JSON, a key a line, whole or not at all."""
    rows = {
        key: [dict(t.outcomes), t.timed, round(t.seconds, 4), round(t.squares, 4)]
        for key, t in counts.tallies.items()
    }
    body = ",\n".join(f"{json.dumps(k)}: {json.dumps(row)}" for k, row in rows.items())
    head = f'"runs": {counts.runs}, "updated": {json.dumps(counts.updated)}'
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_text(f'{{{head}, "tallies": {{\n{body}\n}}}}\n', encoding="utf-8")
    partial.replace(path)
