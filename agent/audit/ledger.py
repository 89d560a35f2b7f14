"""The least that a ledger of self-improvement must say, and how it is checked.

One JSON object a line, in the one spelling that this module gives it. Each entry holds the hash of
the one before and ends with its own; the head (number of entries and last hash) is kept in a file
beside it, so that cutting off the end is noticed. All qualities, gains and levels are rationals as
text. A ledger that is not there is said to be absent: that is never a success.

A full ledger says more of each entry (`MORE`): who acted, and the hashes of the proposal, the
stable core, the tools, the suites, the generation and the evidence. There an admission must follow
the commitment of its proposal's hash, and nothing is admitted between a trip and its reset.

A change of the proposer itself (`PROPOSERS`) moves no task: its admission is of a kind of its own,
at the quality that there was, and counts neither for nor against the bound on admissions of C3.
Which kind it is follows from the skill alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

LEDGER, HEAD = "ledger.jsonl", "ledger.head"
#: The folder in the project's state where self-improvement keeps its ledger.
IMPROVEMENT = "improve"
START = "start"
ADMITTED, REJECTED, ROLLED_BACK = "admitted", "rejected", "rolled back"
COMMITTED, TRIPPED, RESET = "committed", "tripped", "reset"
#: An admission that changes what is proposed, and no quality.
PROPOSER_ADMITTED = "proposer admitted"
#: The skills that only the proposing of changes depends on.
PROPOSERS = frozenset({"proposal_weight", "step_size"})
#: Kinds that decide nothing: the quality stays what it was.
NOTES = frozenset({COMMITTED, TRIPPED, RESET})
FIRST = "0" * 64

#: What every entry holds. `proof` is the SHA-256 of the evidence of an admission, else empty.
FIELDS = ("number", "previous", "kind", "quality", "delta", "level", "alpha", "proof", "hash")

#: What every entry of a full ledger holds besides, all of it text.
MORE = (
    "actor",
    "time",
    "skill",
    "proposal",
    "generation",
    "core",
    "tools",
    "suites",
    "evidence",
    "reason",
)
_ORDER = (*FIELDS[:-1], *MORE, FIELDS[-1])


@dataclass(frozen=True)
class Entry:
    """One step of a life: the quality after it, the least gain, the level spent, the evidence.

    `more` holds the fields of a full ledger, or nothing.
    """

    kind: str
    quality: Fraction
    delta: Fraction
    level: Fraction
    alpha: Fraction
    proof: str
    more: Mapping[str, str] = field(default_factory=dict)


def folder_of(state: Path) -> Path:
    """The folder of a ledger: where improvement keeps it, or the folder of state itself."""
    inner = state / IMPROVEMENT
    return inner if (inner / LEDGER).is_file() or (inner / HEAD).is_file() else state


def digest(fields: Mapping[str, Any]) -> str:
    """The hash of an entry: of all its fields but `hash`, as canonical JSON."""
    kept = {key: value for key, value in fields.items() if key != "hash"}
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def line_of(number: int, previous: str, entry: Entry) -> tuple[str, str]:
    """The line of an entry, with its end, and the entry's hash."""
    fields: dict[str, Any] = {
        "number": number,
        "previous": previous,
        "kind": entry.kind,
        "quality": str(entry.quality),
        "delta": str(entry.delta),
        "level": str(entry.level),
        "alpha": str(entry.alpha),
        "proof": entry.proof,
        **{key: entry.more[key] for key in MORE if key in entry.more},
    }
    fields["hash"] = digest(fields)
    return _line(fields), fields["hash"]


def _line(fields: Mapping[str, Any]) -> str:
    """The one spelling of an entry's fields."""
    return json.dumps({key: fields[key] for key in _ORDER if key in fields}) + "\n"


def chained(entries: Sequence[Entry]) -> str:
    """The lines of a ledger that holds these entries."""
    previous, lines = FIRST, []
    for number, entry in enumerate(entries):
        line, previous = line_of(number, previous, entry)
        lines.append(line)
    return "".join(lines)


def head_of(text: str) -> str:
    """The anchor of a ledger: how many entries, and the last hash."""
    lines = text.split("\n")[:-1]
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
    problems += _order(entries)
    return LedgerCheck(tuple(entries), tuple(problems))


def _chain(text: str) -> tuple[list[Entry], list[str]]:
    previous, entries, problems = FIRST, list[Entry](), list[str]()
    *lines, rest = text.split("\n")
    for number, line in enumerate(lines):
        try:
            raw = json.loads(line)
            entry = _entry(raw, bool(entries[0].more) if entries else None)
            spelled = _line(raw) == line + "\n"
        except (ValueError, TypeError, AttributeError, ZeroDivisionError) as error:
            problems.append(f"entry {number} can't be read: {error}")
            break
        if not spelled:
            problems.append(f"entry {number} is spelled otherwise than it was written")
        if raw["number"] != number:
            problems.append(f"entry {number} calls itself {raw['number']}")
        if raw["previous"] != previous:
            problems.append(f"entry {number} does not follow the one before it")
        if raw["hash"] != digest(raw):
            problems.append(f"entry {number} was changed: its hash is another")
        previous = raw["hash"]
        entries.append(entry)
    if rest:
        problems.append("the last line has no end")
    return entries, problems


def _entry(raw: Mapping[str, Any], full: bool | None) -> Entry:
    """The entry of some fields, in a full ledger or not (`None` at the start: it says which).

    `ValueError` where they are not those of an entry.
    """
    more = {key: raw[key] for key in MORE if key in raw}
    wanted = {*FIELDS, *(MORE if (bool(more) if full is None else full) else ())}
    if set(raw) != wanted or not all(isinstance(value, str) for value in more.values()):
        raise ValueError(f"its fields are {sorted(raw)}")
    quality, delta, level, alpha = (
        Fraction(raw[key]) for key in ("quality", "delta", "level", "alpha")
    )
    return Entry(str(raw["kind"]), quality, delta, level, alpha, str(raw["proof"]), more)


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
            if entry.more.get("skill") in PROPOSERS:
                problems.append("a change of the proposer, admitted as one of the search")
        case "proposer admitted":
            if entry.quality != before.quality:
                problems.append("the proposer was admitted, and the quality moved")
            if entry.proof not in evidence:
                problems.append(f"the proof {entry.proof[:12] or '(none)'} of it is not there")
            if entry.more.get("skill") not in PROPOSERS:
                problems.append("no change of the proposer, admitted as one")
        case "rejected":
            if entry.quality != before.quality:
                problems.append("rejected, and the quality moved")
        case "rolled back":
            pass
        case "committed" | "tripped" | "reset":
            if entry.quality != before.quality:
                problems.append(f"`{entry.kind}`, and the quality moved")
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


def _order(entries: Sequence[Entry]) -> list[str]:
    """No admission between a trip and its reset, none without its own commitment."""
    problems, tripped, committed = list[str](), False, ""
    for number, entry in enumerate(entries):
        proposal = entry.more.get("proposal", "")
        admitted = entry.kind in (ADMITTED, PROPOSER_ADMITTED)
        if admitted and tripped:
            problems.append(f"entry {number}: admitted although the breaker was open")
        if admitted and entry.more and proposal != committed:
            problems.append(f"entry {number}: admitted without a commitment before")
        tripped = entry.kind == TRIPPED or (tripped and entry.kind != RESET)
        committed = proposal if entry.kind == COMMITTED else ""
    return problems
