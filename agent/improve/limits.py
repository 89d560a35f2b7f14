"""What stops improvement: a budget, tripwires, a file that pauses it, and signals.

A tripwire opens the breaker, which a person must reset. A budget that is spent, a pause file and a
signal end the cycle in good order: nothing is half-written, as every record is whole or not there.
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from types import FrameType

from verify_agent.agent.improve.betting import Measured, outcome
from verify_agent.agent.improve.model import Decision, Generation, StepVerdict

PAUSE = "pause"


class Stopped(Exception):
    """The cycle is to end now; the text says why. Not an error of anything."""


@dataclass(frozen=True)
class Tripwires:
    """Bounds that a healthy life stays within.

    `failures` is the largest share of the last `window` decisions that came to no word (a step
    broke or did not know), `drift` the largest mean change of a task's cost since the shipped
    generation, as a share of both costs, and `growth` how many times as long as the shipped texts
    those of a generation may be.
    """

    failures: Fraction = Fraction(1, 2)
    window: int = 20
    drift: Fraction = Fraction(4, 5)
    growth: Fraction = Fraction(3)

    def tripped(
        self,
        decisions: Sequence[Decision],
        current: Generation,
        shipped: Generation,
        measured: Mapping[str, Measured],
        measured_shipped: Mapping[str, Measured],
    ) -> str:
        """Which bound is broken; empty where none is."""
        size, first = (sum(map(len, g.sources.values())) for g in (current, shipped))
        if size > self.growth * first:
            return f"the skills grew from {first} to {size} characters"
        moved = drift(measured, measured_shipped)
        if moved > self.drift:
            return f"the behaviour drifted by {float(moved):.2f}, more than {float(self.drift):.2f}"
        recent = decisions[-self.window :]
        silent = sum(_silent(decision) for decision in recent)
        if len(recent) == self.window and silent > self.failures * self.window:
            return f"{silent} of the last {self.window} proposals came to no word"
        return ""


def drift(measured: Mapping[str, Measured], shipped: Mapping[str, Measured]) -> Fraction:
    """How far costs moved since the shipped generation: a mean in [0, 1] over the common tasks.

    >>> drift({"a": Measured(True, 30)}, {"a": Measured(True, 10)})
    Fraction(1, 2)
    """
    common = sorted(measured.keys() & shipped.keys())
    moved = sum((abs(outcome(shipped[n], measured[n])) for n in common), Fraction(0))
    return moved / len(common) if common else Fraction(0)


def _silent(decision: Decision) -> bool:
    return any(step.verdict is StepVerdict.UNKNOWN for step in decision.steps)


@dataclass
class Watch:
    """Looks at the budget, the pause file and the signals; `seconds` is the budget.

    `clock` gives seconds. Call `check` between any two steps.
    """

    folder: Path
    seconds: float
    clock: Callable[[], float]
    started: float = field(init=False)
    signalled: str = field(default="", init=False)

    def __post_init__(self) -> None:
        self.started = self.clock()

    @property
    def left(self) -> float:
        """Seconds of the budget that are left."""
        return max(0.0, self.seconds - (self.clock() - self.started))

    def check(self) -> None:
        """Raise `Stopped` where the cycle is to end."""
        if self.signalled:
            raise Stopped(f"stopped by {self.signalled}")
        if (self.folder / PAUSE).exists():
            raise Stopped(f"paused: remove {self.folder / PAUSE} to go on")
        if self.left <= 0:
            raise Stopped("the budget is spent")

    @contextlib.contextmanager
    def signals(self, at_once: Callable[[], None] = lambda: None) -> Iterator[None]:
        """Within the block SIGTERM and SIGINT are noted, and `at_once` is called (to end workers).

        Only in the main thread. The handlers of before are put back.
        """

        def note(number: int, frame: FrameType | None) -> None:
            self.signalled = signal.Signals(number).name
            at_once()

        before = {s: signal.signal(s, note) for s in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
