"""The betting test: its wealth is a fair game's at most, its bets are blind to what comes."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verify_agent.agent.improve.betting import (
    MOST,
    STRATEGIES,
    UNIT,
    Game,
    Measured,
    level_of,
    outcome,
    play,
)

LEVEL = Fraction(1, 40)
few = settings(max_examples=20, deadline=None)
outcomes = st.lists(st.fractions(-1, 1, max_denominator=50), max_size=30)
costs = st.builds(Measured, st.booleans(), st.integers(1, 1000))


@given(costs, costs)
def test_an_outcome_is_bounded_and_turns_with_the_pair(a: Measured, b: Measured) -> None:
    assert -1 <= outcome(a, b) <= 1
    assert outcome(a, b) == -outcome(b, a)
    assert outcome(a, a) == 0


@few
@given(outcomes)
def test_wealth_stays_positive_and_bets_bounded(seen: list[Fraction]) -> None:
    game = Game(LEVEL, 30)
    for x in seen:
        assert len(game.bets()) == STRATEGIES
        assert all(0 <= bet <= MOST for bet in game.bets())
        game = game.after(x)
        assert game.wealth >= 0


@few
@given(outcomes, st.fractions(-1, 1, max_denominator=50))
def test_a_fair_next_outcome_gains_nothing_on_average(seen: list[Fraction], x: Fraction) -> None:
    game = Game(LEVEL, 31)
    for each in seen:
        game = game.after(each)
    assert (game.after(x).wealth + game.after(-x).wealth) / 2 <= game.wealth


@few
@given(outcomes)
def test_rounding_only_loses(seen: list[Fraction]) -> None:
    game, exact = Game(LEVEL, 30), [Fraction(1)] * STRATEGIES
    for x in seen:
        bets = [Fraction(bet, UNIT) for bet in game.bets()]
        exact = [w * (1 + bet * x) for w, bet in zip(exact, bets, strict=True)]
        game = game.after(x)
    assert game.wealth <= sum(exact) / STRATEGIES


@pytest.mark.parametrize("size", [Fraction(1, 2), Fraction(1)])
def test_the_level_is_kept_exactly_on_a_fair_coin(size: Fraction) -> None:
    """Over all ways that ten fair outcomes can come, looked at after each."""

    def chance(game: Game) -> Fraction:
        if game.rejects:
            return Fraction(1)
        if game.count == 10:
            return Fraction(0)
        return (chance(game.after(size)) + chance(game.after(-size))) / 2

    level = Fraction(1, 3)
    assert 0 < chance(Game(level, 10)) <= level


def test_a_loss_in_between_is_not_forgotten() -> None:
    good = [Fraction(1, 5)] * 40
    assert play(LEVEL, 60, good).rejects
    assert not play(LEVEL, 60, [*good[:10], Fraction(-1), Fraction(-1), *good[:25]]).rejects


def test_a_small_steady_saving_is_found_and_none_is_not() -> None:
    source = random.Random(3)
    noise = [Fraction(source.randint(-30, 30), 100) for _ in range(200)]
    assert not play(LEVEL, 200, noise).rejects
    assert play(LEVEL, 200, [x + Fraction(1, 8) for x in noise]).rejects


def test_it_stops_where_it_rejects_and_at_the_horizon() -> None:
    assert play(LEVEL, 100, [Fraction(1)] * 100).count < 12
    assert play(LEVEL, 7, [Fraction(0)] * 100).count == 7


def test_levels_of_a_life_sum_to_less_than_alpha() -> None:
    alpha = Fraction(1, 20)
    assert sum(level_of(alpha, k) for k in range(1, 500)) < alpha


@pytest.mark.parametrize("wrong", [Fraction(11, 10), Fraction(-2)])
def test_an_outcome_out_of_bounds_is_refused(wrong: Fraction) -> None:
    with pytest.raises(ValueError, match="not in"):
        Game(LEVEL, 10).after(wrong)


def test_a_level_or_cost_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="level"):
        Game(Fraction(1), 10)
    with pytest.raises(ValueError, match="cost"):
        Measured(True, 0)
