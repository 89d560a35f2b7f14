"""Tripwires, the pause file, the budget and signals."""

from __future__ import annotations

import os
import signal
from fractions import Fraction
from pathlib import Path

import pytest

from verify_agent.agent.improve.betting import Measured
from verify_agent.agent.improve.limits import PAUSE, Stopped, Tripwires, Watch, drift
from verify_agent.agent.improve.model import Decision, Generation, Skill, StepOutcome, StepVerdict
from verify_agent.contracts.model import Contract

ONE = {"a": Measured(True, 10), "b": Measured(True, 10)}


def generation(text: str) -> Generation:
    return Generation.of(0, None, [Skill("f", text, Contract())])


def decisions(unknown: int, refused: int) -> list[Decision]:
    made = [StepVerdict.UNKNOWN] * unknown + [StepVerdict.REFUSED] * refused
    return [Decision("p", False, (StepOutcome("proof", verdict),)) for verdict in made]


@pytest.mark.parametrize(
    ("unknown", "text", "measured", "told"),
    [
        (0, "x", ONE, ""),
        (3, "xxx", ONE, ""),
        (3, "xxxx", ONE, "grew from 1 to 4"),
        (6, "x", ONE, "6 of the last 10"),
        (0, "x", {"a": Measured(True, 1000), "b": Measured(True, 1)}, "drifted by 0.90"),
    ],
)
def test_each_tripwire_trips(
    unknown: int, text: str, measured: dict[str, Measured], told: str
) -> None:
    wires = Tripwires(window=10)
    found = wires.tripped(
        decisions(unknown, 10 - unknown), generation(text), generation("x"), measured, ONE
    )
    assert (told in found) if told else found == ""


def test_a_short_record_trips_nothing() -> None:
    wires = Tripwires(window=10)
    assert wires.tripped(decisions(9, 0), generation("x"), generation("x"), ONE, ONE) == ""


def test_drift_counts_lost_tasks_in_full() -> None:
    assert drift({"a": Measured(False, 10)}, {"a": Measured(True, 10)}) == Fraction(1)
    assert drift({}, ONE) == 0


def test_the_budget_and_the_pause_file_end_a_cycle(tmp_path: Path) -> None:
    now = [0.0]
    watch = Watch(tmp_path, 10, lambda: now[0])
    watch.check()
    (tmp_path / PAUSE).touch()
    with pytest.raises(Stopped, match="paused"):
        watch.check()
    (tmp_path / PAUSE).unlink()
    now[0] = 10.0
    with pytest.raises(Stopped, match="budget"):
        watch.check()


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_a_signal_is_noted_and_the_handlers_come_back(tmp_path: Path, name: str) -> None:
    number = signal.Signals[name]
    before = signal.getsignal(number)
    watch, ended = Watch(tmp_path, 10, lambda: 0.0), list[str]()
    with watch.signals(lambda: ended.append("workers")):
        os.kill(os.getpid(), number)
        with pytest.raises(Stopped, match=name):
            watch.check()
    assert ended == ["workers"]
    assert signal.getsignal(number) is before
