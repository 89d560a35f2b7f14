"""Waivers: obligations that a person takes on, with who, why and until when.

A TOML file of tables `[[waiver]]` with `obligation` (as a report names it, `module:` in front),
`who`, `why` and `until` (a date, the last day on which it holds).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from verify_agent.verifier.context import Waived
from verify_agent.verifier.errors import BadInput

_KEYS = ("obligation", "who", "why", "until")


def read_waivers(path: Path) -> tuple[Waived, ...]:
    """The waivers of a file; `BadInput` that names what is wrong with which one."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadInput(f"it can't be read: {problem.strerror}", where=str(path)) from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadInput(f"it is no TOML: {problem}", where=str(path)) from problem
    strange = sorted(set(document) - {"waiver"})
    found = document.get("waiver", [])
    if strange or not isinstance(found, list):
        wrong = f"there is `{strange[0]}`" if strange else "`waiver` is no list of tables"
        raise BadInput(wrong, expected="tables `[[waiver]]`", where=str(path))
    return tuple(_waiver(number, table, path) for number, table in enumerate(found, 1))


def applied(
    waivers: Sequence[Waived], verdicts: Mapping[str, str], today: date
) -> tuple[Waived, ...]:
    """The waivers with what the run says of each, and whether its time is over."""
    return tuple(
        replace(
            w,
            verdict=verdicts.get(w.obligation, ""),
            expired=date.fromisoformat(w.until) < today,
        )
        for w in waivers
    )


def standing(waivers: Sequence[Waived]) -> frozenset[str]:
    """The obligations that are taken on now."""
    return frozenset(w.obligation for w in waivers if not w.expired)


def line(waiver: Waived) -> str:
    """A waiver for people."""
    state = "expired" if waiver.expired else "until"
    verdict = waiver.verdict or "no such obligation"
    return f"{waiver.obligation}: {verdict}; {waiver.who}: {waiver.why} ({state} {waiver.until})"


def _waiver(number: int, table: Any, path: Path) -> Waived:
    where = f"{path}: waiver {number}"
    if not isinstance(table, dict) or sorted(table) != sorted(_KEYS):
        found = f"it has {', '.join(sorted(table))}" if isinstance(table, dict) else "no table"
        raise BadInput(found, expected=f"exactly {', '.join(_KEYS)}", where=where)
    until = table["until"]
    if type(until) is not date:
        raise BadInput(f"`until` is {until!r}", expected="a date such as 2030-01-31", where=where)
    for key in _KEYS[:3]:
        if not isinstance(table[key], str) or not table[key].strip():
            raise BadInput(f"`{key}` is {table[key]!r}", expected="a text", where=where)
    return Waived(table["obligation"], table["who"], table["why"], until.isoformat())
