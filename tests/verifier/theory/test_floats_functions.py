"""Functions on floats under contract: what the prover shows, and what it must never show."""

from __future__ import annotations

import pytest

from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Proved, prove
from verify_agent.verifier.frontend.load import load

LIMITS = Limits(seconds=12, per_query_ms=3_000)
QUICK = Limits(seconds=2, per_query_ms=300)
HEAD = "import math\nfrom icontract import ensure, require, snapshot\n\n\n"


def answer(text: str, limits: Limits = LIMITS) -> object:
    """What the prover alone, without running anything, says of the last function."""
    return prove(load(HEAD + text).functions[-1], limits, 0)


HOLDS = {
    "identity_without_nan": """
@require(lambda x: x == x)
@ensure(lambda x, result: result == x)
def f(x: float) -> float:
    return x * 1.0
""",
    "sum_commutes": """
@require(lambda x, y: -1e10 < x < 1e10 and -1e10 < y < 1e10)
@ensure(lambda result: result)
def f(x: float, y: float) -> bool:
    return x + y == y + x
""",
    "clamped": """
@require(lambda x, lo, hi: lo <= hi and x == x)
@ensure(lambda lo, hi, result: lo <= result <= hi)
def f(x: float, lo: float, hi: float) -> float:
    return min(max(x, lo), hi)
""",
    "nan_is_the_only_one": """
@ensure(lambda x, result: result == (x != x))
def f(x: float) -> bool:
    return math.isnan(x)
""",
    "classes": """
@ensure(lambda result: result)
def f(x: float) -> bool:
    return math.isfinite(x) or math.isinf(x) or math.isnan(x)
""",
    "zeros_are_equal": """
@ensure(lambda result: result == 0.0 and result == -0.0 and not result)
def f(x: float) -> float:
    return -0.0
""",
    "nan_stays_first": """
@require(lambda x: math.isnan(x))
@ensure(lambda result: math.isnan(result))
def f(x: float, y: float) -> float:
    return max(x, y)
""",
    "nan_does_not_come_in": """
@require(lambda x: math.isnan(x))
@ensure(lambda y, result: result == y or math.isnan(y))
def f(x: float, y: float) -> float:
    return min(y, x)
""",
    "rectified": """
@ensure(lambda result: result >= 0)
def f(x: float) -> float:
    return max(0, x)
""",
    "magnitude": """
@ensure(lambda x, result: result >= 0.0 or x != x)
@ensure(lambda x, result: result == x or result == -x or math.isnan(x))
def f(x: float) -> float:
    return abs(x)
""",
    "exact_literals": """
@ensure(lambda result: result != 0.3 and result > 0.3)
def f() -> float:
    return 0.1 + 0.2
""",
    "true_division_of_literals": """
@ensure(lambda result: result == 0.75)
def f() -> float:
    return 3 / 4
""",
    "divisor_is_guarded": """
@ensure(lambda y, result: y != 0.0 or result == 0.0)
def f(x: float, y: float) -> float:
    return x / y if y else 0.0
""",
    "declared_division_by_zero": """
@require(lambda y: y != 0.0)
@ensure(lambda result: True)
def f(x: float, y: float) -> float:
    return x / y
""",
    "an_int_against_a_literal": """
@ensure(lambda n, result: result == (n >= 6))
def f(n: int) -> bool:
    return n > 5.5
""",
    "never_infinite_int": """
@ensure(lambda result: result)
def f(n: int) -> bool:
    return float("-inf") < n < float("inf")
""",
    "none_is_tested": """
@ensure(lambda result: result == result)
def f(x: float | None) -> float:
    if x is None or x != x:
        return 0.0
    return x
""",
    "read_from_a_list": """
@require(lambda xs: len(xs) > 0 and all(x == x for x in xs))
@ensure(lambda xs, result: result == xs[0])
def f(xs: list[float]) -> float:
    return xs[0]
""",
    "magnitudes_of_a_list": """
@ensure(lambda xs, result: len(result) == len(xs))
@ensure(lambda xs, result: all(y >= 0.0 or y != y for y in result))
def f(xs: list[float]) -> list[float]:
    return [abs(x) for x in xs]
""",
    "a_sum_that_stays_positive": """
@require(lambda xs: all(x >= 0.0 for x in xs))
@ensure(lambda result: result >= 0.0)
def f(xs: list[float]) -> float:
    total = 0.0
    for x in xs:
        total += x
    return total
""",
    "midpoint": """
@require(lambda a, b: -1e300 <= a <= 1e300 and -1e300 <= b <= 1e300)
@ensure(lambda a, b, result: min(a, b) <= result <= max(a, b))
def f(a: float, b: float) -> float:
    return (a + b) / 2.0
""",
    "product_of_fractions": """
@require(lambda x, y: 0.0 <= x <= 1.0 and 0.0 <= y <= 1.0)
@ensure(lambda result: 0.0 <= result <= 1.0)
def f(x: float, y: float) -> float:
    return x * y
""",
    "discount": """
@require(lambda p, r: 0.0 <= p <= 1e6 and 0.0 <= r <= 100.0)
@ensure(lambda p, result: 0.0 <= result <= p)
def f(p: float, r: float) -> float:
    return p * (1 - r / 100)
""",
    "interpolation": """
@require(lambda a, b, t: -100.0 <= a <= b <= 100.0 and 0.0 <= t <= 1.0)
@ensure(lambda result: -200 <= result <= 400)
def f(a: float, b: float, t: float) -> float:
    return a + (b - a) * t
""",
    "share": """
@require(lambda x, y: 0.0 <= x <= y and 0.0 < y < math.inf)
@ensure(lambda result: 0.0 <= result <= 1.0)
def f(x: float, y: float) -> float:
    return x / y
""",
    "truth_of_a_root": """
@require(lambda x: x >= 0.0)
@ensure(lambda result: result >= 0.0)
def f(x: float) -> float:
    return math.sqrt(x)
""",
}

VIOLATED = {
    "reflexive": """
@ensure(lambda result: result)
def f(x: float) -> bool:
    return x == x
""",
    "sum_associates": """
@require(lambda x, y, z: 0.0 <= x <= 1.0 and 0.0 <= y <= 1.0 and 0.0 <= z <= 1.0)
@ensure(lambda x, y, z, result: result == x + (y + z))
def f(x: float, y: float, z: float) -> float:
    return (x + y) + z
""",
    "one_more_is_more": """
@require(lambda x: x > 0.0)
@ensure(lambda x, result: result > x)
def f(x: float) -> float:
    return x + 1.0
""",
    "difference_cancels": """
@ensure(lambda result: result == 0.0)
def f(x: float) -> float:
    return x - x
""",
    "finite_difference_is_undone": """
@require(lambda x: 0.0 <= x <= 1.0)
@ensure(lambda x, result: result == x)
def f(x: float) -> float:
    return (x + 1.0) - 1.0
""",
    "greatest_is_above_both": """
@ensure(lambda a, b, result: result >= a and result >= b)
def f(a: float, b: float) -> float:
    return max(a, b)
""",
    "an_inverse_is_defined": """
@require(lambda x: x * x == x)
@ensure(lambda result: 1.0 / result > 0.0)
def f(x: float) -> float:
    return min(x, 1.0)
""",
    "half_is_less": """
@require(lambda x: x > 0.0)
@ensure(lambda x, result: result < x and result > 0.0)
def f(x: float) -> float:
    return x / 2.0
""",
    "max_commutes": """
@ensure(lambda x, y, result: result == max(y, x))
def f(x: float, y: float) -> float:
    return max(x, y)
""",
    "not_less_is_at_least": """
@ensure(lambda x, y, result: result == (x >= y))
def f(x: float, y: float) -> bool:
    return not x < y
""",
    "trichotomy": """
@ensure(lambda x, y, result: result)
def f(x: float, y: float) -> bool:
    return x < y or x == y or x > y
""",
    "clamp_lets_nan_through": """
@require(lambda lo, hi: lo <= hi)
@ensure(lambda lo, hi, result: lo <= result <= hi)
def f(x: float, lo: float, hi: float) -> float:
    return min(max(x, lo), hi)
""",
    "average_overflows": """
@require(lambda a, b: a - a == 0.0 and b - b == 0.0)
@ensure(lambda a, b, result: min(a, b) <= result <= max(a, b))
def f(a: float, b: float) -> float:
    return (a + b) / 2.0
""",
    "average_underflows": """
@require(lambda a, b: 0.0 < a < 1.0 and 0.0 < b < 1.0)
@ensure(lambda a, b, result: result > 0.0)
def f(a: float, b: float) -> float:
    return a / 2.0 * b
""",
    "division_by_negative_zero": """
@require(lambda y: not y > 0.0 and not y < 0.0)
@ensure(lambda result: True)
def f(x: float, y: float) -> float:
    return x / y if y == y else 1.0
""",
    "division_is_undone": """
@require(lambda x: 1.0 <= x <= 100.0)
@ensure(lambda x, result: result == x)
def f(x: float) -> float:
    return x / 3.0 * 3.0
""",
    "tenths": """
@ensure(lambda result: result == 0.3)
def f() -> float:
    return 0.1 + 0.2
""",
    "zero_times_anything": """
@ensure(lambda result: result == 0.0)
def f(x: float) -> float:
    return x * 0.0
""",
    "nan_is_false": """
@require(lambda x: x != x)
@ensure(lambda result: result == 0)
def f(x: float) -> int:
    return 1 if x else 0
""",
    "root_below_zero": """
@ensure(lambda result: result >= 0.0)
def f(x: float) -> float:
    return math.sqrt(x)
""",
    "root_of_negative_zero": """
@require(lambda x: x >= 0.0)
@ensure(lambda x, result: x == 0.0 or 1.0 / result > 0.0)
@ensure(lambda x, result: x != 0.0 or result != 0.0)
def f(x: float) -> float:
    return math.sqrt(x)
""",
    "same_list_same_items": """
@ensure(lambda xs, result: result)
def f(xs: list[float]) -> bool:
    return all(x == x for x in xs)
""",
    "a_sum_is_never_nan": """
@require(lambda xs: all(x == x for x in xs))
@ensure(lambda result: result == result)
def f(xs: list[float]) -> float:
    total = 0.0
    for x in xs:
        total += x
    return total
""",
    "big_ints_are_floats": """
@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n)
def f(n: int) -> int:
    return int(float(n))
""",
    "halves_round_up": """
@require(lambda n: 0 <= n <= 100)
@ensure(lambda n, result: result == n + 1)
def f(n: int) -> int:
    return round(n + 0.5)
""",
    "quotients_truncate": """
@ensure(lambda a, result: result == a // 2)
def f(a: int) -> int:
    return int(a / 2)
""",
    "increments_add_up": """
@require(lambda n: n == 10)
@ensure(lambda result: result == 1.0)
def f(n: int) -> float:
    total = 0.0
    for _ in range(10):
        total += 0.1
    return total
""",
    "a_negative_power_is_an_int": """
@require(lambda n: n < 0)
@ensure(lambda n, result: n * n != 15241383936 or result > 0.5)
def f(n: int) -> float:
    return 2 ** n
""",
    "a_loop_may_shrink": """
@require(lambda x, n: x >= 1.0 and n >= 0)
@ensure(lambda result: result >= 1.0)
def f(x: float, n: int) -> float:
    i = 0
    while i < n:
        x = x * x - x * 0.5
        i += 1
    return x
""",
    "none_has_no_sign": """
@ensure(lambda result: result == result)
def f(x: float | None) -> float:
    return -x
""",
}


@pytest.mark.parametrize("name", HOLDS)
def test_proved(name: str) -> None:
    assert isinstance(answer(HOLDS[name]), Proved), name


@pytest.mark.parametrize("name", VIOLATED)
def test_never_proved(name: str) -> None:
    assert not isinstance(answer(VIOLATED[name], QUICK), Proved), name


@pytest.mark.slow
@pytest.mark.parametrize("name", VIOLATED)
def test_never_proved_with_time_to_try(name: str) -> None:
    assert not isinstance(answer(VIOLATED[name]), Proved), name


OUTSIDE = {
    "none_in_a_loop": """
@require(lambda n: n >= 0)
@ensure(lambda result: True)
def f(x: int | None, n: int) -> int:
    y: int = 0
    i = 0
    while i < n:
        y = x
        i += 1
    return y + 0
""",
    "none_as_an_argument": """
def g(y: int, n: int, c: bool) -> int:
    i = 0
    while i < n:
        if c:
            y = 3
        i += 1
    return y + 0


@require(lambda n: n >= 0)
@ensure(lambda result: True)
def f(x: int | None, n: int, c: bool) -> int:
    return g(x, n, c)
""",
    "an_int_kept_as_a_float": """
@require(lambda n: n >= 0)
@ensure(lambda result: result == result)
def f(x: float, n: int) -> float:
    y: float = 0.0
    i = 0
    while i < n:
        y = max(0, y)
        i += 1
    return y
""",
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_a_declared_type_leaves_out_is_not_lost(name: str) -> None:
    assert not isinstance(answer(OUTSIDE[name]), Proved), name


CALLS = {
    "an_int_where_a_float_is_declared": """
def half(x: float) -> float:
    return x / 2.0


@ensure(lambda result: result >= 0.0)
def f(n: int) -> float:
    return half(n)
""",
    "a_result_that_may_be_an_int": """
@ensure(lambda result: result >= 0)
def positive(x: float) -> float:
    return max(0, x)


@ensure(lambda result: result >= 0.0)
def f(x: float) -> float:
    return positive(x) + 1
""",
}


@pytest.mark.parametrize("name", CALLS)
def test_an_int_is_no_float_across_calls(name: str) -> None:
    from verify_agent.verifier.engines.deductive import Unknown

    found = answer(CALLS[name])
    assert isinstance(found, Unknown), found
    assert found.unsupported is not None or "unsupported" in found.reason


def test_a_contract_carries_over_a_call() -> None:
    text = """
@require(lambda x: x == x)
@ensure(lambda result: result >= 0.0)
def magnitude(x: float) -> float:
    return abs(x)


@require(lambda x: x == x)
@ensure(lambda result: result >= 1.0)
def f(x: float) -> float:
    return magnitude(x) + 1.0
"""
    assert isinstance(answer(text), Proved)
