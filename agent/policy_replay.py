"""Replay a recorded task under any policy: the real loop and tools, recorded words, a clock.

What differs from a real run: a refuted candidate is followed by the one that followed it when
it was recorded, whichever engine refutes it now, and engines side by side take the longest of
them or their sum over the processors. As there, engines that were not asked go to work on what is
left of the processors (`run_ahead`), and CrossHair has a short limit first beside the prover.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from verify_agent.agent import policy_prior as prior
from verify_agent.agent.loop import Journal, Policy, run
from verify_agent.agent.policy_recording import (
    SYMBOLIC_AFTER_PROOF,
    Proposed,
    Recording,
    Words,
)
from verify_agent.agent.run_ahead import first_seconds, seconds_ahead, wants_more
from verify_agent.agent.state import ALWAYS, SYMBOLIC, Goal, Standing, State
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task, parse_task
from verify_agent.agent.tools.bench import Examination, Said
from verify_agent.verifier.evidence import DEDUCTIVE, Attempt, Counterexample, Verdict
from verify_agent.verifier.subject import Subject

OVERHEAD_SECONDS = float(prior.START_SECONDS)
#: An engine may end a little after its own limit, and is heard all the same.
GRACE_SECONDS = 2.0
LATE = "no answer in time"


@dataclass
class ReplayBench:
    """The collaborators of a run, out of a recording; the clock is simulated.

    `noise` multiplies each duration, so that a repeat is another draw.
    """

    recording: Recording
    noise: float = 1.0
    seconds: float = 0.0
    _next: int = 0
    _shown: Proposed | None = field(default=None)
    _ahead: dict[str, float] = field(default_factory=dict)

    def now(self) -> float:
        """Simulated seconds since the start."""
        return self.seconds

    def examine(self) -> Examination:
        """As recorded."""
        self._takes(self.recording.examine_seconds)
        known = self.recording
        return Examination(Standing(known.standing), known.explanation, known.unsupported)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], seconds: float
    ) -> Candidate | None:
        """The next recorded candidate; None where the seconds do not reach or there is none."""
        if self._next >= len(self.recording.candidates):
            self._takes(min(self.recording.last_seconds, seconds))
            return None
        found = self.recording.candidates[self._next]
        self._takes(min(found.seconds, seconds))
        if found.seconds > seconds:
            return None
        self._next += 1
        self._shown = found
        self._ahead = {}
        return Candidate(found.source, found.strategy, found.cost)

    def simplify(self, candidate: Candidate) -> Candidate:
        """The same: recorded candidates are simplified ones."""
        self._takes(float(prior.SIMPLIFY_SECONDS))
        return candidate

    def subject(self, candidate: Candidate) -> Subject:
        """The module under the task's contract."""
        return _subject(self.recording.task, candidate.source)

    def check(
        self, subject: Subject, engines: frozenset[str], seconds: Mapping[str, float]
    ) -> Mapping[str, Said]:
        """The recorded words; an engine whose recorded time is over its limit says nothing."""
        if self._shown is None:
            raise ValueError("nothing was proposed")
        first = first_seconds(seconds)
        if SYMBOLIC in self._ahead:
            first[SYMBOLIC] = seconds_ahead(SYMBOLIC)
        words = {e: self._words(self._shown, e, first[e]) for e in sorted(engines)}
        self._side_by_side(self._shown, {e: _took(w, first[e]) for e, w in words.items()})
        said = {e: _said(e, w, first[e]) for e, w in words.items()}
        if first != seconds and DEDUCTIVE in engines and wants_more(said):
            whole = self._words(self._shown, SYMBOLIC, seconds[SYMBOLIC])
            self._takes(_took(whole, seconds[SYMBOLIC]))
            said[SYMBOLIC] = _said(SYMBOLIC, whole, seconds[SYMBOLIC])
        return said

    def _side_by_side(self, shown: Proposed, took: Mapping[str, float]) -> None:
        """Let engines that are waited for take so long; the others get on meanwhile."""
        left = {e: max(0.0, t - self._ahead.get(e, 0.0)) for e, t in took.items()}
        waited = max(max(left.values()), sum(left.values()) / prior.PROCESSORS)
        self._takes(OVERHEAD_SECONDS + waited)
        idle = waited * prior.PROCESSORS - sum(left.values())
        for engine in ALWAYS:
            done = self._ahead.get(engine, 0.0)
            limit = seconds_ahead(engine)
            lacks = _took(self._words(shown, engine, limit), limit) - done
            share = 0.0 if engine in took else max(0.0, min(idle, waited, lacks))
            self._ahead[engine] = took.get(engine, done + share)
            idle -= share

    def deliver(self, state: State) -> tuple[str, ...]:
        """Nothing is written."""
        return ()

    def _words(self, shown: Proposed, engine: str, limit: float) -> Words:
        short = engine == SYMBOLIC and SYMBOLIC_AFTER_PROOF in shown.words
        return shown.words[SYMBOLIC_AFTER_PROOF if short and limit <= 2.0 else engine]

    def _takes(self, seconds: float) -> None:
        self.seconds += seconds * self.noise


def _took(words: Words, limit: float) -> float:
    """How long an engine was at it; it is stopped a little after its limit."""
    return min(words.seconds, limit + GRACE_SECONDS)


def replay(
    recording: Recording, policy: Policy, goal: Goal, journal: Journal, noise: float = 1.0
) -> State:
    """The last state of the recorded task's run under a policy."""
    bench = ReplayBench(recording, noise)
    return run(State(task_of(recording.task), goal), policy, bench, journal)


@cache
def task_of(text: str) -> Task:
    """The task of a recording."""
    return parse_task(text, Path("recorded.yaml"))


@cache
def _subject(task: str, source: str) -> Subject:
    from verify_agent.agent.run_problem import delivered_subject

    return delivered_subject(task_of(task), source)


def _said(engine: str, words: Words, limit: float) -> Said:
    late = words.seconds > limit + GRACE_SECONDS
    return Said(
        tuple(
            (i, _attempt(engine, verdict, reason, call, late))
            for i, verdict, reason, call in words.attempts
        ),
        unsupported=words.unsupported,
    )


def _attempt(engine: str, verdict: str, reason: str, call: str, late: bool) -> Attempt:
    if late:
        return Attempt(engine, Verdict.UNKNOWN, LATE)
    outcome = Verdict(verdict)
    shown = Counterexample(call, "", replayed=True) if outcome is Verdict.REFUTED else None
    return Attempt(engine, outcome, reason, counterexample=shown)
