"""Entries under the form of a program: what was shown of one text holds for those that are alike.

Two texts with one form (`frontend.canonical`) have the same obligations and the same formulas, so
a proof of one is a proof of the other. Conditions are told apart by their own form; where they do
not match one to one, nothing is carried over. What names lines is not kept, and what an engine
told beside its word is left out: it speaks of the other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from verify_agent.verifier.cache.entry import Entry
from verify_agent.verifier.evidence import Attempt
from verify_agent.verifier.frontend.canonical import expression_form
from verify_agent.verifier.subject import TYPES, Subject, obligations_of

_PLACE = re.compile(r"\bline \d|\b\d+:\d")
REMARK = "shown for the same program with other names of locals, comments or layout"


def to_form(subject: Subject, entry: Entry) -> Entry | None:
    """The entry with obligations named by their form; `None` where nothing can be carried over."""
    names = _names(subject)
    if not entry.attempts.keys() <= names.keys():
        return None
    kept = {
        names[obligation]: tuple(replace(a, details=()) for a in attempts if not _tells_lines(a))
        for obligation, attempts in entry.attempts.items()
    }
    lost = {a.engine for attempts in entry.attempts.values() for a in attempts if _tells_lines(a)}
    made = {name: attempts for name, attempts in kept.items() if attempts}
    return Entry(0, made, entry.whole - lost) if made else None


def from_form(subject: Subject, entry: Entry) -> Entry | None:
    """The entry under the ids that the subject's obligations have; `None` where they differ."""
    names = _names(subject)
    if not entry.attempts.keys() <= set(names.values()):
        return None
    made = {
        obligation: tuple(replace(a, details=(REMARK,)) for a in entry.attempts[name])
        for obligation, name in names.items()
        if name in entry.attempts
    }
    return Entry(subject.line, made, entry.whole)


def shape(subject: Subject) -> tuple[str, ...]:
    """The forms of all obligations: no two functions with other obligations have the same key."""
    return tuple(sorted(set(_names(subject).values())))


def _names(subject: Subject) -> Mapping[str, str]:
    """The obligations' forms by their ids; what concerns the whole module has its own name."""
    named = {o.id: f"{o.kind}: {expression_form(o.text)}" for o in obligations_of(subject)}
    return {**named, TYPES: TYPES}


def _tells_lines(attempt: Attempt) -> bool:
    texts: Iterable[str] = (attempt.reason, *attempt.assumptions)
    return any(_PLACE.search(text) for text in texts)
