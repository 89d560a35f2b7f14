"""Nothing that is offered last for a task is wrong on 10,000 further inputs under CPython."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.agent.synth.synthesizer import Synthesizer

Judge = Callable[[SynthesisProblem, str, Iterable[tuple[Any, ...]]], tuple[Any, ...] | None]
TASKS = (
    "absolute ceil_div clamp compare contains count_equal divide dot_product evens factorial "
    "first_index frequency increment_all integer_log2 integer_square_root interval_overlap "
    "is_palindrome is_sorted largest leap_year max_of_five max_of_two median_of_three "
    "monotone_step prefix_sums reversed_copy safe_ratio sign sort_distinct sort_in_place swapped "
    "total triangle weighted_sum"
)


@pytest.mark.slow
@pytest.mark.parametrize("name", TASKS.split())
def test_further_inputs(
    name: str,
    suite_problem: Callable[[str], SynthesisProblem],
    counterexample: Judge,
    further_inputs: Callable[[SynthesisProblem, int], Iterable[tuple[Any, ...]]],
) -> None:
    problem = suite_problem(name)
    synthesizer = Synthesizer(problem)
    candidate = synthesizer.propose(deadline=time.monotonic() + 30)
    synthesizer.close()
    assert candidate is not None
    inputs = further_inputs(problem, 10_000)
    assert counterexample(problem, candidate.source, inputs) is None
