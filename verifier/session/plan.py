"""The plan for one function: which engine is asked when, and when it is enough.

Without an evidence to reach all engines start at once and run to their end. With one they start
one after the other, the cheapest that can reach it first; the next one joins when the one before
has come back or has taken longer than easy functions take.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verify_agent.verifier.engines.base import Engine
from verify_agent.verifier.evidence import Attempt, FunctionReport, Verdict
from verify_agent.verifier.subject import TYPES, Subject, obligations_of, types_obligation

_TYPING = "typing"
_EASY_SECONDS = 2.0
_ORDER = {
    Verdict.TESTED: (_TYPING, "properties", "deductive", "symbolic"),
    Verdict.CONFIRMED: (_TYPING, "deductive", "symbolic", "properties"),
    Verdict.PROVED: (_TYPING, "deductive", "properties", "symbolic"),
}


def first_asked(stop_at: Verdict) -> tuple[str, ...]:
    """The engines that start at once where that evidence is asked for."""
    return _ORDER[stop_at][:2]


def planned(engines: Sequence[Engine], stop_at: Verdict | None) -> list[Engine]:
    """The engines in the order in which they are to be asked."""
    if stop_at is None:
        return list(engines)
    order = _ORDER[stop_at]
    return sorted(engines, key=lambda e: order.index(e.name) if e.name in order else len(order))


def next_is_due(
    waiting: Sequence[Engine], running: Sequence[Engine], stop_at: Verdict | None, seconds: float
) -> bool:
    """Whether the next engine starts now; `seconds` is the time since the last one did."""
    if stop_at is None:
        return True
    others = [e for e in running if e.name != _TYPING]
    return not others or seconds > _EASY_SECONDS or waiting[0].name == _TYPING


def enough(report: FunctionReport, stop_at: Verdict | None) -> bool:
    """Whether nothing more needs to be asked about a function, its types apart."""
    if stop_at is None:
        return False
    verdicts = [o.verdict for o in report.obligations if o.kind != TYPES]
    if Verdict.REFUTED in verdicts:
        return True
    return bool(verdicts) and all(v.positive and v.rank >= stop_at.rank for v in verdicts)


def report_of(
    subject: Subject,
    attempts: Mapping[str, Sequence[Attempt]],
    notes: Sequence[str],
    *,
    types: bool,
) -> FunctionReport:
    """A function's report out of the attempts by obligation; with `types` that one is in it."""
    about = obligations_of(subject)
    typed = types_obligation(subject)
    if types or typed.id in attempts:
        about = (typed, *about)
    return FunctionReport(
        subject.id,
        subject.path,
        subject.line,
        tuple(o.with_attempts(attempts.get(o.id, ())) for o in about),
        tuple(dict.fromkeys(notes)),
    )
