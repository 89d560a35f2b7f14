"""The symbolic executor, evaluated for an input, must allow what CPython does with it."""

from __future__ import annotations

import pytest
from campaign import Tally, campaign


def _check(tally: Tally, programs: int) -> None:
    print(tally.report())
    assert tally.through >= programs
    assert tally.share >= 0.7
    assert tally.imprecise <= 0.02 * tally.runs
    assert tally.open.total() <= 0.02 * tally.runs


def test_random_programs() -> None:
    _check(campaign(range(400)), 270)


@pytest.mark.slow
def test_more_random_programs() -> None:
    _check(campaign(range(400, 1_300)), 620)


@pytest.mark.nightly
def test_many_random_programs() -> None:
    _check(campaign(range(2_000, 31_600)), 20_000)
