"""The simulated lives: the floats play the same game as the integers, and the bounds are kept."""

from __future__ import annotations

import importlib.util
import random
import sys
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from verify_agent.agent.improve.betting import UNIT, Game

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def lifetimes() -> ModuleType:
    path = ROOT / "benchmarks" / "improvement" / "lifetimes.py"
    spec = importlib.util.spec_from_file_location("lifetimes", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["lifetimes"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("attempt", [1, 7, 200])
def test_floats_and_integers_play_the_same_game(lifetimes: ModuleType, attempt: int) -> None:
    level = lifetimes.level_of(Fraction(1, 20), attempt)
    source = random.Random(attempt)
    exact = [Game(level, 60) for _ in range(3)]
    floats = lifetimes.Games(3, level, 60)
    for _ in range(60):
        seen = [Fraction(source.randint(-UNIT // 2, UNIT), UNIT) for _ in range(3)]
        exact = [game.after(x) for game, x in zip(exact, seen, strict=True)]
        floats.see(np.array([float(x) for x in seen]))
        wanted = [float(game.wealth) for game in exact]
        assert floats.wealth == pytest.approx(wanted, rel=1e-3, abs=1e-9)


def test_the_bounds_on_a_share_are_exact(lifetimes: ModuleType) -> None:
    none, some = lifetimes.share("", 0, 100), lifetimes.share("", 5, 100)
    assert none.lower == 0
    assert none.upper == pytest.approx(1 - 0.01 ** (1 / 100))
    assert some.lower < 0.05 < some.upper
    assert lifetimes.share("", 100, 100).upper == 1


def test_every_null_improver_offers_nothing(lifetimes: ModuleType) -> None:
    """The mean outcome of each kind is at most what it should be, within five standard errors."""
    source = np.random.default_rng(5)
    many = 40_000
    for name, draw in lifetimes.ARMS.items():
        games = lifetimes.Games(many, Fraction(1, 40), 60)
        for _ in range(3):
            seen = draw(source, np.zeros(many), games)
            assert abs(seen).max() <= 1, name
            assert seen.mean() <= 5 * seen.std() / many**0.5, name
            games.see(seen)


def test_a_gain_is_twice_as_much_as_an_outcome(lifetimes: ModuleType) -> None:
    share = Fraction(3, 5)
    gain = 1 / (1 + share) - Fraction(1, 2)
    assert lifetimes.saving(gain) == (1 - share) / (1 + share)


def test_some_short_lives(lifetimes: ModuleType) -> None:
    found = lifetimes.false_lives(["coins", "bold"], 0.0, 200, 5, 3)
    assert found.lower <= float(lifetimes.RULES.alpha)
    assert lifetimes.power(0.1, 1, 50, 3, 0.1, 4, lifetimes.RULES).count >= 40


@pytest.mark.nightly
def test_two_thousand_lives(lifetimes: ModuleType) -> None:
    alpha = float(lifetimes.RULES.alpha)
    for found in lifetimes.null_shares(2000, 200):
        assert found.lower <= alpha, found
    for found in lifetimes.powers(2000, 200):
        assert found.count >= 0.8 * found.lives, found
