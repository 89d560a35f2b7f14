"""The confidence sequence: right at all moments at once, and narrow soon enough."""

from __future__ import annotations

import numpy as np
import pytest

from verify_agent.agent.experiment.sequential import ConfidenceSequence

ALPHA, LIVES, LENGTH = 0.1, 100, 60


def ever_misses(values: list[float], mean: float, population: int | None) -> bool:
    sequence = ConfidenceSequence(1.0, ALPHA, population)
    for value in values:
        sequence.observe(value)
        found = sequence.interval()
        if not found.low <= mean <= found.high:
            return True
    return False


@pytest.mark.parametrize("chance", [0.5, 0.9])
def test_independent_draws_are_covered_at_every_moment(chance: float) -> None:
    rng = np.random.default_rng(1)
    mean = 2 * chance - 1
    lives = (rng.random((LIVES, LENGTH)) < chance) * 2.0 - 1.0
    misses = sum(ever_misses(list(life), mean, None) for life in lives)
    assert misses <= 2 * ALPHA * LIVES  # expected: at most ALPHA * LIVES


def test_draws_without_replacement_are_covered_at_every_moment() -> None:
    rng = np.random.default_rng(2)
    population = np.array([0.0] * 50 + [-1.0] * 25 + [1.0] * 5)
    misses = sum(
        ever_misses(list(rng.permutation(population)), float(population.mean()), len(population))
        for _ in range(LIVES)
    )
    assert misses <= 2 * ALPHA * LIVES


def test_a_census_ends_in_a_point() -> None:
    sequence = ConfidenceSequence(1.0, 0.05, 4)
    for value in (1.0, 0.0, 0.0, 1.0):
        sequence.observe(value)
    found = sequence.interval()
    assert (found.mean, found.low, found.high) == (0.5, 0.5, 0.5)


def test_without_replacement_is_narrower() -> None:
    values = [0.0, -1.0] * 30
    finite, endless = ConfidenceSequence(1.0, 0.05, 70), ConfidenceSequence(1.0, 0.05)
    for value in values:
        finite.observe(value)
        endless.observe(value)
    assert finite.interval().half_width < endless.interval().half_width


def test_a_real_difference_is_found() -> None:
    rng = np.random.default_rng(3)
    sequence = ConfidenceSequence(1.0, 0.05)
    for value in rng.uniform(-0.3, 0.9, size=300):
        sequence.observe(float(value))
    found = sequence.interval()
    assert found.excludes_zero
    assert found.low > 0.1
    assert found.low <= 0.3 <= found.high


def test_no_observation_says_nothing() -> None:
    found = ConfidenceSequence(2.0, 0.05).interval()
    assert (found.low, found.high) == (-2.0, 2.0)


@pytest.mark.parametrize("value", [1.5, -1.5, float("nan")])
def test_out_of_bounds_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="not within"):
        ConfidenceSequence(1.0, 0.05).observe(value)


def test_more_than_the_population_is_refused() -> None:
    sequence = ConfidenceSequence(1.0, 0.05, 1)
    sequence.observe(0.0)
    with pytest.raises(ValueError, match="whole population"):
        sequence.observe(0.0)


@pytest.mark.parametrize(("bound", "alpha"), [(0.0, 0.1), (1.0, 0.0), (1.0, 1.0)])
def test_senseless_parameters_are_refused(bound: float, alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        ConfidenceSequence(bound, alpha)
