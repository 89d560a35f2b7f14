"""Check a module: all its functions under contract, one report."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from verify_agent.verifier.cache.cache import Cache
from verify_agent.verifier.evidence import Report
from verify_agent.verifier.frontend.load import Module, load
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.check import Listener
from verify_agent.verifier.session.jobs import Job, Jobs, Reported
from verify_agent.verifier.session.record import run_record
from verify_agent.verifier.session.session import Session

if TYPE_CHECKING:
    from verify_agent.verifier.smt.store import Proved

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
    on_report: Reported = lambda report: None,
    on_proofs: Callable[[tuple[Proved, ...]], None] = lambda proofs: None,
    cache: Cache | None = None,
    cancel: threading.Event | None = None,
    argv: Sequence[str] = (),
    now: datetime | None = None,
    executor: str = "",
) -> Report:
    """One report on several modules; see `check_module`.

    Without a `session`, `options.jobs` functions are checked side by side. The report is in
    source order all the same. `on_report` is told of each function as it is done, and
    `on_proofs` of what was proved, in source order, if the options say `keep_proofs`. With a
    `cache` what is known is not shown again, and what a run that was cut had done counts. An
    `executor` such as `dask://host:port` checks the functions elsewhere.
    """
    cancelled = cancel or threading.Event()
    if cache is not None:
        cache.open(modules)
    queue = Jobs(_jobs(modules, options), options, on_event, on_report, cancelled, cache, executor)
    reports = queue.run(session)
    on_proofs(queue.proofs)
    wanted = sum(len(m.subjects) for m in modules)
    skipped = wanted - len(reports)
    made = run_record(
        options, argv or tuple(sys.argv), now or datetime.now(UTC), probed=queue.asked > 0
    )
    return Report(
        run=made,
        functions=reports,
        subjects={m.path: m.sha256 for m in modules},
        complete=not (cancelled.is_set() or skipped),
        notes=tuple(_notes(skipped, queue, cache)),
    )


def _notes(skipped: int, queue: Jobs, cache: Cache | None) -> Iterator[str]:
    if skipped:
        yield f"{skipped} functions were not checked"
    yield from queue.notes
    if cache is not None:
        yield from cache.end(cut=queue.cancel.is_set())


def _jobs(modules: Sequence[Module], options: Options) -> Iterator[Job]:
    """A job a function. mypy judges a module as a whole, so it is asked with the first one."""
    for module in modules:
        asked = _TYPING not in options.engines
        for subject in module.subjects:
            first = not asked and not subject.unread
            asked = asked or first
            yield Job(subject, module.path, types=first)
