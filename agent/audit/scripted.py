"""A bench whose collaborators answer by chance, so that the real loop walks many paths quickly.

No engine runs: what each would say is drawn, as is the clock. The loop, its tools, the policy
and the abstraction are the real ones; that is what claim C16 is about.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from verify_agent.agent.abstraction import AbstractState, abstract_state
from verify_agent.agent.loop import Decision, Policy, run
from verify_agent.agent.policy_actions import enabled
from verify_agent.agent.state import TYPING, Ending, Goal, Standing, State
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task, parse_task
from verify_agent.agent.tools.bench import Examination, Said
from verify_agent.verifier.engines.base import Findings
from verify_agent.verifier.evidence import Attempt, Counterexample, Verdict
from verify_agent.verifier.subject import Subject, obligations_of, types_obligation

_TASK = """
name: double
signature: "double(x: int) -> int"
ensures: ["result == x + x"]
"""
#: What an engine may say of a right candidate, and of a wrong one: no two contradict each other.
_OF_RIGHT: dict[str, tuple[Verdict, ...]] = {
    "typing": (Verdict.PROVED, Verdict.PROVED, Verdict.PROVED, Verdict.UNKNOWN),
    "symbolic": (Verdict.CONFIRMED, Verdict.UNKNOWN, Verdict.ERROR),
    "properties": (Verdict.TESTED, Verdict.TESTED, Verdict.UNKNOWN),
    "deductive": (Verdict.PROVED, Verdict.UNKNOWN, Verdict.CANDIDATE),
}
_OF_WRONG: dict[str, tuple[Verdict, ...]] = {
    "typing": (Verdict.PROVED,),
    "symbolic": (Verdict.REFUTED, Verdict.UNKNOWN),
    "properties": (Verdict.REFUTED, Verdict.TESTED),
    "deductive": (Verdict.REFUTED, Verdict.UNKNOWN),
}


@dataclass
class ScriptedBench:
    """Answers drawn from a source of chance."""

    task: Task
    source: random.Random
    seconds: float = 0.0
    proposed: int = 0
    most: int = field(init=False)

    def __post_init__(self) -> None:
        self.most = self.source.randrange(9)

    def now(self) -> float:
        """A clock that mostly creeps and sometimes jumps."""
        self.seconds += self.source.choice((0.01, 0.01, 0.01, 0.01, 8.0, 31.0))
        return self.seconds

    def examine(self) -> Examination:
        """Mostly no defect."""
        standing = self.source.choice((Standing.OPEN,) * 6 + (Standing.VACUOUS,))
        return Examination(standing, "" if standing is Standing.OPEN else "drawn")

    def propose(
        self, counterexamples: tuple[Counterexample, ...], seconds: float
    ) -> Candidate | None:
        """A different candidate each time, until there are no more."""
        if self.proposed >= self.most:
            return None
        self.proposed += 1
        factor = self.source.choice((2, 2, 3))
        body = f"def double(x: int) -> int:\n    return {factor} * x + 0 * {self.proposed}\n"
        return Candidate(body, "scripted", 9)

    def simplify(self, candidate: Candidate) -> Candidate:
        """As it is."""
        return candidate

    def subject(self, candidate: Candidate) -> Subject:
        """Under the task's contract."""
        return self.task.subject(candidate.source)

    def check(
        self, subject: Subject, engines: frozenset[str], seconds: Mapping[str, float]
    ) -> Mapping[str, Said]:
        """Each engine says one drawn word of all that it speaks about."""
        return {e: Said.of(self._findings(subject, e)) for e in sorted(engines)}

    def _findings(self, subject: Subject, engine: str) -> Findings:
        words = _OF_RIGHT if "2 * x" in subject.source else _OF_WRONG
        word = self.source.choice(words[engine])
        shown = Counterexample("double(1)", "1", replayed=True) if word is Verdict.REFUTED else None
        reason = "drawn" if word is Verdict.UNKNOWN else ""
        asked = (types_obligation(subject),) if engine == TYPING else obligations_of(subject)
        return Findings({o.id: Attempt(engine, word, reason, counterexample=shown) for o in asked})

    def deliver(self, state: State) -> tuple[str, ...]:
        """Nothing is written."""
        return ("double.py",)


@dataclass(frozen=True)
class RandomPolicy:
    """Any enabled action, so that more than the solved policy's paths are walked."""

    source: random.Random

    def decide(self, state: AbstractState) -> Decision:
        """A drawn choice."""
        return Decision(state, self.source.choice(enabled(state)))


@dataclass(frozen=True)
class FixedPolicy:
    """The policy that was certified, by the names of its states."""

    actions: Mapping[str, str]

    def decide(self, state: AbstractState) -> Decision:
        """Its choice."""
        return Decision(state, self.actions[state.name])


@dataclass
class Steps:
    """A journal of abstract steps: state, action, next state."""

    taken: list[tuple[str, str, str]] = field(default_factory=list)

    def decided(self, number: int, decision: Decision, state: State) -> None:
        """Nothing to note yet."""

    def happened(self, number: int, decision: Decision, before: State, after: State) -> None:
        """Note the step."""
        self.taken.append((decision.state.name, decision.action, abstract_state(after).name))

    def ended(self, state: State) -> None:
        """The last step was noted already."""


@dataclass(frozen=True)
class GeneratedRun:
    """The steps of a run, its ending, and whether a delivery had its evidence."""

    steps: tuple[tuple[str, str, str], ...]
    ending: Ending
    sound: bool


def generated_run(seed: int, policy: Policy | None = None) -> GeneratedRun:
    """One run of the real loop on a scripted bench; a random policy unless one is given."""
    source = random.Random(seed)
    task = parse_task(_TASK, Path("double.yaml"))
    evidence = source.choice((Verdict.TESTED, Verdict.CONFIRMED, Verdict.PROVED))
    goal = Goal(evidence, 60.0, source.random() < 0.5, rejected=source.choice((1, 2, 40)))
    journal = Steps()
    chosen = policy or RandomPolicy(source)
    last = run(State(task, goal), chosen, ScriptedBench(task, source), journal)
    assert last.ending is not None
    return GeneratedRun(
        tuple(journal.taken), last.ending, last.ending is not Ending.DELIVERED or last.deliverable
    )
