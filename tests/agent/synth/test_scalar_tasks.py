"""Scalar tasks, of the suite and of our own: the answers are right and short."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from verify_agent.agent.synth.problem import Candidate, SynthesisProblem
from verify_agent.agent.synth.synthesizer import Synthesizer

Judge = Callable[[SynthesisProblem, str], tuple[Any, ...] | None]

SUITE = [
    "absolute",
    "ceil_div",
    "clamp",
    "compare",
    "interval_overlap",
    "leap_year",
    "max_of_five",
    "max_of_two",
    "median_of_three",
    "monotone_step",
    "safe_ratio",
    "sign",
    "swapped",
    "triangle",
]

OWN: dict[str, tuple[int, dict[str, Any]]] = {
    "distance": (
        13,
        {
            "signature": "distance(a: int, b: int) -> int",
            "ensures": ["result >= 0", "result == a - b or result == b - a"],
        },
    ),
    "saturating_add": (
        18,
        {
            "signature": "saturating_add(a: int, b: int) -> int",
            "ensures": [
                "result <= 100",
                "result == a + b or (a + b > 100 and result == 100)",
            ],
        },
    ),
    "saturating_sub": (
        14,
        {
            "signature": "monus(a: int, b: int) -> int",
            "requires": ["a >= 0", "b >= 0"],
            "ensures": ["result >= 0", "result == a - b if a >= b else result == 0"],
        },
    ),
    "copy_sign": (
        24,
        {
            "signature": "copy_sign(x: int, y: int) -> int",
            "ensures": [
                "result == x or result == -x",
                "result >= 0 if y >= 0 else result <= 0",
            ],
        },
    ),
    "majority": (
        20,
        {
            "signature": "majority(a: bool, b: bool, c: bool) -> bool",
            "ensures": ["result == (int(a) + int(b) + int(c) >= 2)"],
            "forbid": ["int"],
        },
    ),
    "implies": (
        10,
        {
            "signature": "implies(a: bool, b: bool) -> bool",
            "ensures": ["result or (a and not b)", "not result or not a or b"],
        },
    ),
    "xor": (
        8,
        {
            "signature": "exclusive(a: bool, b: bool) -> bool",
            "ensures": ["result == ((a and not b) or (b and not a))"],
        },
    ),
    "last_digit": (
        8,
        {
            "signature": "last_digit(n: int) -> int",
            "requires": ["n >= 0"],
            "ensures": ["0 <= result <= 9", "(n - result) % 10 == 0"],
        },
    ),
    "round_up": (
        18,
        {
            "signature": "round_up(n: int, step: int) -> int",
            "requires": ["step > 0"],
            "ensures": ["result % step == 0", "n <= result < n + step"],
        },
    ),
    "middle": (
        12,
        {
            "signature": "middle(lo: int, hi: int) -> int",
            "requires": ["lo <= hi"],
            "ensures": ["0 <= (hi - result) - (result - lo) <= 1"],
        },
    ),
    "max_of_three": (
        20,
        {
            "signature": "largest(a: int, b: int, c: int) -> int",
            "ensures": ["result >= a", "result >= b", "result >= c", "result in (a, b, c)"],
        },
    ),
    "min_of_four": (
        33,
        {
            "signature": "smallest(a: int, b: int, c: int, d: int) -> int",
            "ensures": [
                "result <= a and result <= b and result <= c and result <= d",
                "result in [a, b, c, d]",
            ],
            "forbid": ["min", "max"],
        },
    ),
    "sum_of_squares": (
        14,
        {
            "signature": "norm(x: int, y: int) -> int",
            "ensures": ["result == x ** 2 + y ** 2"],
            "forbid": ["**"],
        },
    ),
    "odd_numbers": (
        8,
        {
            "signature": "nth_odd(n: int) -> int",
            "requires": ["n >= 1"],
            "ensures": ["result % 2 == 1", "2 * n - 2 < result < 2 * n"],
        },
    ),
    "ordered_pair": (
        24,
        {
            "signature": "ordered(a: int, b: int) -> tuple[int, int]",
            "ensures": [
                "result[0] <= result[1]",
                "result == (a, b) or result == (b, a)",
            ],
        },
    ),
    "inside": (
        13,
        {
            "signature": "inside(x: int, lo: int, hi: int) -> bool",
            "ensures": ["result == (not (x < lo or x > hi))"],
        },
    ),
    "checked_root": (
        22,
        {
            "signature": "checked(x: int) -> int",
            "raises": {"ValueError": "x < 0"},
            "ensures": ["result == x + 1"],
        },
    ),
    "exact_quotient": (
        20,
        {
            "signature": "quotient(a: int, b: int) -> int",
            "raises": {"ZeroDivisionError": "b == 0"},
            "ensures": ["result * b <= a if b > 0 else result * b >= a - 0", "result == a // b"],
        },
    ),
    "default_ratio": (
        18,
        {
            "signature": "ratio(a: int, b: int) -> int",
            "ensures": ["result == 0 if b == 0 else result == a // b"],
        },
    ),
    "grade": (
        30,
        {
            "signature": "grade(points: int) -> int",
            "ensures": [
                "result in (0, 1, 2)",
                "(result == 2) == (points >= 90)",
                "(result == 0) == (points < 50)",
            ],
        },
    ),
    "greeting": (
        12,
        {
            "signature": "greeting(name: str) -> str",
            "ensures": ["result == 'hello ' + name"],
        },
    ),
    "first_letter": (
        16,
        {
            "signature": "head(s: str) -> str",
            "ensures": ["len(result) == min(1, len(s))", "s.startswith(result)"],
        },
    ),
    "bracketed": (
        12,
        {
            "signature": "bracketed(s: str) -> str",
            "ensures": [
                "result[1:-1] == s",
                "result.startswith('[')",
                "result.endswith(']')",
                "len(result) == len(s) + 2",
            ],
        },
    ),
    "longer": (
        22,
        {
            "signature": "longer(a: str, b: str) -> str",
            "ensures": ["result == a if len(a) >= len(b) else result == b"],
        },
    ),
    "second": (
        8,
        {
            "signature": "second(pair: tuple[int, str]) -> str",
            "ensures": ["result == pair[1]"],
        },
    ),
    "days_in_february": (
        31,
        {
            "signature": "february(year: int) -> int",
            "ensures": [
                "result == 29 if year % 4 == 0 and year % 100 != 0 or year % 400 == 0 "
                "else result == 28"
            ],
        },
    ),
    "collatz_step": (
        23,
        {
            "signature": "collatz(n: int) -> int",
            "requires": ["n > 0"],
            "ensures": ["n % 2 != 0 or 2 * result == n", "n % 2 == 0 or result == 3 * n + 1"],
        },
    ),
    "pyramid": (
        20,
        {
            "signature": "pyramid(n: int) -> int",
            "requires": ["n >= 0"],
            "ensures": ["6 * result == n * (n + 1) * (2 * n + 1)"],
        },
    ),
}


QUICK = [
    "distance",
    "saturating_add",
    "saturating_sub",
    "copy_sign",
    "majority",
    "last_digit",
    "round_up",
    "min_of_four",
    "ordered_pair",
    "checked_root",
    "grade",
    "bracketed",
    "days_in_february",
]


def _solve(problem: SynthesisProblem, judge: Judge, seconds: float = 6.0) -> Candidate:
    """CEGIS with the brute-force judge; fails where nothing is found in time."""
    synthesizer = Synthesizer(problem)
    counterexamples: list[tuple[Any, ...]] = []
    deadline = time.monotonic() + seconds
    try:
        while True:
            candidate = synthesizer.propose(counterexamples, deadline=deadline)
            assert candidate is not None, "no candidate in time"
            wrong = judge(problem, candidate.source)
            if wrong is None:
                return candidate
            synthesizer.refute(candidate, wrong)
            counterexamples = [wrong]
    finally:
        synthesizer.close()


@pytest.mark.parametrize("name", SUITE)
def test_suite(
    name: str,
    suite_problem: Callable[[str], SynthesisProblem],
    reference_size: Callable[[str], int],
    counterexample: Judge,
) -> None:
    candidate = _solve(suite_problem(name), counterexample)
    assert candidate.cost <= 2 * reference_size(name), candidate.source


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in OWN]
)
def test_own(
    name: str, make_problem: Callable[..., SynthesisProblem], counterexample: Judge
) -> None:
    size, task = OWN[name]
    candidate = _solve(make_problem(**task), counterexample)
    assert candidate.cost <= 2 * size, candidate.source
