"""Stand-ins for a run's collaborators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from verify_agent.agent.state import TYPING, Goal, Standing, State
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task, parse_task
from verify_agent.agent.tools.bench import Examination, Said
from verify_agent.verifier.engines.base import Findings
from verify_agent.verifier.evidence import DEDUCTIVE, Attempt, Counterexample, Verdict
from verify_agent.verifier.subject import Subject, obligations_of, types_obligation

TASK = """
name: double
signature: "double(x: int) -> int"
ensures: ["result == x + x"]
"""
RIGHT = "def double(x: int) -> int:\n    return 2 * x\n"
WRONG = "def double(x: int) -> int:\n    return x\n"

Says = Callable[[Subject, str], Verdict]


def findings(subject: Subject, engine: str, word: Verdict) -> Findings:
    """An engine that says the same of all that it speaks about."""
    shown = Counterexample("double(1)", "1", replayed=True) if word is Verdict.REFUTED else None
    reason = "too hard" if (engine, word) == (DEDUCTIVE, Verdict.UNKNOWN) else ""
    attempt = Attempt(engine, word, reason, counterexample=shown)
    asked = (types_obligation(subject),) if engine == TYPING else obligations_of(subject)
    return Findings({o.id: attempt for o in asked})


@dataclass
class FakeBench:
    """Answers from tables; `clock` moves by one second a call."""

    task: Task
    says: Mapping[str, Verdict] = field(default_factory=dict)
    candidates: list[str] = field(default_factory=lambda: [RIGHT])
    standing: Standing = Standing.OPEN
    unproved: tuple[str, ...] = ()
    unsupported: str = ""
    seconds: float = 0.0
    delivered: list[State] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    known: tuple[Counterexample, ...] = ()

    def now(self) -> float:
        self.seconds += 0.01
        return self.seconds

    def examine(self) -> Examination:
        self.calls.append("examine")
        return Examination(self.standing, "" if self.standing is Standing.OPEN else "shown")

    def propose(
        self, counterexamples: tuple[Counterexample, ...], seconds: float
    ) -> Candidate | None:
        self.calls.append("propose")
        self.known = counterexamples
        return Candidate(self.candidates.pop(0), "fake", 9) if self.candidates else None

    def simplify(self, candidate: Candidate) -> Candidate:
        return candidate

    def subject(self, candidate: Candidate) -> Subject:
        return self.task.subject(candidate.source)

    def check(
        self, subject: Subject, engines: frozenset[str], seconds: Mapping[str, float]
    ) -> Mapping[str, Said]:
        self.calls.append("check " + "+".join(sorted(engines)))
        said = {e: Said.of(findings(subject, e, self.word(subject, e))) for e in engines}
        if self.hard(subject) and DEDUCTIVE in said:
            said[DEDUCTIVE] = replace(said[DEDUCTIVE], unsupported=self.unsupported)
        return said

    def hard(self, subject: Subject) -> bool:
        return any(text.rpartition("return")[2].strip() in subject.source for text in self.unproved)

    def word(self, subject: Subject, engine: str) -> Verdict:
        if engine == TYPING:
            return self.says.get(engine, Verdict.PROVED)
        if "2 * x" not in subject.source:
            return Verdict.REFUTED
        if self.hard(subject) and engine in (DEDUCTIVE, "symbolic"):
            return Verdict.UNKNOWN
        return self.says.get(engine, _USUAL[engine])

    def deliver(self, state: State) -> tuple[str, ...]:
        self.delivered.append(state)
        return ("double.py",)


_USUAL = {
    "symbolic": Verdict.CONFIRMED,
    "properties": Verdict.TESTED,
    "deductive": Verdict.PROVED,
}


@pytest.fixture(scope="session")
def double() -> Task:
    return parse_task(TASK, Path("double.yaml"))


@pytest.fixture
def fake_bench(double: Task) -> Callable[..., FakeBench]:
    return lambda **changes: FakeBench(double, **changes)


@pytest.fixture(scope="session")
def start(double: Task) -> State:
    return State(double, Goal(Verdict.PROVED, 60.0))


@pytest.fixture(scope="session")
def make_findings() -> Callable[[Subject, str, Verdict], Findings]:
    return findings
