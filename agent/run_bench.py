"""The real collaborators of a run: synthesizer, engines in warm workers, artefacts."""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verify_agent.agent.run_engines import WARM_UPS, failed
from verify_agent.agent.run_places import contract_fault, located
from verify_agent.agent.run_worker import Answer, Request
from verify_agent.agent.run_workers import Interrupted, Workers
from verify_agent.agent.state import PROPERTIES, SYMBOLIC, TYPING, Standing, State
from verify_agent.agent.task import Task
from verify_agent.agent.tools.bench import CheckInterrupted, Examination, Said
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import DEDUCTIVE, Counterexample
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.agent.run_method import Method
    from verify_agent.agent.synth.problem import Candidate
    from verify_agent.agent.synth.synthesizer import Synthesizer

GRACE_SECONDS = 5.0
EXAMINE_SECONDS = 0.8

Heard = Callable[[str], None]


@dataclass
class RunBench:
    """One run's bench; `heard` is told in words what comes in, `clock` gives seconds."""

    task: Task
    heard: Heard = lambda text: None
    clock: Callable[[], float] = time.monotonic
    write: Callable[[State], tuple[str, ...]] = lambda state: ()
    workers: Workers = field(default_factory=lambda: Workers(WARM_UPS))
    _started: float = 0.0
    _synthesizer: Synthesizer | None = None
    _known: int = 0

    def start(self) -> None:
        """Start the clock, and the workers' imports."""
        self._started = self.clock()
        for label in (DEDUCTIVE, TYPING, SYMBOLIC, PROPERTIES):
            self.workers.start(label)

    def close(self) -> None:
        """Kill every process of this run."""
        self.workers.close()
        if self._synthesizer is not None:
            self._synthesizer.close()

    def now(self) -> float:
        """Seconds since the start."""
        return self.clock() - self._started

    def examine(self) -> Examination:
        """Ask the prover's worker; a prover that breaks or is late finds no defect."""
        from verify_agent.agent.run_problem import stub_subject

        stub = stub_subject(self.task)
        request = Request(
            "verify_agent.agent.run_examine:examine",
            (self._proposer().problem, stub, EXAMINE_SECONDS),
        )
        answer = self.workers.call({DEDUCTIVE: request}, 5.0, self.heard)[DEDUCTIVE]
        match answer.value:
            case Examination() as found, Unsupported() as problem:
                return replace(found, unsupported=contract_fault(self.task, stub, problem))
            case Examination() as found, None:
                return found
        self.heard(f"the contract was not examined: {answer.problem}")
        return Examination(Standing.OPEN)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], seconds: float
    ) -> Candidate | None:
        """The synthesizer's next candidate; counterexamples that are no plain call are left out."""
        method = self._method()
        if method is not None:  # a call of a method says nothing of the function searched for
            found = self._proposer().propose(deadline=self.clock() + max(0.0, seconds))
            from verify_agent.agent.run_method import as_method

            return as_method(method, found) if found else None
        fresh = counterexamples[self._known :]
        self._known = len(counterexamples)
        inputs = [values for c in fresh if (values := arguments_of(c)) is not None]
        return self._proposer().propose(inputs, deadline=self.clock() + max(0.0, seconds))

    def _method(self) -> Method | None:
        from verify_agent.agent.run_method import as_function

        return as_function(self.task)

    def _proposer(self) -> Synthesizer:
        if self._synthesizer is None:
            from verify_agent.agent.run_problem import problem_of
            from verify_agent.agent.synth.synthesizer import Synthesizer

            self._synthesizer = Synthesizer(problem_of(self.task), clock=self.clock)
        return self._synthesizer

    def simplify(self, candidate: Candidate) -> Candidate:
        """The simplified candidate if it is smaller, else the same."""
        if self._method() is not None:
            return candidate
        from verify_agent.agent.run_problem import simplified_candidate

        return simplified_candidate(self._proposer().context, candidate)

    def subject(self, candidate: Candidate) -> Subject:
        """The module as it would be delivered, under the task's contract."""
        from verify_agent.agent.run_problem import delivered_subject

        return delivered_subject(self.task, candidate.source)

    def check(
        self, subject: Subject, engines: frozenset[str], seconds: Mapping[str, float]
    ) -> Mapping[str, Said]:
        """Each engine in its own worker, all at once."""
        limits = {e: Limits(seconds=seconds[e]) for e in sorted(engines)}
        requests = {
            e: Request("verify_agent.agent.run_engines:check", (e, subject, limit, self.task.seed))
            for e, limit in limits.items()
        }
        longest = max(limit.seconds for limit in limits.values())
        try:
            answers = self.workers.call(requests, longest + GRACE_SECONDS, self.heard)
        except Interrupted as stopped:
            done = {e: self._said(e, subject, a) for e, a in stopped.answers.items()}
            raise CheckInterrupted(done) from None
        return {e: self._said(e, subject, answers[e]) for e in engines}

    def _said(self, engine: str, subject: Subject, answer: Answer) -> Said:
        if not isinstance(answer.value, Said):
            return failed(engine, subject, answer.problem)
        return answer.value if engine != DEDUCTIVE else located(self.task, subject, answer.value)

    def deliver(self, state: State) -> tuple[str, ...]:
        """Write what the run delivers."""
        return self.write(state)


def arguments_of(counterexample: Counterexample) -> tuple[object, ...] | None:
    """The values in a call with literal positional arguments; None for any other.

    >>> arguments_of(Counterexample("f(-1, [2], 'a')", "False"))
    (-1, [2], 'a')
    """
    if counterexample.setup:
        return None
    try:
        call = ast.parse(counterexample.call, mode="eval").body
        if not isinstance(call, ast.Call) or call.keywords:
            return None
        return tuple(ast.literal_eval(a) for a in call.args)
    except (ValueError, SyntaxError, TypeError):
        return None
