"""The module of a repaired target and its callers, checked again before the change is offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from verify_agent.agent.repair.codebase import Files, changed_copy, codebase_of, touched
from verify_agent.agent.repair.starting import origin_of
from verify_agent.agent.task import REPAIR, Task
from verify_agent.verifier.evidence import (
    Attempt,
    Obligation,
    Span,
    Verdict,
    obligation_id,
    weakest,
)
from verify_agent.verifier.subject import Subject

CALLERS = "callers"
_UNJUDGED = "not judged, with the change or without: "
_SILENT = (Verdict.UNKNOWN, Verdict.CANDIDATE, Verdict.ERROR)
TEXT = "no other function of the module and no caller is worse off"
#: The word of the engines on a whole function, with why it is no better.
Judged = tuple[Verdict, str]
Judge = Callable[[Subject], Judged]


@dataclass(frozen=True)
class Again:
    """What came of checking again: an attempt at the one obligation, and what to tell."""

    attempt: Attempt
    notes: tuple[str, ...] = ()


def callers_obligation(task: Task, qualname: str) -> tuple[Obligation, ...]:
    """The obligation of a repair in a codebase; none of another task."""
    if task.kind != REPAIR or not task.in_codebase:
        return ()
    made = obligation_id(qualname, CALLERS, TEXT)
    return (Obligation(made, CALLERS, TEXT, Span(origin_of(task).subject.line)),)


def checked_again(task: Task, changes: Files, judge: Judge) -> Again:
    """Every touched function judged with the change, and without it where it is not shown then.

    `changes` are the texts of the files that differ, by path. Without any function to judge
    nothing can be broken. One that gets a weaker word than without the change is worse off.
    """
    codebase, target = codebase_of(task), origin_of(task).subject
    with changed_copy(codebase, changes) as after:
        found = {s.id: judge(s) for s in touched(codebase, after, changes, target)}
    doubtful = {i for i, (word, _) in found.items() if not word.positive}
    before = _before(task, changes, judge, doubtful)
    notes: list[str] = []
    for name in sorted(doubtful):
        (word, reason), (was, _) = found[name], before.get(name, (Verdict.UNKNOWN, ""))
        if was.rank > word.rank:
            told = f"{name} was {was.value} and is {word.value} with the change: {reason}"
            return Again(Attempt(CALLERS, Verdict.UNKNOWN, told), (told,))
        notes.append(f"{name} is {word.value} with the change as it was without: {reason}")
    silent = sorted(n for n in doubtful if found[n][0] in _SILENT)
    attempt = _attempt(found, doubtful, silent)
    return Again(attempt, (*attempt.details, *notes))


def unjudged(obligations: Iterable[Obligation]) -> tuple[str, ...]:
    """The functions around a repair of which no engine could say anything."""
    said = (d for o in obligations if o.kind == CALLERS for a in o.attempts for d in a.details)
    found = (d.removeprefix(_UNJUDGED) for d in said if d.startswith(_UNJUDGED))
    return tuple(name for names in found for name in names.split(", "))


def _attempt(found: Mapping[str, Judged], doubtful: set[str], silent: Sequence[str]) -> Attempt:
    """The weakest word; where functions are as doubtful as before, that was seen by trying."""
    words = [Verdict.TESTED if i in doubtful else word for i, (word, _) in found.items()]
    outcome = weakest(words) if words else Verdict.PROVED
    told = [f"checked again: {', '.join(sorted(found))}"] if found else []
    told += [f"as doubtful as before: {', '.join(sorted(doubtful))}"] if doubtful else []
    told += [f"{_UNJUDGED}{', '.join(silent)}"] if silent else []
    nobody = ("there is no other function under contract",)
    return Attempt(CALLERS, outcome, details=tuple(told) or nobody)


def _before(task: Task, changes: Files, judge: Judge, ids: set[str]) -> dict[str, Judged]:
    """The words on some functions as they are on disk."""
    if not ids:
        return {}
    codebase, target = codebase_of(task), origin_of(task).subject
    with changed_copy(codebase, {}) as root:
        subjects = touched(codebase, root, changes, target)
        return {s.id: judge(s) for s in subjects if s.id in ids}
