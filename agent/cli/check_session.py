"""The session of one `verify-agent check`: Ctrl-C stops it and leaves what was known."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from verify_agent.verifier.evidence import Report
from verify_agent.verifier.frontend.load import Module
from verify_agent.verifier.options import Options
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.agent.progress import Screen
    from verify_agent.verifier.smt.store import Proved


def check(
    modules: Sequence[tuple[Module, tuple[Subject, ...]]],
    options: Options,
    argv: tuple[str, ...],
    *,
    seeds: int = 1,
    screen: Screen | None = None,
    proofs: Path | None = None,
) -> tuple[Report, bool]:
    """The report on the chosen functions, and whether it was interrupted.

    With several seeds it is the report of all of them, in which the weaker word counts. What was
    proved with the first seed is written to the folder `proofs`.
    """
    from verify_agent.agent.cli.check_progress import Narrator
    from verify_agent.agent.cli.check_stability import of_all_seeds
    from verify_agent.verifier.session.module import check_modules
    from verify_agent.verifier.smt.store import write

    chosen = [replace(m, contracted=frozenset(s.qualname for s in found)) for m, found in modules]
    total = sum(len(found) for _, found in modules)
    kept: list[tuple[Proved, ...]] = []
    reports: list[Report] = []
    with interruptible() as cancel, contextlib.closing(Narrator(screen, total * seeds)) as narrator:
        for number in range(seeds):
            report = check_modules(
                chosen,
                options=replace(
                    options,
                    seed=options.seed + number,
                    keep_proofs=proofs is not None and number == 0,
                ),
                on_event=narrator.event,
                on_report=narrator.report,
                on_proofs=kept.append,
                cancel=cancel,
                argv=argv,
            )
            reports.append(report)
            if cancel.is_set():
                break
        if proofs is not None:
            write(proofs, kept[0])
        return of_all_seeds(reports, seeds), cancel.is_set()


@contextlib.contextmanager
def interruptible() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C (or SIGTERM) sets; the second ends the process as usual."""
    cancel = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield cancel
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if cancel.is_set():
            raise KeyboardInterrupt
        cancel.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield cancel
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
