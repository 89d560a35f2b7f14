"""Quality: exact, the same on every run, and deaf to tricks."""

from collections.abc import Iterator
from fractions import Fraction

import pytest

from verify_agent.agent.improve.evaluate import (
    Evaluator,
    Judge,
    Measurement,
    Outcome,
    measure_task,
    quality,
)
from verify_agent.agent.improve.tasks import Task, open_suite

FLAT = {
    "component_cost": "def component_cost(template: str) -> int:\n    return 2\n",
    "patience": ("def patience(size: int, loops: bool, spent: int) -> int:\n    return 1000\n"),
}


@pytest.fixture(scope="module")
def tasks() -> tuple[Task, ...]:
    """Two quick tasks of the open suite."""
    return tuple(t for t in open_suite() if t.family in ("distance", "rounded"))[:2]


@pytest.fixture
def evaluator() -> Iterator[Evaluator]:
    """An evaluator whose processes end with the test."""
    made = Evaluator()
    yield made
    made.close()


def measured(*outcomes: Outcome) -> Measurement:
    """A measurement of these outcomes."""
    return Measurement({o.task: o for o in outcomes})


def test_workers_measure_what_this_process_measures(
    tasks: tuple[Task, ...], evaluator: Evaluator
) -> None:
    found = evaluator.measure(tasks, FLAT)
    assert [found.outcomes[t.name] for t in tasks] == [measure_task(t, FLAT) for t in tasks]
    assert found.solved == {t.name for t in tasks}
    heard: list[str] = []
    evaluator.say = heard.append
    assert evaluator.measure(tasks, FLAT) == found
    assert not heard, "what is known is not measured again"


def test_answers_are_noted_as_they_are_found(tasks: tuple[Task, ...]) -> None:
    outcome = measure_task(tasks[0], {})
    assert outcome.solved
    assert outcome.kept
    assert outcome.size in [k.size for k in outcome.kept]
    assert max(k.tried for k in outcome.kept) <= outcome.cost


def test_a_task_that_runs_out_of_work_is_not_solved(tasks: tuple[Task, ...]) -> None:
    assert not measure_task(tasks[0], {}, limit=1).solved


def test_a_skill_that_fails_is_noted(tasks: tuple[Task, ...]) -> None:
    bad = {"leaf_cost": "def leaf_cost(kind: str) -> int:\n    return 0\n"}
    outcome = measure_task(tasks[0], bad)
    assert (outcome.solved, outcome.cost) == (True, measure_task(tasks[0], {}).cost)
    assert "leaf_cost failed" in outcome.failed[0]


def test_a_wrong_answer_is_found_by_the_judge(tasks: tuple[Task, ...]) -> None:
    task = tasks[0]
    judge = Judge(task)
    assert judge.against(task.solution) is None
    header = task.solution.splitlines()[0]
    assert judge.against(f"{header}\n    return -1\n") is not None


def test_quality_is_exact_and_an_unsolved_task_gives_nothing() -> None:
    shipped = measured(Outcome("a", True, 30, 5), Outcome("b", True, 70, 5))
    assert quality(shipped, shipped) == Fraction(1, 2)
    better = measured(Outcome("a", True, 15, 5), Outcome("b", True, 70, 4))
    assert quality(better, shipped) == (Fraction(2, 3) + Fraction(1, 2)) / 2
    lost = measured(Outcome("a", True, 1, 5), Outcome("b", False, 1))
    assert quality(lost, shipped) == Fraction(30, 31) / 2
    assert lost.lost(shipped) == ("b",)


def test_an_answer_half_as_long_again_is_none() -> None:
    shipped = measured(Outcome("a", True, 30, 6))
    assert quality(measured(Outcome("a", True, 30, 8)), shipped) == Fraction(1, 2)
    longer = measured(Outcome("a", True, 1, 9))
    assert quality(longer, shipped) == 0
    assert longer.against(shipped).lost(shipped) == ("a",)


def test_other_suites_are_refused() -> None:
    one = measured(Outcome("a", True, 30, 5))
    with pytest.raises(ValueError, match="different suites"):
        quality(one, measured())
    with pytest.raises(ValueError, match="different suites"):
        quality(measured(), measured())
