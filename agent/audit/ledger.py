"""The least that a ledger of self-improvement must say, and how it is checked.

One JSON object a line. Each entry holds the hash of the one before and ends with its own; the
head (number of entries and last hash) is kept in a file beside it, so that cutting off the end is
noticed. All qualities, gains and levels are rationals as text. A ledger that is not there is
said to be absent: that is never a success.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

LEDGER, HEAD = "ledger.jsonl", "ledger.head"
START = "start"
ADMITTED, REJECTED, ROLLED_BACK = "admitted", "rejected", "rolled back"
FIRST = "0" * 64

#: What every entry holds. `proof` is the SHA-256 of the evidence of an admission, else empty.
FIELDS = ("number", "previous", "kind", "quality", "delta", "level", "alpha", "proof", "hash")


@dataclass(frozen=True)
class Entry:
    """One step of a life: the quality after it, the least gain, the level spent, the evidence."""

    kind: str
    quality: Fraction
    delta: Fraction
    level: Fraction
    alpha: Fraction
    proof: str


def digest(fields: Mapping[str, Any]) -> str:
    """The hash of an entry: of all its fields but `hash`, as canonical JSON."""
    kept = {key: value for key, value in fields.items() if key != "hash"}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chained(entries: Sequence[Entry]) -> str:
    """The lines of a ledger that holds these entries."""
    previous, lines = FIRST, []
    for number, entry in enumerate(entries):
        fields: dict[str, Any] = {
            "number": number,
            "previous": previous,
            "kind": entry.kind,
            "quality": str(entry.quality),
            "delta": str(entry.delta),
            "level": str(entry.level),
            "alpha": str(entry.alpha),
            "proof": entry.proof,
        }
        previous = fields["hash"] = digest(fields)
        lines.append(json.dumps(fields) + "\n")
    return "".join(lines)


def head_of(text: str) -> str:
    """The anchor of a ledger: how many entries, and the last hash."""
    lines = text.splitlines()
    last = json.loads(lines[-1])["hash"] if lines else FIRST
    return f"{len(lines)} {last}\n"


def write(folder: Path, entries: Sequence[Entry]) -> None:
    """Write a ledger and its head."""
    text = chained(entries)
    (folder / LEDGER).write_text(text, encoding="utf-8")
    (folder / HEAD).write_text(head_of(text), encoding="utf-8")


@dataclass(frozen=True)
class LedgerCheck:
    """What was read and what is wrong with it."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]


def check(text: str, head: str, evidence: frozenset[str] = frozenset()) -> LedgerCheck:
    """Recompute the chain, the qualities, the bound of C3 and the levels of C17.

    `evidence` are the SHA-256 sums of the proofs at hand; an admission whose proof is not among
    them is named.
    """
    entries, problems = _chain(text)
    if not problems and head_of(text) != head:
        problems.append(f"the head says `{head.strip()}`, the ledger ends otherwise: entries lost?")
    problems += _admissions(entries, evidence)
    problems += _levels(entries)
    return LedgerCheck(tuple(entries), tuple(problems))


def _chain(text: str) -> tuple[list[Entry], list[str]]:
    previous, entries, problems = FIRST, list[Entry](), list[str]()
    for number, line in enumerate(text.splitlines()):
        try:
            raw = json.loads(line)
            if sorted(raw) != sorted(FIELDS):
                raise ValueError(f"its fields are {sorted(raw)}")
            quality, delta, level, alpha = (
                Fraction(raw[key]) for key in ("quality", "delta", "level", "alpha")
            )
            entry = Entry(str(raw["kind"]), quality, delta, level, alpha, str(raw["proof"]))
        except (ValueError, TypeError, ZeroDivisionError) as error:
            problems.append(f"entry {number} can't be read: {error}")
            break
        if raw["number"] != number:
            problems.append(f"entry {number} calls itself {raw['number']}")
        if raw["previous"] != previous:
            problems.append(f"entry {number} does not follow the one before it")
        if raw["hash"] != digest(raw):
            problems.append(f"entry {number} was changed: its hash is another")
        previous = raw["hash"]
        entries.append(entry)
    return entries, problems


def _admissions(entries: Sequence[Entry], evidence: frozenset[str]) -> list[str]:
    problems = []
    if not entries or entries[0].kind != START:
        return ["the ledger does not begin with a start"]
    for number in range(1, len(entries)):
        before, entry = entries[number - 1], entries[number]
        problems += [f"entry {number}: {p}" for p in _step(before, entry, evidence)]
    return problems


def _step(before: Entry, entry: Entry, evidence: frozenset[str]) -> list[str]:
    problems = []
    if not 0 <= entry.quality <= 1:
        problems.append(f"the quality {entry.quality} is not in [0, 1]")
    if (entry.delta, entry.alpha) != (before.delta, before.alpha) or entry.delta <= 0:
        problems.append("delta or alpha changed within a life, or delta is not positive")
    match entry.kind:
        case "admitted":
            if entry.quality < before.quality + entry.delta:
                problems.append(f"admitted at {entry.quality} after {before.quality}: below delta")
            if entry.proof not in evidence:
                problems.append(f"the proof {entry.proof[:12] or '(none)'} of it is not there")
        case "rejected":
            if entry.quality != before.quality:
                problems.append("rejected, and the quality moved")
        case "rolled back":
            pass
        case other:
            problems.append(f"`{other}` is no kind of entry")
    return problems


def _levels(entries: Sequence[Entry]) -> list[str]:
    spent = sum((e.level for e in entries), Fraction(0))
    if any(e.level < 0 for e in entries):
        return ["a level is negative"]
    if entries and spent > entries[0].alpha:
        return [f"the levels sum to {spent}, more than alpha = {entries[0].alpha}"]
    return []
