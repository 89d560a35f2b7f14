"""Quality of a generation, in exact rationals and without a clock.

Cost is what the search tried, terms and bodies, until it gave its answer. The search runs with all
its strategies but the one that asks cvc5 in a process of its own: that one tries no candidates, and
its time is not ours to count.

    Q = mean over the suite of 0 where a task is not solved with its evidence,
        else 1 / (1 + cost / cost at the shipped generation)
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice

from verify_agent.agent.improve.model import digest
from verify_agent.agent.improve.tasks import Task
from verify_agent.agent.run_worker import Request
from verify_agent.agent.run_workers import Workers
from verify_agent.agent.skills.registry import Skills, shipped_source, using
from verify_agent.agent.synth.contract.inputs import Sampler, contract_constants
from verify_agent.agent.synth.contract.specification import Specification
from verify_agent.agent.synth.meter import Meter
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.synth.synthesizer import Kept, Synthesizer, default_strategies
from verify_agent.verifier.errors import VerifyAgentError

LIMIT = 700_000
"""Units of work after which a task counts as not solved."""
JUDGED = 200
"""Inputs that the search has not seen, on which an answer is judged."""
JUDGE_SEED = 20_011
ANSWERS = 8
"""Answers that may be wrong before a task is given up."""
SECONDS_A_TASK = 600.0
"""Time after which a process that does not answer is killed: a net, not a measure."""
LONGER = Fraction(3, 2)
"""How many times the length of the shipped generation's answer counts as no answer."""
STEERING = (
    "candidate_rank",
    "component_cost",
    "leaf_cost",
    "patience",
    "strategy_order",
    "strategy_turn",
)
"""The skills that a search depends on."""
LABELS = ("first", "second")


@dataclass(frozen=True)
class Outcome:
    """One task under one generation: `cost` in candidates tried, `size` of the answer in nodes.

    `failed` are notes on skills that failed on the way, `kept` the answers that were found.
    """

    task: str
    solved: bool
    cost: int
    size: int = 0
    source: str = ""
    by: str = ""
    failed: tuple[str, ...] = ()
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class Measurement:
    """The outcomes of one generation on a suite, by task."""

    outcomes: Mapping[str, Outcome]

    @property
    def tried(self) -> int:
        """Candidates tried in total."""
        return sum(o.cost for o in self.outcomes.values())

    @property
    def solved(self) -> frozenset[str]:
        """The tasks that were solved."""
        return frozenset(name for name, o in self.outcomes.items() if o.solved)

    def against(self, shipped: Measurement) -> Measurement:
        """The same, where an answer that is much longer than the shipped generation's is none.

        Otherwise a search would gain by being content with a worse answer.
        """
        return Measurement(
            {name: no_longer(o, shipped.outcomes[name]) for name, o in self.outcomes.items()}
        )

    def lost(self, before: Measurement) -> tuple[str, ...]:
        """The tasks that were solved before and are not now, in order."""
        return tuple(sorted(before.solved - self.solved))


def no_longer(outcome: Outcome, shipped: Outcome) -> Outcome:
    """The outcome, not solved where its answer is half as long again as another, or more."""
    if not (outcome.solved and shipped.solved and outcome.size >= LONGER * shipped.size):
        return outcome
    reason = f"its answer has {outcome.size} nodes, the shipped generation's {shipped.size}"
    return Outcome(outcome.task, False, outcome.cost, failed=(*outcome.failed, reason))


def quality(measured: Measurement, shipped: Measurement) -> Fraction:
    """Q of a measurement; `ValueError` for another suite or an empty one.

    >>> one = Measurement({"t": Outcome("t", True, 10, 3)})
    >>> quality(one, one), quality(Measurement({"t": Outcome("t", True, 5, 3)}), one)
    (Fraction(1, 2), Fraction(2, 3))
    """
    if not measured.outcomes or set(measured.outcomes) != set(shipped.outcomes):
        raise ValueError("two measurements of different suites, or of none")
    held = measured.against(shipped)
    total = sum(
        Fraction(1) / (1 + Fraction(o.cost, max(1, shipped.outcomes[name].cost)))
        for name, o in held.outcomes.items()
        if o.solved
    )
    return Fraction(total, len(held.outcomes))


def measure_task(task: Task, sources: Mapping[str, str], limit: int = LIMIT) -> Outcome:
    """Search for one task's answer with the skills of a generation; the same on every machine."""
    skills = Skills(sources)
    with using(skills):
        strategies = tuple(s for s in default_strategies() if s.name != "sygus")
        try:
            search = Synthesizer(task.problem, strategies)
            found = _answer(task, search, limit)
        except VerifyAgentError as error:
            return Outcome(task.name, False, limit, failed=(str(error),))
        finally:
            notes = skills.notes
    tried = max(1, search.context.meter.tried)
    kept = tuple(search.kept)
    if found is None:
        return Outcome(task.name, False, tried, failed=notes, kept=kept)
    return Outcome(task.name, True, tried, found.cost, found.source, found.strategy, notes, kept)


def _answer(task: Task, search: Synthesizer, limit: int) -> Candidate | None:
    """The first answer that is right on inputs that the search has not seen."""
    meter = search.context.meter
    judge = Judge(task)
    wrong: list[tuple[object, ...]] = []
    for _ in range(ANSWERS):
        found = search.propose(wrong, cancelled=lambda: meter.spent > limit)
        if found is None:
            return None
        counterexample = judge.against(found.source)
        if counterexample is None:
            return found
        wrong = [counterexample]
    return None


class Judge:
    """Judges answers on inputs drawn by a seed of its own, on a meter of its own."""

    def __init__(self, task: Task) -> None:
        problem = task.problem
        self.spec = Specification(problem, Meter())
        sampler = Sampler(contract_constants(problem), JUDGE_SEED)
        drawn = islice(sampler.inputs(list(problem.types.values())), 2 * JUDGED)
        cases = (self.spec.case(values) for values in drawn)
        self.cases = list(islice((c for c in cases if c is not None), JUDGED))

    def against(self, source: str) -> tuple[object, ...] | None:
        """An input on which a function does not do what the contract says; None without one."""
        node = ast.parse(source).body[-1]
        assert isinstance(node, ast.FunctionDef)
        function = self.spec.machine.function(node)
        self.spec.machine.functions[node.name] = function
        self.spec.undecided = 0
        return next((c.input for c in self.cases if not self.spec.meets(function, c)), None)


def warm_up() -> None:
    """Import what a measurement needs."""
    default_strategies()


@dataclass
class Evaluator:
    """Measures generations in worker processes, which end with this one whatever happens to it.

    What was measured once is not measured again: `known` holds outcomes by a key of the task and
    the texts that a search depends on.
    """

    limit: int = LIMIT
    say: Callable[[str], None] = lambda text: None
    known: MutableMapping[str, Outcome] = field(default_factory=dict)
    _workers: Workers = field(init=False)

    def __post_init__(self) -> None:
        self._workers = Workers(dict.fromkeys(LABELS, f"{__name__}:warm_up"))

    def measure(self, tasks: Sequence[Task], sources: Mapping[str, str]) -> Measurement:
        """The outcomes of a generation of these texts on these tasks.

        A task whose process breaks, or does not come to an end, is not solved.
        """
        wanted = [(t, sources) for t in tasks if self._key(t, sources) not in self.known]
        for pair in (wanted[i : i + len(LABELS)] for i in range(0, len(wanted), len(LABELS))):
            self._measure(pair)
        return Measurement({t.name: self.known[self._key(t, sources)] for t in tasks})

    def both(
        self, task: Task, before: Mapping[str, str], after: Mapping[str, str]
    ) -> tuple[Outcome, Outcome]:
        """The outcomes of two generations on one task, measured side by side."""
        pairs = [(task, before), (task, after)]
        self._measure([p for p in pairs if self._key(*p) not in self.known])
        return self.known[self._key(task, before)], self.known[self._key(task, after)]

    def close(self) -> None:
        """End the processes."""
        self._workers.close()

    def _measure(self, wanted: Sequence[tuple[Task, Mapping[str, str]]]) -> None:
        labelled = dict(zip(LABELS, wanted, strict=False))
        requests = {
            label: Request(f"{__name__}:measure_task", (task, dict(sources), self.limit))
            for label, (task, sources) in labelled.items()
        }
        answers = self._workers.call(requests, SECONDS_A_TASK, lambda label: None)
        for label, (task, sources) in labelled.items():
            value, problem = answers[label].value, answers[label].problem
            broken = Outcome(task.name, False, self.limit, failed=(problem,))
            outcome = value if isinstance(value, Outcome) else broken
            self.known[self._key(task, sources)] = outcome
            self.say(f"{task.name}: {outcome.cost} tried")

    def _key(self, task: Task, sources: Mapping[str, str]) -> str:
        texts = {
            n: sources[n] for n in STEERING if n in sources and sources[n] != shipped_source(n)
        }
        return digest([task.name, repr(task.problem), self.limit, texts])
