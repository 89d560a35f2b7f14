"""The tasks that the gate asks for: the open suite, what was solved before, and fresh ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from verify_agent.agent.improve.betting import Measured
from verify_agent.agent.improve.evaluate import Evaluator, Measurement, Outcome, no_longer
from verify_agent.agent.improve.tasks import Task, fresh_tasks

Sources = Mapping[str, str]
OVERHEAD = 1_000
"""Candidates that take as long as to read a contract and draw its inputs: no search costs less."""


@dataclass
class SuiteTrials:
    """Trials by an evaluator. `earlier` gives the commitments of admissions so far, each with how
    many fresh tasks were drawn for it: they are replayed from then on."""

    evaluator: Evaluator
    tasks: Sequence[Task]
    shipped: Sources
    earlier: Callable[[], Sequence[tuple[str, int]]] = lambda: ()

    def suite(self, sources: Sources) -> Mapping[str, Measured]:
        """The open suite; an answer much longer than the shipped generation's is none."""
        return measured_of(self.measured(sources, self.tasks))

    def solved_before(self, sources: Sources) -> Mapping[str, Measured]:
        """The open suite, and the fresh tasks of earlier admissions."""
        found = measured_of(self.measured(sources, self.tasks))
        for committed, count in self.earlier():
            drawn = list(islice(fresh_tasks(committed), count))
            measured = self.measured(sources, drawn)
            found |= {f"{committed[:8]} {n}": m for n, m in measured_of(measured).items()}
        return found

    def fresh(
        self, committed: str, before: Sources, after: Sources
    ) -> Iterator[tuple[str, Measured, Measured]]:
        """Pairs on tasks drawn by the committed hash; both sides are measured side by side."""
        for task in fresh_tasks(committed):
            old, new = self.evaluator.both(task, before, after)
            yield task.name, *paired(old, new)

    def measured(self, sources: Sources, tasks: Sequence[Task]) -> Measurement:
        """A measurement held against the shipped generation's."""
        shipped = self.evaluator.measure(tasks, self.shipped)
        return self.evaluator.measure(tasks, sources).against(shipped)


def paired(old: Outcome, new: Outcome) -> tuple[Measured, Measured]:
    """Two outcomes of one task; an answer much longer than the old one counts as none."""
    return _measured(old), _measured(no_longer(new, old))


def measured_of(measurement: Measurement) -> dict[str, Measured]:
    """Each task's outcome as the gate counts it."""
    return {name: _measured(outcome) for name, outcome in measurement.outcomes.items()}


def _measured(outcome: Outcome) -> Measured:
    return Measured(outcome.solved, OVERHEAD + outcome.cost)
