"""Tasks of the families that people ask for, each found, judged under CPython, and short.

The tasks stand in `siblings.yaml`; `size` is that of a person's answer in syntax-tree nodes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from verify_agent.agent.synth.problem import SynthesisProblem
from verify_agent.agent.synth.synthesizer import Synthesizer

Judge = Callable[[SynthesisProblem, str, Iterable[tuple[Any, ...]]], tuple[Any, ...] | None]
Draw = Callable[[SynthesisProblem, int], Iterable[tuple[Any, ...]]]
TASKS = {
    task.pop("name"): task
    for task in yaml.safe_load((Path(__file__).parent / "siblings.yaml").read_text())
}
QUICK = ("popcount", "spread", "day_month", "invert", "swap_items")
MOST = 2.0
SECONDS = 30
INPUTS = 10_000


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in TASKS]
)
def test_found(
    name: str,
    make_problem: Callable[..., SynthesisProblem],
    counterexample: Judge,
    further_inputs: Draw,
) -> None:
    task = dict(TASKS[name])
    size = task.pop("size")
    problem = make_problem(**task)
    synthesizer = Synthesizer(problem)
    wrong: list[tuple[Any, ...]] = []
    deadline = time.monotonic() + SECONDS
    try:
        while True:
            candidate = synthesizer.propose(wrong, deadline=deadline)
            assert candidate is not None, "no candidate in time"
            found = counterexample(problem, candidate.source, further_inputs(problem, 300))
            if found is None or found == ("examples",):
                break
            wrong = [found]
    finally:
        synthesizer.close()
    assert candidate.cost <= MOST * size, candidate.source
    count = 300 if name in QUICK else INPUTS
    assert counterexample(problem, candidate.source, further_inputs(problem, count)) is None
