"""The real collaborators of a run: synthesizer, engines in warm workers, artefacts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from verify_agent.agent.proposers import Proposer, proposer_for
from verify_agent.agent.run_engines import WARM_UPS, failed
from verify_agent.agent.run_places import contract_fault, located
from verify_agent.agent.run_worker import Answer, Request
from verify_agent.agent.run_workers import Interrupted, Workers
from verify_agent.agent.state import PROPERTIES, SYMBOLIC, TYPING, Standing, State
from verify_agent.agent.task import WHOLE_MODULE, Task
from verify_agent.agent.tools.bench import CheckInterrupted, Examination, Said
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import DEDUCTIVE, Counterexample
from verify_agent.verifier.subject import Subject

if TYPE_CHECKING:
    from verify_agent.agent.synth.problem import Candidate

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
    _proposer: Proposer | None = None

    def start(self) -> None:
        """Start the clock, and the workers' imports."""
        self._started = self.clock()
        for label in (DEDUCTIVE, TYPING, SYMBOLIC, PROPERTIES):
            self.workers.start(label)

    def close(self) -> None:
        """Kill every process of this run."""
        self.workers.close()
        if self._proposer is not None:
            self._proposer.close()

    def now(self) -> float:
        """Seconds since the start."""
        return self.clock() - self._started

    def examine(self) -> Examination:
        """Ask the prover's worker; a prover that breaks or is late finds no defect."""
        from verify_agent.agent.run_problem import problem_of, stub_subject

        stub = stub_subject(self.task)
        try:
            problem = problem_of(self.task)
        except Unsupported:
            if self.task.kind not in WHOLE_MODULE:
                raise
            return Examination(Standing.OPEN)  # no search needs to state it
        request = Request(
            "verify_agent.agent.run_examine:examine",
            (problem, stub, EXAMINE_SECONDS),
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
        """The next candidate of whoever proposes for this kind of task."""
        return self._proposes().propose(counterexamples, self.clock() + max(0.0, seconds))

    def simplify(self, candidate: Candidate) -> Candidate:
        """The simplified candidate if it is smaller, else the same."""
        return self._proposes().simplify(candidate)

    def _proposes(self) -> Proposer:
        if self._proposer is None:
            self._proposer = proposer_for(self.task, self.clock)
        return self._proposer

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
