"""The session of one `verify-agent check`: Ctrl-C stops it and leaves what was known."""

from __future__ import annotations

import argparse
import contextlib
import signal
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from verify_agent.agent.cli.check_plan import Group, Plan
from verify_agent.agent.cli.check_settings import Settings
from verify_agent.verifier.evidence import Report
from verify_agent.verifier.options import Options

if TYPE_CHECKING:
    from verify_agent.agent.cli.check_progress import Narrator
    from verify_agent.agent.progress import Screen
    from verify_agent.verifier.cache.cache import Cache
    from verify_agent.verifier.smt.store import Proved

_STATE = ".verify-agent"


@dataclass(frozen=True)
class Session:
    """How the functions of a plan are checked.

    With several seeds the report is of all of them, in which the weaker word counts. What was
    proved with the first seed is written to the folder `proofs`.
    """

    root: Path
    argv: tuple[str, ...]
    screen: Screen | None = None
    seeds: int = 1
    proofs: Path | None = None
    url: str = ""
    fresh: bool = False
    resume: bool = True
    executor: str = ""

    @classmethod
    def of(
        cls,
        args: argparse.Namespace,
        settings: Settings,
        argv: tuple[str, ...],
        screen: Screen | None,
    ) -> Session:
        """The session that the options ask for."""
        return cls(
            settings.root,
            argv,
            screen,
            args.stability,
            args.proofs,
            args.cache or settings.cache,
            # A proof from the cache has no formula to write, and a repeat shows nothing by it.
            args.no_cache or args.proofs is not None or args.stability > 1,
            args.resume,
            args.executor,
        )

    def check(self, plan: Plan) -> tuple[Report, bool]:
        """The report on the plan's functions, and whether it was interrupted."""
        from verify_agent.agent.cli.check_progress import Narrator
        from verify_agent.agent.cli.check_stability import of_all_seeds
        from verify_agent.verifier.smt.store import write

        kept: list[tuple[Proved, ...]] = []
        reports: list[Report] = []
        narrator = Narrator(self.screen, plan.selection.count * self.seeds)
        with interruptible() as cancel, contextlib.closing(narrator):
            for number in range(self.seeds):
                reports.append(self._all(plan, number, narrator, kept, cancel))
                if cancel.is_set():
                    break
            if self.proofs is not None:
                write(self.proofs, [p for proofs in kept for p in proofs])
        return of_all_seeds(reports, self.seeds), cancel.is_set()

    def _all(
        self,
        plan: Plan,
        number: int,
        narrator: Narrator,
        kept: list[tuple[Proved, ...]],
        cancel: threading.Event,
    ) -> Report:
        """One report on all groups, with one seed."""
        groups = plan.groups or (Group(Options(), ()),)
        made = [self._group(group, number, narrator, kept, cancel) for group in groups]
        return replace(merged(made), skipped=plan.selection.skipped)

    def _group(
        self,
        group: Group,
        number: int,
        narrator: Narrator,
        kept: list[tuple[Proved, ...]],
        cancel: threading.Event,
    ) -> Report:
        from verify_agent.verifier.session.module import check_modules

        keep = self.proofs is not None and number == 0
        options = replace(group.options, seed=group.options.seed + number, keep_proofs=keep)
        return check_modules(
            group.modules,
            options=options,
            on_event=narrator.event,
            on_report=narrator.report,
            on_proofs=kept.append,
            cache=self._cache(options) if self.seeds == 1 and not keep else None,
            cancel=cancel,
            argv=self.argv,
            executor=self.executor,
        )

    def _cache(self, options: Options) -> Cache:
        from verify_agent.verifier.cache.cache import Cache
        from verify_agent.verifier.cache.store import Local, Remote

        remote = Remote(self.url) if self.url and not self.fresh else None
        local = Local(self.root / _STATE)
        return Cache(local, options, remote, fresh=self.fresh, resume=self.resume)


def merged(reports: Sequence[Report]) -> Report:
    """One report of several on different functions of the same run."""
    first = reports[0]
    return replace(
        first,
        functions=tuple(f for r in reports for f in r.functions),
        subjects={path: digest for r in reports for path, digest in r.subjects.items()},
        complete=all(r.complete for r in reports),
        notes=tuple(dict.fromkeys(n for r in reports for n in r.notes)),
    )


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
