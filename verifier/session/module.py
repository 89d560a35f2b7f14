"""Check a module: all its functions under contract, one report."""

from __future__ import annotations

import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from verify_agent.verifier.evidence import Attempt, FunctionReport, Report
from verify_agent.verifier.frontend.load import Module, load
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.check import Listener, check_function
from verify_agent.verifier.session.record import run_record
from verify_agent.verifier.session.session import Session
from verify_agent.verifier.subject import Subject, types_obligation

_TYPING = "typing"


def check_module(
    source: str,
    path: str = "<candidate>",
    *,
    module: str = "candidate",
    roots: tuple[str, ...] = (),
    options: Options = Options(),  # noqa: B008 - frozen
    session: Session | None = None,
    on_event: Listener = lambda event: None,
    cancel: threading.Event | None = None,
    argv: Sequence[str] = (),
    now: datetime | None = None,
) -> Report:
    """The report on a module's text; `BadSource` where it does not parse.

    A `session` that is passed in is used and left open, else one is made for this call. When
    `cancel` is set the report comes within a second, with `complete` false.
    """
    return check_modules(
        [load(source, path, module, roots)],
        options=options,
        session=session,
        on_event=on_event,
        cancel=cancel,
        argv=argv,
        now=now,
    )


def check_modules(
    modules: Sequence[Module],
    *,
    options: Options = Options(),  # noqa: B008 - frozen
    session: Session | None = None,
    on_event: Listener = lambda event: None,
    cancel: threading.Event | None = None,
    argv: Sequence[str] = (),
    now: datetime | None = None,
) -> Report:
    """One report on several modules; see `check_module`."""
    cancelled = cancel or threading.Event()
    used = session or Session(options)
    reports: list[FunctionReport] = []
    try:
        used.start()
        for found in modules:
            reports += _functions(found, used, options, on_event, cancelled)
    finally:
        if session is None:
            used.close()
    wanted = sum(len(m.subjects) for m in modules)
    skipped = wanted - len(reports)
    return Report(
        run=run_record(options, argv or tuple(sys.argv), now or datetime.now(UTC)),
        functions=tuple(reports),
        subjects={m.path: m.sha256 for m in modules},
        complete=not (cancelled.is_set() or skipped),
        notes=(f"{skipped} functions were not checked",) if skipped else (),
    )


def _functions(
    found: Module,
    session: Session,
    options: Options,
    on_event: Listener,
    cancel: threading.Event,
) -> list[FunctionReport]:
    reports: list[FunctionReport] = []
    types: Attempt | None = None
    for subject in found.subjects:
        if cancel.is_set():
            break
        # mypy judges the module as a whole: asked once, its word stands for each function.
        engines = [e for e in session.engines if types is None or e.name != _TYPING]
        report = check_function(
            subject,
            engines,
            options.limits,
            options.seed,
            sandbox=session.sandbox,
            on_event=on_event,
            cancel=cancel,
            stop_at=options.stop_at,
            known={types_obligation(subject).id: replace(types, seconds=0.0)} if types else None,
        )
        types = types or _types_of(subject, report)
        reports.append(report)
    return reports


def _types_of(subject: Subject, report: FunctionReport) -> Attempt | None:
    wanted = types_obligation(subject).id
    return next((a for o in report.obligations if o.id == wanted for a in o.attempts), None)
