"""Tasks over lists, texts, dicts and naturals: folds, scans, sketches and counting loops."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from verify_agent.agent.synth.problem import Candidate, SynthesisProblem
from verify_agent.agent.synth.synthesizer import Synthesizer

Judge = Callable[[SynthesisProblem, str], tuple[Any, ...] | None]

SUITE = (
    "contains",
    "count_equal",
    "divide",
    "dot_product",
    "evens",
    "factorial",
    "first_index",
    "frequency",
    "increment_all",
    "initials",
    "integer_log2",
    "integer_square_root",
    "is_palindrome",
    "is_sorted",
    "largest",
    "prefix_sums",
    "reversed_copy",
    "sort_distinct",
    "sort_in_place",
    "total",
    "weighted_sum",
)

OWN: dict[str, tuple[int, dict[str, Any]]] = {
    "smallest": (
        28,
        {
            "signature": "smallest(values: list[int]) -> int",
            "requires": ["len(values) > 0"],
            "ensures": ["result in values", "all(result <= v for v in values)"],
            "forbid": ["min", "max", "sorted", "sort"],
        },
    ),
    "alternating": (
        34,
        {
            "signature": "alternating(xs: list[int]) -> int",
            "ensures": ["result == sum(xs[i] if i % 2 == 0 else -xs[i] for i in range(len(xs)))"],
        },
    ),
    "positives": (
        20,
        {
            "signature": "positives(xs: list[int]) -> int",
            "ensures": ["result == len([x for x in xs if x > 0])"],
            "forbid": ["len"],
        },
    ),
    "all_even": (
        20,
        {
            "signature": "all_even(xs: list[int]) -> bool",
            "ensures": ["result == (not any(x % 2 == 1 for x in xs))"],
            "forbid": ["any"],
        },
    ),
    "last_index": (
        32,
        {
            "signature": "last_index(xs: list[int], key: int) -> int",
            "ensures": [
                "(result == -1) == (key not in xs)",
                "result == -1 or 0 <= result < len(xs) and xs[result] == key",
                "result == -1 or all(xs[i] != key for i in range(result + 1, len(xs)))",
            ],
        },
    ),
    "doubled": (
        14,
        {
            "signature": "doubled(xs: list[int]) -> list[int]",
            "ensures": [
                "len(result) == len(xs)",
                "all(result[i] == 2 * xs[i] for i in range(len(xs)))",
            ],
        },
    ),
    "clip_all": (
        34,
        {
            "signature": "clip_all(xs: list[int], limit: int) -> None",
            "modifies": ["xs"],
            "ensures": [
                "len(xs) == len(old(xs))",
                "all(xs[i] == min(old(xs)[i], limit) for i in range(len(xs)))",
            ],
        },
    ),
    "fibonacci": (
        38,
        {
            "signature": "fibonacci(n: int) -> int",
            "requires": ["n >= 0", "n < 15"],
            "definitions": (
                "def fib(n: int) -> int:\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
            ),
            "ensures": ["result == fib(n)"],
        },
    ),
    "joined": (
        25,
        {
            "signature": "slug(title: str) -> str",
            "examples": [
                "slug('Big Red Fox') == 'big-red-fox'",
                "slug('One two') == 'one-two'",
                "slug('ABC') == 'abc'",
            ],
        },
    ),
}


QUICK = ("smallest", "clip_all", "fibonacci", "joined")


def _solve(problem: SynthesisProblem, judge: Judge, seconds: float = 8.0) -> Candidate:
    synthesizer = Synthesizer(problem)
    wrong: tuple[Any, ...] | None = None
    deadline = time.monotonic() + seconds
    try:
        while True:
            candidate = synthesizer.propose([] if wrong is None else [wrong], deadline=deadline)
            assert candidate is not None, "no candidate in time"
            wrong = judge(problem, candidate.source)
            if wrong is None:
                return candidate
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
