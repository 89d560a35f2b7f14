"""A cycle as a person runs it: when it stops, and the report that it leaves."""

from __future__ import annotations

import resource
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType

from verify_agent.agent.audit.ledger import (
    ADMITTED,
    PROPOSER_ADMITTED,
    ROLLED_BACK,
    START,
    Entry,
)
from verify_agent.agent.improve.archive import Archive
from verify_agent.agent.improve.cycle import Cycle
from verify_agent.agent.improve.limits import PAUSE
from verify_agent.agent.improve.report import Spent, write_report
from verify_agent.agent.skills.active import FOLDER


@dataclass
class Stopper:
    """Says why to stop: the budget, a file `pause` in the folder, SIGTERM or Ctrl-C.

    A signal raises `KeyboardInterrupt` at once: all that is written is written whole.
    """

    budget: float
    state: Path
    _until: float = field(default=0.0, init=False)
    _old: object = field(default=None, init=False)

    def __enter__(self) -> Stopper:
        self._until = time.monotonic() + self.budget
        self._old = signal.signal(signal.SIGTERM, _interrupt)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.signal(signal.SIGTERM, self._old)  # type: ignore[arg-type]

    def why(self) -> str:
        """The reason to stop now; empty where there is none."""
        if (self.state / FOLDER / PAUSE).exists():
            return f"there is a file {self.state / FOLDER / PAUSE}"
        return "the budget is spent" if time.monotonic() >= self._until else ""


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def reported(cycle: Cycle) -> tuple[str, tuple[Path, ...]]:
    """Run a cycle to its end; why it ended, and the files of its report.

    On Ctrl-C the report is written all the same.
    """
    started, before = time.monotonic(), processor_seconds()
    measured = len(cycle.trials.evaluator.known)
    why = "it was interrupted"
    try:
        why = cycle.run()
    except KeyboardInterrupt:
        cycle.say("interrupted; what was admitted is kept")
    cycle.trials.evaluator.close()  # so that its processes' time is counted
    spent = Spent(
        time.monotonic() - started,
        processor_seconds() - before,
        len(cycle.trials.evaluator.known) - measured,
    )
    if not cycle.life.begun:
        return why, ()
    entries, records = cycle.life.entries, cycle.archive.records()
    return why, write_report(cycle.folder, entries, records, spent, why)


def processor_seconds() -> float:
    """Seconds of processors used by this process and those that it waited for."""
    own, others = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def active_hash(entries: Iterable[Entry], archive: Archive) -> str:
    """The hash of the generation that the ledger says is active; the shipped one without any."""
    told = [e for e in entries if e.kind in (START, ADMITTED, PROPOSER_ADMITTED, ROLLED_BACK)]
    return told[-1].more["generation"] if told else archive.generations()[0].hash
