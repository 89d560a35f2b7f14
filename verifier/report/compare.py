"""Two sets of verdicts held against each other: what got better, what got worse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from verify_agent.verifier.context import Change
from verify_agent.verifier.errors import BadInput
from verify_agent.verifier.evidence import FunctionReport, Obligation, Report, Verdict

_RANK = {v.value: v.rank for v in Verdict}
#: What an obligation that is not there yet is worth: as much as one that is not looked at.
_ABSENT = Verdict.UNKNOWN.rank


def global_id(function: FunctionReport, obligation: Obligation) -> str:
    """The module's name, a colon and the obligation's id: one name in the whole project."""
    return f"{function.id.partition(':')[0]}:{obligation.id}"


def verdicts_of(report: Report) -> dict[str, str]:
    """The verdict of every obligation of a report, by its global id.

    Files may share a module's name: of several obligations of one id the weakest word counts.
    """
    return _weakest(
        (global_id(f, o), o.verdict.value) for f in report.functions for o in f.obligations
    )


def read_verdicts(path: Path) -> dict[str, str]:
    """The verdicts in a report as JSON, or in a baseline; `BadInput` where it is neither."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadInput(f"it can't be read: {problem.strerror}", where=str(path)) from problem
    except ValueError as problem:
        raise BadInput(f"it is no JSON: {problem}", where=str(path)) from problem
    found = _verdicts(record)
    if found is None:
        raise BadInput(
            "it is neither a report nor a baseline",
            expected="what `--report json=FILE` or `--write-baseline FILE` wrote",
            where=str(path),
        )
    return found


def baseline_text(report: Report) -> str:
    """A report's verdicts as a file to keep under version control: one line an obligation."""
    record = {"baseline_version": "1", "obligations": dict(sorted(verdicts_of(report).items()))}
    return json.dumps(record, indent=1) + "\n"


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Every obligation whose verdict differs, in the order of their names.

    >>> changes({"m:f/a": "proved"}, {"m:f/a": "tested"})
    (Change(obligation='m:f/a', before='proved', after='tested'),)
    """
    return tuple(
        Change(name, before.get(name, ""), after.get(name, ""))
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    )


def is_worse(change: Change) -> bool:
    """Whether less is known than before; a new obligation counts where it does not hold."""
    if not change.after:
        return False
    now = Verdict(change.after)
    if not change.before:
        return not now.positive
    return now.rank < _RANK[change.before]


def is_better(change: Change) -> bool:
    """Whether more is known than before."""
    if not change.after:
        return False
    return _RANK[change.after] > _RANK.get(change.before, _ABSENT)


def lines(found: Iterable[Change]) -> list[str]:
    """The changes for people, what got worse first."""
    every = list(found)
    made = [f"worse   {_told(c)}" for c in every if is_worse(c)]
    made += [f"better  {_told(c)}" for c in every if is_better(c)]
    made += [f"gone    {_told(c)}" for c in every if not c.after]
    rest = [c for c in every if c.after and not is_worse(c) and not is_better(c)]
    return made + [f"other   {_told(c)}" for c in rest]


def _weakest(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, verdict in pairs:
        if name not in found or _RANK[verdict] < _RANK[found[name]]:
            found[name] = verdict
    return found


def _told(change: Change) -> str:
    return f"{change.obligation}: {change.before or 'new'} -> {change.after or 'gone'}"


def _verdicts(record: Any) -> dict[str, str] | None:
    match record:
        case {"baseline_version": "1", "obligations": dict(found)}:
            plain = found
        case {"functions": list(functions), "schema_version": "1"}:
            try:
                plain = _weakest(
                    (f"{f['id'].partition(':')[0]}:{o['id']}", o["verdict"])
                    for f in functions
                    for o in f["obligations"]
                )
            except (KeyError, TypeError, AttributeError):
                return None
        case _:
            return None
    if not all(isinstance(v, str) and v in _RANK for v in plain.values()):
        return None
    return plain
