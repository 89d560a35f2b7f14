"""Functions checked side by side: each by a session of its own, reports in the given order."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verify_agent.verifier import spawn
from verify_agent.verifier.cache.cache import Cache
from verify_agent.verifier.cache.entry import Entry
from verify_agent.verifier.evidence import Attempt, FunctionReport
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.check import Event, Listener, check_function
from verify_agent.verifier.session.plan import first_asked
from verify_agent.verifier.session.recall import Recalled
from verify_agent.verifier.session.session import Session
from verify_agent.verifier.subject import Subject, types_obligation

if TYPE_CHECKING:
    from verify_agent.verifier.smt.store import Proved

_TYPING = "typing"
_TICK_SECONDS = 0.05

Reported = Callable[[FunctionReport], None]


@dataclass(frozen=True)
class Job:
    """A function to check by these engines; with `types` the module's types are judged too.

    `known` is what the cache has to say.
    """

    subject: Subject
    module: str
    types: bool
    known: Entry | None = None
    engines: tuple[str, ...] = ()


def cores() -> int:
    """How many cores this process may use."""
    return max(1, len(os.sched_getaffinity(0)))


class Jobs:
    """The functions of a run. Use once."""

    def __init__(
        self,
        jobs: Iterable[Job],
        options: Options,
        on_event: Listener,
        on_report: Reported,
        cancel: threading.Event,
        cache: Cache | None = None,
        executor: str = "",
    ) -> None:
        self.jobs = tuple(jobs)
        self.cache = cache
        self.executor = executor
        self.options = options
        self.on_event = on_event
        self.on_report = on_report
        self.cancel = cancel
        self.proofs: tuple[Proved, ...] = ()
        self._reports: dict[int, FunctionReport] = {}
        self._pending: list[int] = []
        self._lock = threading.Lock()
        self.asked = 0
        self.notes: list[str] = []

    def run(self, session: Session | None = None) -> tuple[FunctionReport, ...]:
        """The reports, in the order of the jobs; those that were not begun are missing.

        A session that is passed in checks one function after the other and is left open.
        """
        self._look_up()
        self.asked = len(self._pending)
        if session is not None:
            self._serve(session.start())
            self._collect([session])
        elif self._pending and self.executor:
            self._elsewhere()
        elif self._pending:
            self._side_by_side()
        judged = self._types()
        return tuple(self._with_types(i, judged) for i in sorted(self._reports))

    def _look_up(self) -> None:
        """Tell at once what is known for sure; the rest is pending, with what is known of it."""
        recalled = Recalled.of(self.cache, self.options)
        if recalled.done:
            self.notes.append(f"resumed: {len(recalled.done)} functions were done before the cut")
        jobs = []
        for number, job in enumerate(self.jobs):
            known = recalled.of_job(job.subject, types=job.types)
            if known.report is not None:
                self._reports[number] = known.report
                self.on_report(known.report)
            else:
                self._pending.append(number)
            jobs.append(replace(job, known=known.entry, engines=known.engines))
        self.jobs = tuple(jobs)
        self._pending.reverse()
        count = sum(
            number in self._reports and j.known is not None for number, j in enumerate(jobs)
        )
        if count:
            self.notes.append(f"{count} of {len(self.jobs)} functions are known from the cache")

    def _side_by_side(self) -> None:
        count = max(1, min(self.options.jobs, len(self._pending)))
        sessions = [Session(self.options) for _ in range(count)]
        if spawn.forkable():  # not from the threads below
            for session in sessions:
                session.start()
        pool = ThreadPoolExecutor(count, "function")
        try:
            served = {pool.submit(self._begin, session) for session in sessions}
            while served:
                # In steps, so that the main thread hears signals.
                done, served = wait(served, _TICK_SECONDS)
                for one in done:
                    one.result()
        except BaseException:
            self.cancel.set()
            raise
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
            for session in sessions:
                session.close()
        self._collect(sessions)

    def _begin(self, session: Session) -> None:
        self._serve(session.start(self._to_warm()))

    def _to_warm(self) -> frozenset[str]:
        """The engines that will be asked for sure; others start when they are."""
        pending = (self.jobs[n] for n in tuple(self._pending))
        asked = {e for job in pending if job.known is None for e in job.engines}
        if self.options.stop_at is not None:
            asked &= set(first_asked(self.options.stop_at))
        return frozenset(asked)

    def _serve(self, session: Session) -> None:
        while not self.cancel.is_set():
            with self._lock:
                if not self._pending:
                    return
                number = self._pending.pop()
            self._done(number, self._check(self.jobs[number], session))

    def _elsewhere(self) -> None:
        from verify_agent.verifier.session.elsewhere import order, reports

        numbers = self._pending[::-1]
        jobs = [self.jobs[n] for n in numbers]
        orders = [
            order(j.subject, self.options, j.engines, j.known.attempts if j.known else None)
            for j in jobs
        ]
        for place, report in reports(orders, self.executor, self.cancel):
            self._done(numbers[place], report)

    def _done(self, number: int, report: FunctionReport) -> None:
        with self._lock:
            self._reports[number] = report
            if self.cache is not None and not self.cancel.is_set():
                self.cache.keep(self.jobs[number].subject, report)
            self.on_report(report)

    def _check(self, job: Job, session: Session) -> FunctionReport:
        engines = [e for e in session.engines if e.name in job.engines]
        return check_function(
            job.subject,
            engines,
            self.options.limits,
            self.options.seed,
            sandbox=session.sandbox,
            on_event=self._tell,
            cancel=self.cancel,
            stop_at=self.options.stop_at,
            known=job.known.attempts if job.known else None,
        )

    def _tell(self, event: Event) -> None:
        with self._lock:
            self.on_event(event)

    def _collect(self, sessions: Iterable[Session]) -> None:
        """What was proved, in the order of the jobs."""
        order = {job.subject.id: i for i, job in enumerate(self.jobs)}
        found = [p for session in sessions for p in session.proofs]
        self.proofs = tuple(sorted(found, key=lambda p: order[p.function]))

    def _with_types(self, number: int, judged: Mapping[str, Attempt]) -> FunctionReport:
        """The report with what was found out about the types of its module."""
        report = self._reports[number]
        job = self.jobs[number]
        if job.types or job.subject.unread or _TYPING not in self.options.engines:
            return report
        attempt = judged.get(job.module)
        about = types_obligation(job.subject)
        made = about.with_attempts([replace(attempt, seconds=0.0)] if attempt else ())
        return replace(report, obligations=(made, *report.obligations))

    def _types(self) -> dict[str, Attempt]:
        """What was found out about the types of each module."""
        found: dict[str, Attempt] = {}
        for number, report in self._reports.items():
            job = self.jobs[number]
            if job.types:
                wanted = types_obligation(job.subject).id
                tried = (a for o in report.obligations if o.id == wanted for a in o.attempts)
                found.update((job.module, a) for a in tried)
        return found
