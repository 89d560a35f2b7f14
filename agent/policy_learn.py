"""Learning from the user's runs, gated: nothing is taken over that is not shown to be no loss.

A re-learned policy must have its certificate and keep the protocol in every class; replayed on
the recorded suite it must reach all that the old one reaches, at a cost that is not higher; and
real runs of the tasks that are named must reach no less. Any doubt is a refusal, and a refusal
changes no file.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from verify_agent.agent.abstraction import AbstractState
from verify_agent.agent.loop import Decision, Policy
from verify_agent.agent.policy import LazyPolicy, SolvedPolicy
from verify_agent.agent.policy_certify import judge_class
from verify_agent.agent.policy_counts import SHIPPED as SHIPPED_COUNTS
from verify_agent.agent.policy_counts import (
    Counts,
    Observation,
    counted,
    read_counts,
    write_counts,
)
from verify_agent.agent.policy_estimates import Estimates
from verify_agent.agent.policy_file import (
    LEARNED,
    LEARNED_COUNTS,
    Origin,
    basis,
    class_name,
    write_solutions,
)
from verify_agent.agent.policy_judge import Interval, Trial, judge, paired
from verify_agent.agent.policy_model import CLASSES, RunClass, build_model, class_of
from verify_agent.agent.policy_recording import Recording, read_recordings
from verify_agent.agent.state import Ending
from verify_agent.agent.task import Task, load_task
from verify_agent.mdp.solve import Solution, solve
from verify_agent.verifier.errors import BadInput

SUITE = Path(__file__).with_name("policy_suite.json")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class ByClass:
    """The policy of several solved classes."""

    solutions: Mapping[RunClass, Solution]

    def decide(self, state: AbstractState) -> Decision:
        """As `SolvedPolicy` of the state's class."""
        return SolvedPolicy(self.solutions[class_of(state)]).decide(state)


@cache
def recorded_suite() -> tuple[Recording, ...]:
    """The suite that comes with the package."""
    return read_recordings(SUITE)


def learn(folder: Path, tasks: Sequence[Path], tell: Tell) -> int:
    """Learn from a folder's runs; 0 where the new policy was taken over, 1 where it was refused.

    Raises `BadInput` where there are no runs or no tasks to try the new policy on.
    """
    if not tasks:
        raise BadInput(
            "no task to try the new policy on",
            expected="task files",
            where="learn",
            advice="name a few of your own: `verify-agent policy learn TASK...`",
        )
    real = [load_task(path) for path in tasks]
    for task in real:
        task.require_built()
    learned = counts_of(folder)
    tell(f"{learned.size} observations in {learned.runs} runs of {folder}")
    counts = read_counts(SHIPPED_COUNTS).plus(learned)
    solutions = solved(counts, tell)
    if solutions is None:
        return 1
    old, new = LazyPolicy(folder), ByClass(solutions)
    if refused := loss_when_replayed(old, new, recorded_suite(), tell):
        tell(f"not taken over: {refused}")
        return 1
    if refused := loss_in_runs(old, new, real, tell):
        tell(f"not taken over: {refused}")
        return 1
    origin = Origin(counts.runs, counts.size, counts.updated, basis())
    write_counts(folder / LEARNED_COUNTS, learned)
    write_solutions(folder / LEARNED, solutions, origin)
    tell(f"taken over: {folder / LEARNED}")
    return 0


def counts_of(folder: Path) -> Counts:
    """What the runs of a folder show. Raises `BadInput` where there are none."""
    from verify_agent.agent.run_store import FILE

    file = folder / FILE
    if not file.exists():
        raise BadInput("no runs are kept here", expected=f"a file {FILE}", where=str(folder))
    with closing(sqlite3.connect(file)) as connection:
        query = "select record from events where kind = 'happened'"
        records = [json.loads(record) for (record,) in connection.execute(query)]
        (runs,) = connection.execute("select count(*) from runs").fetchone()
    today = datetime.now(UTC).date().isoformat()
    return counted(_observed(records), runs, today)


def _observed(records: Sequence[Mapping[str, object]]) -> Iterator[Observation]:
    """The observations; those of a version whose estimates have other names are left out."""
    known = Estimates()
    for record in records:
        seen = record.get("observed")
        for key, outcome, seconds in seen if isinstance(seen, list) else []:
            try:
                fits = outcome in known[key].mean
            except (KeyError, ValueError):
                fits = False
            if fits:
                yield key, outcome, seconds


def solved(counts: Counts, tell: Tell) -> dict[RunClass, Solution] | None:
    """Solutions of all classes, each certified and its protocol kept; None where one is not."""
    made: dict[RunClass, Solution] = {}
    for run_class in CLASSES:
        model = build_model((run_class,), Estimates(counts.tallies))
        made[run_class] = solve(model)
        found = judge_class(run_class, model, made[run_class].policy)
        tell(f"{class_name(run_class)}: {'certified' if found.right else 'NOT certified'}")
        if not found.right:
            tell(f"not taken over: {found.certificate}")
            return None
    return made


def loss_when_replayed(
    old: Policy, new: Policy, suite: Sequence[Recording], tell: Tell = lambda text: None
) -> str:
    """Why the new policy is a loss on the recorded suite; empty where it is none."""
    before, after = judge(old, suite), judge(new, suite)
    change = paired(after, before)
    tell(f"replayed on {len(suite)} recorded tasks: cost {change} s a task")
    if lost := _lost(before, after):
        return f"it no longer reaches {lost}"
    return _dearer(change)


def _dearer(change: Interval) -> str:
    return f"it costs {change} s more a task" if change.mean > 0 else ""


def _lost(before: Sequence[Trial], after: Sequence[Trial]) -> str:
    pairs = zip(before, after, strict=True)
    return ", ".join(f"{a.task} ({a.asked.value})" for a, b in pairs if a.reached and not b.reached)


def loss_in_runs(old: Policy, new: Policy, tasks: Sequence[Task], tell: Tell) -> str:
    """Run each task for real under both, one after the other; why the new one is a loss."""
    before, after = [], []
    for task in tasks:
        before.append(run_for_real(old, task))
        after.append(run_for_real(new, task))
        tell(f"{task.name}: {before[-1].seconds:.1f} s before, {after[-1].seconds:.1f} s now")
    lost = _lost(before, after)
    return f"in a real run it no longer reaches {lost}" if lost else ""


def run_for_real(policy: Policy, task: Task) -> Trial:
    """A real run that writes into a folder that is gone afterwards."""
    from verify_agent.agent.run import Options, run_task

    with TemporaryDirectory() as folder:
        apart = replace(task, output=Path(folder) / task.output.name)
        options = Options(folder=Path(folder) / "state")
        done = run_task(apart, options, policy=policy)
    reached = done.ending is Ending.DELIVERED
    return Trial(task.name, task.evidence, reached, done.state.seconds)
