"""The session of one `verify-agent check`: Ctrl-C stops it and leaves what was known."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from types import FrameType

from verify_agent.verifier.evidence import Report
from verify_agent.verifier.frontend.load import Module
from verify_agent.verifier.options import Options
from verify_agent.verifier.subject import Subject


def check(
    modules: Sequence[tuple[Module, tuple[Subject, ...]]], options: Options, argv: tuple[str, ...]
) -> tuple[Report, bool]:
    """The report on the chosen functions, and whether it was interrupted."""
    from verify_agent.verifier.session.module import check_modules

    chosen = [replace(m, contracted=frozenset(s.qualname for s in found)) for m, found in modules]
    with interruptible() as cancel:
        report = check_modules(chosen, options=options, cancel=cancel, argv=argv)
        return report, cancel.is_set()


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
