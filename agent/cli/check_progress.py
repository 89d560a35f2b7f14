"""What a person sees while functions are checked: what runs, for how long, how many are left."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from verify_agent.verifier.evidence import FunctionReport
from verify_agent.verifier.session.check import Event, Step

if TYPE_CHECKING:
    from verify_agent.agent.progress import Screen


_ENOUGH_TO_ESTIMATE = 3


@dataclass
class Narrator:
    """Tells a screen; says nothing without one. `total` counts the functions to check."""

    screen: Screen | None
    total: int
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    _engines: dict[str, set[str]] = field(default_factory=dict)
    _since: dict[str, float] = field(default_factory=dict)
    _began: float = 0.0
    _known: int = 0

    def event(self, event: Event) -> None:
        """An engine started or came back."""
        if self.screen is None:
            return
        self._began = self._began or self.clock()
        running = self._engines.setdefault(event.function, set())
        if event.step is Step.STARTED:
            running.add(event.engine)
            self._since.setdefault(event.function, self.clock() - event.seconds)
        else:
            running.discard(event.engine)
        self._show()

    def report(self, report: FunctionReport) -> None:
        """A function is done."""
        self.done += 1
        if not self._began:
            # No engine was asked yet: it is known from before.
            self._known += 1
        if self.screen is None:
            return
        self._engines.pop(report.id, None)
        now = self.clock()
        seconds = now - self._since.pop(report.id, now)
        place = f"{self.done:>{len(str(self.total))}}/{self.total}"
        self.screen.line(f"{place}  {seconds:5.1f} s  {report.verdict.value:<9}  {report.id}")
        self._show()

    def close(self) -> None:
        """Leave the screen as it was."""
        if self.screen is not None:
            self.screen.close()

    def _show(self) -> None:
        assert self.screen is not None
        busy = [
            f"{function.rpartition(':')[2]} ({', '.join(sorted(engines))})"
            for function, engines in self._engines.items()
            if engines
        ]
        left = f"{self.total - self.done} left{self._estimate()}"
        self.screen.running(f"{left}: {'; '.join(busy)}" if busy else "")

    def _estimate(self) -> str:
        """How long the rest will take, if it is like what was checked so far."""
        checked = self.done - self._known
        if checked < _ENOUGH_TO_ESTIMATE:
            return ""
        each = (self.clock() - self._began) / checked
        return f", about {each * (self.total - self.done):.0f} s"
