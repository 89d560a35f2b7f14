"""Interpolation gives the polynomial back, and its text in factors has the same values."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verify_agent.agent.synth.strategies.closed_forms import POINTS, factored, interpolated

ROOTS = st.lists(
    st.sampled_from([Fraction(p, q) for p in range(-3, 4) for q in (1, 2)]), max_size=4
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(ROOTS, st.integers(-5, 5), st.integers(0, 1))
def test_the_text_has_the_values(roots: list[Fraction], scale: int, first: int) -> None:
    whole = prod(root.denominator for root in roots)
    points = range(first, first + POINTS)
    values = [
        int(scale * whole * prod((x - root for root in roots), start=Fraction(1))) for x in points
    ]
    found = interpolated(first, values)
    assert found is not None
    text = factored(found, "n")
    assert [eval(text, {"n": x}) for x in points] == values


def test_the_forms_of_well_known_sums() -> None:
    forms = {
        "n * (n + 1) // 2": lambda n: sum(range(n + 1)),
        "n * (n + 1) * (2 * n + 1) // 6": lambda n: sum(k * k for k in range(n + 1)),
        "n * n": lambda n: sum(2 * k + 1 for k in range(n)),
        "7": lambda n: 7,
    }
    for text, function in forms.items():
        polynomial = interpolated(0, [function(n) for n in range(POINTS)])
        assert polynomial is not None
        assert factored(polynomial, "n") == text


def test_powers_are_no_polynomials() -> None:
    assert interpolated(0, [2**n for n in range(POINTS)]) is None
