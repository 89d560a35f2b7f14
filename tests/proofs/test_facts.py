"""The numbers behind the exhibits, held against other ways to compute them."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, log

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.proofs.claims.c03_monotone import most_admissions
from verify_agent.proofs.claims.c04_epsilon import steps_needed
from verify_agent.proofs.claims.c07_listing import as_printed, corrected
from verify_agent.proofs.claims.c14_softmax import softmax, sum_error
from verify_agent.proofs.claims.c17_false_admissions import (
    ALPHA,
    _critical,
    crossing_chance,
    level,
)

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@unhurried
@given(st.integers(0, 40), st.integers(1, 40), st.lists(st.integers(0, 40), max_size=60))
def test_no_life_admits_more_than_the_bound(first: int, gain: int, life: list[int]) -> None:
    quality, admitted = first, 0
    for candidate in life:
        if candidate >= quality + gain:
            quality, admitted = candidate, admitted + 1
    assert admitted <= most_admissions(Fraction(first, 40), Fraction(gain, 40))


@pytest.mark.parametrize("digits", range(1, 8))
def test_steps_needed_against_logarithms(digits: int) -> None:
    rate, first, epsilon = Fraction(3, 10), Fraction(1, 4), Fraction(1, 10**digits)
    by_logs = ceil(log(float(epsilon * (1 - rate) / first)) / log(float(rate)))
    assert steps_needed(rate, first, epsilon) == max(0, by_logs)


def test_the_printed_listing_never_moves_and_the_corrected_one_is_optimal() -> None:
    wrong, trace = as_printed(50, Fraction(1, 1000))
    assert len({tuple(row.values()) for row in trace}) == 1
    right, mended = corrected(500, Fraction(1, 10**9))
    assert (wrong["a"], right["a"]) == ("stay", "move")
    assert abs(mended[-1]["a"] - 18) < Fraction(1, 10**6)


@unhurried
@given(st.lists(st.floats(-700, 700), min_size=1, max_size=40))
def test_softmax_sums_to_one_within_the_stated_error(logits: list[float]) -> None:
    scores = softmax(logits)
    assert min(scores) >= 0
    assert abs(sum(map(Fraction, scores), Fraction(0)) - 1) <= sum_error(len(logits))


def test_levels_never_spend_more_than_alpha() -> None:
    spent = Fraction(0)
    for k in range(1, 400):
        spent += level(ALPHA, k)
        assert spent == ALPHA * (1 - Fraction(1, k + 1))


@pytest.mark.parametrize("bet", [Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)])
def test_a_fair_game_rarely_gets_rich(bet: Fraction) -> None:
    assert 0 < crossing_chance(40, bet, ALPHA) <= ALPHA


def test_a_biased_game_would_be_noticed() -> None:
    """Wealth after n wins passes 20: the game has power, so the bound is not empty."""
    assert (1 + Fraction(1, 2)) ** 8 >= 1 / ALPHA


def test_the_critical_score_is_exact() -> None:
    from math import comb

    critical = _critical(101)
    assert 20 * sum(comb(101, k) for k in range(critical, 102)) <= 2**101
    assert 20 * sum(comb(101, k) for k in range(critical - 1, 102)) > 2**101
