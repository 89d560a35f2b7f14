"""Functions checked side by side: each by a session of its own, reports in the given order."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from verify_agent.verifier.evidence import Attempt, FunctionReport
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.check import Event, Listener, check_function
from verify_agent.verifier.session.session import Session
from verify_agent.verifier.subject import Subject, types_obligation

if TYPE_CHECKING:
    from verify_agent.verifier.smt.store import Proved

_TYPING = "typing"
_TICK_SECONDS = 0.05

Reported = Callable[[FunctionReport], None]


@dataclass(frozen=True)
class Job:
    """A function to check; with `types` the module's types are judged in the same go."""

    subject: Subject
    module: str
    types: bool


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
    ) -> None:
        self.jobs = tuple(jobs)
        self.options = options
        self.on_event = on_event
        self.on_report = on_report
        self.cancel = cancel
        self.proofs: tuple[Proved, ...] = ()
        self._reports: dict[int, FunctionReport] = {}
        self._pending = list(reversed(range(len(self.jobs))))
        self._lock = threading.Lock()

    def run(self, session: Session | None = None) -> tuple[FunctionReport, ...]:
        """The reports, in the order of the jobs; those that were not begun are missing.

        A session that is passed in checks one function after the other and is left open.
        """
        if session is not None:
            self._serve(session.start())
            self._collect([session])
        else:
            self._side_by_side()
        return tuple(self._with_types(i) for i in sorted(self._reports))

    def _side_by_side(self) -> None:
        count = max(1, min(self.options.jobs, len(self.jobs)))
        sessions = [Session(self.options) for _ in range(count)]
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
        self._serve(session.start())

    def _serve(self, session: Session) -> None:
        while not self.cancel.is_set():
            with self._lock:
                if not self._pending:
                    return
                number = self._pending.pop()
            report = self._check(self.jobs[number], session)
            with self._lock:
                self._reports[number] = report
                self.on_report(report)

    def _check(self, job: Job, session: Session) -> FunctionReport:
        engines = [e for e in session.engines if job.types or e.name != _TYPING]
        return check_function(
            job.subject,
            engines,
            self.options.limits,
            self.options.seed,
            sandbox=session.sandbox,
            on_event=self._tell,
            cancel=self.cancel,
            stop_at=self.options.stop_at,
        )

    def _tell(self, event: Event) -> None:
        with self._lock:
            self.on_event(event)

    def _collect(self, sessions: Iterable[Session]) -> None:
        """What was proved, in the order of the jobs."""
        order = {job.subject.id: i for i, job in enumerate(self.jobs)}
        found = [p for session in sessions for p in session.proofs]
        self.proofs = tuple(sorted(found, key=lambda p: order[p.function]))

    def _with_types(self, number: int) -> FunctionReport:
        """The report with what was found out about the types of its module."""
        report = self._reports[number]
        job = self.jobs[number]
        if job.types or job.subject.unread or _TYPING not in self.options.engines:
            return report
        about = types_obligation(job.subject)
        judged = self._types_of(job.module)
        made = about.with_attempts([replace(judged, seconds=0.0)] if judged else ())
        return replace(report, obligations=(made, *report.obligations))

    def _types_of(self, module: str) -> Attempt | None:
        for number, report in self._reports.items():
            job = self.jobs[number]
            if job.types and job.module == module:
                wanted = types_obligation(job.subject).id
                found = (o for o in report.obligations if o.id == wanted)
                return next((a for o in found for a in o.attempts), None)
        return None
