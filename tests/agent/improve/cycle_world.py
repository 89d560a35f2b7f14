"""A small world for whole cycles: what a task costs follows from one skill's numbers alone.

Run as a program it goes through a cycle in a folder, for the tests that kill it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from verify_agent.agent.improve.approval import Mode
from verify_agent.agent.improve.archive import Archive, shipped_generation
from verify_agent.agent.improve.cycle import Cycle
from verify_agent.agent.improve.evaluate import Evaluator, Measurement, Outcome
from verify_agent.agent.improve.gate import CANARIES, Gate, Step
from verify_agent.agent.improve.gate_engines import Engines
from verify_agent.agent.improve.gate_scope import DUPLICATE, SCOPE, duplicate, scope
from verify_agent.agent.improve.gate_trials import Rules
from verify_agent.agent.improve.ledger import Ledger
from verify_agent.agent.improve.life import Life
from verify_agent.agent.improve.model import (
    Generation,
    Proposal,
    Skill,
    StepOutcome,
    StepVerdict,
)
from verify_agent.agent.improve.tasks import Task, open_suite
from verify_agent.agent.improve.trials import SuiteTrials
from verify_agent.agent.skills.registry import Skills, shipped_source
from verify_agent.verifier.sandbox.policy import Outcome as Ran

BEST = {"parameter": 4, "constant": 4, "spare constant": 5, "contract term": 6}
TASKS = open_suite(6)
SHIPPED = shipped_source("leaf_cost")


class NoSandbox:
    """Nothing may be executed."""

    def call(self, target: str, payload: object = None, **more: object) -> Ran:
        raise AssertionError(f"{target} would be run")


class Readers(Engines):
    """The engines that only read."""

    def runs(self, skill: Skill) -> list[tuple[str, Callable[[], StepOutcome]]]:
        return []


@dataclass
class Tables(Evaluator):
    """Costs fall as the costs of leaves come near to the best, with luck by the task's name."""

    measured: list[str] = field(default_factory=list)
    useless: bool = False
    extra: dict[str, int] = field(default_factory=dict)

    def measure(self, tasks: Sequence[Task], sources: Mapping[str, str]) -> Measurement:
        self.measured.append(sources.get("leaf_cost", SHIPPED))
        return Measurement({t.name: self.one(t, sources) for t in tasks})

    def both(
        self, task: Task, before: Mapping[str, str], after: Mapping[str, str]
    ) -> tuple[Outcome, Outcome]:
        return self.one(task, before), self.one(task, after)

    def one(self, task: Task, sources: Mapping[str, str]) -> Outcome:
        skills = Skills(sources)
        far = sum(abs(skills.call("leaf_cost", k) - v) for k, v in BEST.items())
        luck = Random(f"{task.name} {sources.get('leaf_cost', SHIPPED)}").randint(-2, 2)
        cost = 10_000 if self.useless else 3_000 + 2_500 * far + 100 * luck
        return Outcome(task.name, True, cost, 3, "def f():\n    return 1\n", "fold")


def world(folder: Path, mode: Mode = Mode.AUTO) -> Cycle:
    """A cycle in a folder; the ledger's head is anchored beside it."""
    rules = Rules()
    ledger = Ledger(folder / "improve", folder / "anchor")
    life = Life(ledger, rules.delta, rules.alpha, "suites", core=lambda: "core")
    shipped = shipped_generation()
    trials = SuiteTrials(Tables(), TASKS, shipped.sources)
    gate = Gate(life, Readers(NoSandbox()), trials, shipped, rules, mode)
    archive = Archive(folder / "improve")
    return Cycle(folder / "improve", archive, life, gate, trials, shipped)


class Hasty(Gate):
    """A gate that only looks whether a text may be changed, and at what it costs."""

    def _static(self, proposal: Proposal, current: Generation) -> Iterator[Step]:
        yield SCOPE, lambda: scope(proposal, current)
        yield DUPLICATE, lambda: duplicate(proposal, self.failed)

    def _canaries(self, current: Generation) -> StepOutcome:
        return StepOutcome(CANARIES, StepVerdict.PASSED)


def hasty(folder: Path) -> Cycle:
    """A cycle that does little but write."""
    cycle = world(folder)
    gate = cycle.gate
    args = (gate.life, gate.engines, gate.trials, gate.shipped, gate.rules, gate.mode)
    cycle.gate = Hasty(*args)
    cycle.__post_init__()
    return cycle


if __name__ == "__main__":
    made = hasty(Path(sys.argv[1]))
    made.begin()
    print("begun", flush=True)
    made.say = lambda text: print(text, flush=True)
    made.gate.begin = made.say
    made.stop = lambda: "enough" if len(made.archive.records()) >= int(sys.argv[2]) else ""
    made.run()
