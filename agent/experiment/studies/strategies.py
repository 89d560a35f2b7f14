"""What does each strategy of the synthesizer contribute? Each is left out in turn.

Nothing is proved here: an answer counts where it is right on a thousand inputs that the search
has not seen.
"""

from __future__ import annotations

import ast
import itertools
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.experiment.plan import Strategies
from verify_agent.agent.experiment.studies.choose import chosen, files
from verify_agent.agent.experiment.study import Draw
from verify_agent.agent.run_problem import problem_of
from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.inputs import Sampler
from verify_agent.agent.synth.contract.specification import Case
from verify_agent.agent.synth.problem import Candidate, Strategy, SynthesisProblem
from verify_agent.agent.synth.synthesizer import Synthesizer, default_strategies
from verify_agent.agent.task import load_task
from verify_agent.verifier.errors import VerifyAgentError

ALL = "all strategies"
WITHOUT = "without "
FURTHER = 1_000
SEED = 20_011


@dataclass(frozen=True)
class Searched:
    """What a search came to; `candidate` is None where nothing right was found in time."""

    candidate: Candidate | None
    seconds: float


def problems(folder: Path) -> dict[str, SynthesisProblem]:
    """The tasks of a folder that ask for a new function of types that the search knows."""
    found = {}
    for path in files(folder, "*.yaml"):
        try:
            task = load_task(path)
            if task.kind == "implement" and task.signature.parameters:
                problem = problem_of(task)
                _ = problem.types, problem.returns
                found[path.stem] = problem
        except VerifyAgentError as error:
            print(f"{path.stem}: left out: {error}", file=sys.stderr)
    return found


def wrong_on(context: Context, node: ast.FunctionDef) -> Case | None:
    """A further case on which a function is wrong: an allowed input that no search has seen."""
    function = context.function(node)
    assert function is not None
    drawn = Sampler(context.constants, SEED).inputs(context.types)
    cases = (context.spec.case(values) for values in itertools.islice(drawn, FURTHER))
    allowed = (case for case in cases if case is not None)
    return next((case for case in allowed if not context.spec.meets(function, case)), None)


def search(problem: SynthesisProblem, strategies: tuple[Strategy, ...], seconds: float) -> Searched:
    """The last answer in time that is right on all further inputs."""
    started = time.monotonic()
    synthesizer = Synthesizer(problem, strategies)
    judge = Context(problem)
    counterexamples: list[tuple[object, ...]] = []
    try:
        while True:
            candidate = synthesizer.propose(counterexamples, deadline=started + seconds)
            took = time.monotonic() - started
            if candidate is None:
                return Searched(None, took)
            node = ast.parse(candidate.source).body[-1]
            assert isinstance(node, ast.FunctionDef)
            wrong = wrong_on(judge, node)
            if wrong is None:
                return Searched(candidate, took)
            counterexamples = [wrong.input]
    finally:
        synthesizer.close()


@dataclass
class StrategyStudy:
    """Tasks, searched with and without a strategy."""

    problems: Mapping[str, SynthesisProblem]
    seconds: float
    arms: Sequence[str]
    measure: str = "share of tasks solved (more is better)"
    bound: float = 1.0
    more_is_better: bool = True
    census: bool = True
    threats: Sequence[str] = (
        "A share within a time limit depends on the machine's speed near the limit.",
        "A strategy whose tasks another one solves too shows no loss when it is left out.",
    )

    @classmethod
    def of(cls, wanted: Strategies, folder: Path) -> StrategyStudy:
        """The tasks of the plan's folder."""
        names = tuple(s.name for s in default_strategies())
        left_out = chosen(wanted.strategies, names, "strategy")
        arms = (ALL, *(WITHOUT + name for name in left_out))
        return cls(problems(folder / wanted.folder), wanted.seconds, arms)

    @property
    def units(self) -> Sequence[str]:
        """The tasks."""
        return sorted(self.problems)

    @property
    def method(self) -> str:
        """For the report."""
        return (
            f"{len(self.problems)} tasks for a new function, each searched for at most "
            f"{self.seconds:g} s, once with all strategies and once without each. An answer "
            f"counts where it is right on {FURTHER} further inputs."
        )

    def values(self, draw: Draw, order: Sequence[str]) -> Mapping[str, float]:
        """1 where the task is solved, else 0; without what does not apply nothing changes."""
        problem = self.problems[draw.unit]
        context = Context(problem)
        idle = {WITHOUT + s.name for s in default_strategies() if s.price(context) is None}
        found = {arm: self._solved(problem, arm) for arm in order if arm not in idle}
        whole = found[ALL]
        return {arm: found.get(arm, whole) for arm in order}

    def _solved(self, problem: SynthesisProblem, arm: str) -> float:
        rest = tuple(s for s in default_strategies() if WITHOUT + s.name != arm)
        return float(search(problem, rest, self.seconds).candidate is not None)
