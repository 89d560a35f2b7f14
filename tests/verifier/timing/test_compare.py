"""Intervals of speed, and the job that reads the clock."""

from __future__ import annotations

from verify_agent.verifier.sandbox.runner import Zygote
from verify_agent.verifier.timing.compare import PRELOAD, Speed, compared, summary
from verify_agent.verifier.timing.job import undecorated

SLOW = "def f(n: int) -> int:\n    return sum(range(n * 200))\n"
QUICK = "def f(n: int) -> int:\n    return n\n"


def test_no_claim_is_made_where_readings_scatter_around_one() -> None:
    readings = [(1.0, 1.0 + (i % 7 - 3) / 10) for i in range(41)]
    found = summary(readings, 1)
    assert isinstance(found, Speed)
    assert not found.quicker
    assert not found.slower
    assert found.low <= found.ratio <= found.high


def test_too_few_readings_say_nothing() -> None:
    assert isinstance(summary([(2.0, 1.0)] * 5, 1), str)


def test_an_outlier_does_not_move_the_interval() -> None:
    found = summary([(2.0, 1.0)] * 40 + [(900.0, 1.0)], 1)
    assert isinstance(found, Speed)
    assert (found.low, found.high) == (2.0, 2.0)


def test_decorators_are_left_out_of_the_measurement() -> None:
    source = (
        "from icontract import require\n\n\n@require(lambda n: n > 0)\n"
        "def f(n: int) -> int:\n    return n\n"
    )
    assert undecorated(source, "f")(-1) == -1


def test_two_modules_are_timed_in_the_sandbox() -> None:
    with Zygote(preload=PRELOAD) as sandbox:
        found = compared(sandbox, SLOW, QUICK, "f", [(5,), (9,)], rounds=9, seconds=0.3)
        assert isinstance(found, Speed), found
        assert found.inputs == 2
        broken = compared(sandbox, "def g(): ...", QUICK, "f", [(5,)], rounds=9, seconds=0.3)
        assert isinstance(broken, str)
