"""The real collaborators of a run: synthesizer, engines in warm workers, artefacts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from verify_agent.agent.memory.recall import Recall
from verify_agent.agent.proposers import Attentive, Proposer, Telling, proposer_for
from verify_agent.agent.run_ahead import (
    FOR_DELIVERY,
    FOR_SEARCH,
    Ahead,
    first_seconds,
    get_ready,
    limit_of,
    not_needed,
    wants_more,
)
from verify_agent.agent.run_engines import failed
from verify_agent.agent.run_places import contract_fault, located
from verify_agent.agent.run_store import FOLDER
from verify_agent.agent.run_worker import Answer, Request
from verify_agent.agent.run_workers import Interrupted, Workers
from verify_agent.agent.state import PROPERTIES, SYMBOLIC, Standing, State
from verify_agent.agent.task import ABOUT_GIVEN, IMPLEMENT, REPAIR, WHOLE_MODULE, Task
from verify_agent.agent.tools.bench import CheckInterrupted, Examination, Said
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.errors import ToolMissing, Unsupported
from verify_agent.verifier.evidence import DEDUCTIVE, Attempt, Counterexample, Verdict
from verify_agent.verifier.subject import Subject, obligations_of

if TYPE_CHECKING:
    from verify_agent.agent.repair.proposer import RepairProposer
    from verify_agent.agent.synth.problem import Candidate, SynthesisProblem

GRACE_SECONDS = 5.0
EXAMINE_SECONDS = 0.8
CALLER_SECONDS = 5.0

Heard = Callable[[str], None]


@dataclass
class RunBench:
    """One run's bench; `heard` is told in words what comes in, `clock` gives seconds.

    `remarks` collects what a delivery has to say about the function, `reached` is the coverage of
    delivered tests in millionths, `say` shows a line to whoever waits, `meanwhile` is called while
    the engines work.
    """

    task: Task
    heard: Heard = lambda text: None
    clock: Callable[[], float] = time.monotonic
    write: Callable[[State], tuple[str, ...]] = lambda state: ()
    meanwhile: Callable[[], object] = lambda: None
    folder: Path = Path(FOLDER)
    workers: Workers = field(default_factory=Workers)
    remarks: list[str] = field(default_factory=list)
    reached: int | None = None
    say: Heard = lambda text: None
    recall: Recall = field(init=False)
    ahead: Ahead = field(init=False)
    _started: float = 0.0
    _proposer: Proposer | None = None
    _candidate: Candidate | None = None

    def __post_init__(self) -> None:
        self.recall = Recall(self.task, self.folder)
        self.ahead = Ahead(self.task, self.workers)

    def start(self) -> None:
        """Start the clock, and the workers' imports."""
        self._started = self.clock()
        if self._known_before():
            return  # most likely no engine is asked: each starts when it is
        for label in self.workers.warm_ups:
            self.workers.start(label)

    def close(self) -> None:
        """Kill every process of this run."""
        self.workers.close()
        self.recall.close()
        if self._proposer is not None:
            self._proposer.close()

    def now(self) -> float:
        """Seconds since the start."""
        return self.clock() - self._started

    def _known_before(self) -> bool:
        """Whether this very task was examined in an earlier run."""
        if not self.recall.used:
            return False
        from verify_agent.agent.run_problem import stub_subject

        return self.recall.feasible(stub_subject(self.task))

    def examine(self) -> Examination:
        """Ask the prover's worker; a prover that breaks or is late finds no defect.

        Where the function is there already its own check shows what the contract is worth.
        """
        if self.task.kind in ABOUT_GIVEN:
            return Examination(Standing.OPEN)
        from verify_agent.agent.run_problem import problem_of, stub_subject

        stub = stub_subject(self.task)
        try:
            asked = problem_of(self.task)
        except Unsupported:
            if self.task.kind not in WHOLE_MODULE:
                raise
            return Examination(Standing.OPEN)  # no search needs to state it
        if self.task.kind == REPAIR and self._repairs().changing:
            return Examination(Standing.OPEN)
        if self.recall.feasible(stub):
            return Examination(Standing.OPEN)
        request = Request(
            "verify_agent.agent.run_examine:examine",
            (asked, stub, EXAMINE_SECONDS),
        )
        self.workers.send({DEDUCTIVE: request})
        if self.task.kind == IMPLEMENT:
            get_ready(FOR_SEARCH)
        answer = self.workers.call({DEDUCTIVE: request}, 5.0, self.heard)[DEDUCTIVE]
        match answer.value:
            case Examination() as found, Unsupported() as problem:
                return replace(found, unsupported=contract_fault(self.task, stub, problem))
            case Examination() as found, None:
                if found.standing is Standing.OPEN:
                    self.recall.keep_feasible(stub)
                return self._repairable(found, asked)
        self.heard(f"the contract was not examined: {answer.problem}")
        return Examination(Standing.OPEN)

    def _repairs(self) -> RepairProposer:
        from verify_agent.agent.repair.proposer import RepairProposer

        proposer = self._proposes()
        assert isinstance(proposer, RepairProposer)
        return proposer

    def _repairable(self, found: Examination, asked: SynthesisProblem) -> Examination:
        """A contract that can't be met is no end of a repair: fewer inputs may be allowed.

        The inputs on which the function fails are the likeliest that have no result.
        """
        if self.task.kind != REPAIR or found.standing is Standing.VACUOUS:
            return found
        proposer = self._repairs()
        told = found.explanation
        if found.standing is Standing.OPEN and proposer.failing:
            arguments = (asked, proposer.failing, EXAMINE_SECONDS)
            request = Request("verify_agent.agent.run_examine:impossible_input", arguments)
            answer = self.workers.call({DEDUCTIVE: request}, 5.0, self.heard)[DEDUCTIVE]
            told = f"no result of {answer.value} meets the ensures" if answer.value else ""
        proposer.unmeetable = bool(told)
        return replace(found, standing=Standing.OPEN, explanation=told)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], seconds: float
    ) -> Candidate | None:
        """The next candidate of whoever proposes for this kind of task."""
        return self._proposes().propose(counterexamples, self.clock() + max(0.0, seconds))

    def simplify(self, candidate: Candidate) -> Candidate:
        """The simplified candidate if it is smaller, else the same."""
        return self._proposes().simplify(candidate)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the report should say of who proposed."""
        return self._proposer.notes if isinstance(self._proposer, Telling) else ()

    def _proposes(self) -> Proposer:
        if self._proposer is None:
            self._proposer = proposer_for(self.task, self.clock, self.heard, self.folder)
        return self._proposer

    def subject(self, candidate: Candidate) -> Subject:
        """The module as it would be delivered, under the task's contract."""
        from verify_agent.agent.run_problem import delivered_subject

        self._candidate = candidate
        return delivered_subject(self.task, candidate.source)

    def check(
        self, subject: Subject, engines: frozenset[str], seconds: Mapping[str, float]
    ) -> Mapping[str, Said]:
        """Each engine in its own worker, all at once."""
        known = {e: Answer(s) for e in sorted(engines) if (s := self.recall.said(e, subject))}
        shortened = first_seconds(seconds)
        if not_needed(SYMBOLIC, shortened, known):
            vain = self.recall.silent(SYMBOLIC, subject, shortened[SYMBOLIC])
            known |= {SYMBOLIC: Answer(vain)} if vain is not None else {}
        found = {e: self._said(e, subject, a) for e, a in known.items()}
        self.ahead.knows(subject, known)
        left = {e: seconds[e] for e in sorted(engines) if e not in known}
        first = {e: s for e, s in shortened.items() if e in left}
        try:
            found |= self._ask_engines(subject, first)
            if first != left and wants_more(found):
                found |= self._ask_engines(subject, {SYMBOLIC: left[SYMBOLIC]})
        except Interrupted as stopped:
            done = {e: self._said(e, subject, a) for e, a in stopped.answers.items()}
            raise CheckInterrupted(found | done) from None
        if DEDUCTIVE in engines and self.task.kind == REPAIR and self.task.in_codebase:
            found[DEDUCTIVE] = self._with_callers(subject, found)
        proposer = self._proposes()
        if isinstance(proposer, Attentive):
            proposer.learn(found)
        return found

    def _ask_engines(self, subject: Subject, seconds: Mapping[str, float]) -> dict[str, Said]:
        """What engines say that no earlier run can answer for; the others go to work meanwhile."""
        if not seconds:
            return {}
        asked = {e: self.ahead.request(e, subject, limit) for e, limit in seconds.items()}
        longest = max(seconds.values()) + GRACE_SECONDS
        self.workers.send(asked)
        self.ahead.others(subject, frozenset(asked))
        get_ready(FOR_DELIVERY)
        self.meanwhile()
        answers = self.workers.call(asked, longest, self.heard, self.ahead.came)
        for engine, answer in answers.items():
            if isinstance(answer.value, Said):
                self.recall.keep(engine, subject, answer.value)
                if engine == SYMBOLIC:
                    had = limit_of(asked[engine])
                    self.recall.keep_silent(engine, subject, answer.value, had)
        return {e: self._said(e, subject, answer) for e, answer in answers.items()}

    def _with_callers(self, subject: Subject, found: Mapping[str, Said]) -> Said:
        """The prover's words with those on what stands around a repair, unless it is refuted."""
        from verify_agent.agent.repair.callers import callers_obligation, checked_again

        said = found[DEDUCTIVE]
        origin = self.task.origin
        refuted = any(a.outcome is Verdict.REFUTED for s in found.values() for _, a in s.attempts)
        if refuted or origin is None or origin.path is None:
            return said
        others = self._candidate.others if self._candidate else ()
        changes = {origin.path.resolve(): subject.source, **{Path(p): t for p, t in others}}
        again = checked_again(self.task, changes, self._judged)
        (obligation,) = callers_obligation(self.task, subject.qualname)
        attempts = (*said.attempts, (obligation.id, again.attempt))
        return replace(said, attempts=attempts, notes=(*said.notes, *again.notes))

    def _judged(self, subject: Subject) -> tuple[Verdict, str]:
        """The weakest word on a function around a repair: of the prover, else of random tests."""
        said: list[tuple[str, Attempt]] = []
        for engine in (DEDUCTIVE, PROPERTIES):
            self.heard(f"checking {subject.id} again")
            asked = (engine, subject, Limits(seconds=CALLER_SECONDS), self.task.seed)
            request = {engine: Request("verify_agent.agent.run_engines:check", asked)}
            longest = CALLER_SECONDS + GRACE_SECONDS
            answer = self.workers.call(request, longest, lambda label: None)[engine]
            known = answer.value if isinstance(answer.value, Said) else None
            said += (known or failed(engine, subject, answer.problem)).attempts
            judged = [
                o.with_attempts(a for i, a in said if i == o.id) for o in obligations_of(subject)
            ]
            worst = min(judged, key=lambda o: o.verdict.rank)
            if worst.verdict.positive:
                break
        return worst.verdict, f"{worst.kind} `{worst.text}`: {worst.reason}"

    def _said(self, engine: str, subject: Subject, answer: Answer) -> Said:
        if not isinstance(answer.value, Said):
            return failed(engine, subject, answer.problem)
        return answer.value if engine != DEDUCTIVE else located(self.task, subject, answer.value)

    def ask(self, label: str, request: Request, seconds: float) -> Any:
        """What a call in the warm worker of that name returns; `ToolMissing` where it fails."""
        answer = self.workers.call({label: request}, seconds, self.heard)[label]
        if answer.problem:
            raise ToolMissing(f"{request.target.partition(':')[2]}: {answer.problem}")
        return answer.value

    def deliver(self, state: State) -> tuple[str, ...]:
        """Write what the run delivers."""
        return self.write(state)
