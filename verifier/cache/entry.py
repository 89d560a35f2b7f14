"""What is kept under a key: the engines' words on one function, as JSON with a checksum.

Only words that say something for sure are kept: positive ones, and counterexamples, which are
run again before they count. `unknown` never is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from verify_agent.verifier.evidence import Attempt, Counterexample, Verdict

_LINE = re.compile(r"\b(line )(\d+)\b")


class Damaged(Exception):
    """An entry that does not fit its checksum or can't be read."""


@dataclass(frozen=True)
class Entry:
    """Attempts by obligation id, and the line of the function when they were made.

    `whole` names the engines that had a sure word on everything they looked at: there is nothing
    that they could be asked again.
    """

    line: int
    attempts: Mapping[str, tuple[Attempt, ...]]
    whole: frozenset[str] = frozenset()

    def at(self, line: int) -> Entry:
        """The same for a function that begins at another line: lines in remarks move along."""
        if line == self.line:
            return self
        moved = {
            obligation: tuple(_moved(a, line - self.line) for a in attempts)
            for obligation, attempts in self.attempts.items()
        }
        return Entry(line, moved, self.whole)

    def merged(self, other: Entry) -> Entry:
        """Both entries' attempts; where an engine spoke in both the other one's word counts."""
        made = dict(self.attempts)
        for obligation, attempts in other.attempts.items():
            spoken = {a.engine for a in attempts}
            kept = [a for a in made.get(obligation, ()) if a.engine not in spoken]
            made[obligation] = (*kept, *attempts)
        return Entry(other.line, made, self.whole | other.whole)


def worth_keeping(attempt: Attempt) -> bool:
    """Whether the attempt says something that stays true."""
    return attempt.outcome.positive or attempt.outcome is Verdict.REFUTED


def to_text(entry: Entry) -> str:
    """The entry as text, its checksum in front."""
    record = {
        "line": entry.line,
        "whole": sorted(entry.whole),
        "attempts": {
            obligation: [_plain(a) for a in attempts if worth_keeping(a)]
            for obligation, attempts in entry.attempts.items()
        },
    }
    body = json.dumps(record, sort_keys=True)
    return f"{_checksum(body)}\n{body}"


def from_text(text: str) -> Entry:
    """The entry in a text; `Damaged` where it is not what was written."""
    checksum, _, body = text.partition("\n")
    if _checksum(body) != checksum:
        raise Damaged("the checksum does not fit")
    try:
        record = json.loads(body)
        attempts = {
            str(obligation): tuple(attempt_of(a) for a in found)
            for obligation, found in record["attempts"].items()
        }
        return Entry(int(record["line"]), attempts, frozenset(record["whole"]))
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        raise Damaged(str(problem)) from problem


def _checksum(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()


def _plain(attempt: Attempt) -> dict[str, Any]:
    return plain_attempt(replace(attempt, cache=False))


def plain_attempt(attempt: Attempt) -> dict[str, Any]:
    """An attempt as values that JSON has."""
    shown = attempt.counterexample
    return {
        "engine": attempt.engine,
        "outcome": attempt.outcome.value,
        "reason": attempt.reason,
        "version": attempt.version,
        "seconds": attempt.seconds,
        "limits": dict(attempt.limits),
        "seed": attempt.seed,
        "cache": attempt.cache,
        "details": list(attempt.details),
        "counterexample": asdict(shown) if shown else None,
        "assumptions": list(attempt.assumptions),
        "vc_sha256": attempt.vc_sha256,
    }


def attempt_of(record: Mapping[str, Any]) -> Attempt:
    """The attempt that `plain_attempt` made values of."""
    shown = record["counterexample"]
    found = Counterexample(**{**shown, "setup": tuple(shown["setup"])}) if shown else None
    return Attempt(
        engine=str(record["engine"]),
        outcome=Verdict(record["outcome"]),
        reason=str(record["reason"]),
        version=str(record["version"]),
        seconds=float(record["seconds"]),
        limits=dict(record["limits"]),
        seed=record["seed"],
        cache=bool(record["cache"]),
        details=tuple(record["details"]),
        counterexample=found,
        assumptions=tuple(record["assumptions"]),
        vc_sha256=str(record["vc_sha256"]),
    )


def _moved(attempt: Attempt, by: int) -> Attempt:
    def shifted(text: str) -> str:
        return _LINE.sub(lambda found: f"{found[1]}{int(found[2]) + by}", text)

    return replace(
        attempt,
        reason=shifted(attempt.reason),
        details=tuple(map(shifted, attempt.details)),
        assumptions=tuple(map(shifted, attempt.assumptions)),
    )


def words_of(pairs: Iterable[tuple[str, Attempt]]) -> dict[str, tuple[Attempt, ...]]:
    """Attempts by obligation id."""
    made: dict[str, tuple[Attempt, ...]] = {}
    for obligation, attempt in pairs:
        made[obligation] = (*made.get(obligation, ()), attempt)
    return made
