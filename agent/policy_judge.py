"""Judge policies on a recorded suite: what each task costs, and paired differences of that."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from verify_agent.agent import policy_prior as prior
from verify_agent.agent.loop import Decision, Policy
from verify_agent.agent.policy_counts import Counts, Observation, counted, observations
from verify_agent.agent.policy_recording import Recording
from verify_agent.agent.policy_replay import replay, task_of
from verify_agent.agent.policy_rivals import FixedOrder
from verify_agent.agent.state import (
    PROPERTIES,
    SYMBOLIC,
    TYPING,
    Ending,
    Goal,
    State,
)
from verify_agent.verifier.evidence import DEDUCTIVE, Verdict

#: What a task is charged that ends without the evidence, beside the seconds it took: what the
#: model takes a delivery and giving up to differ by.
MISSED_SECONDS = float(prior.DELIVERY_WORTH) - float(prior.GIVING_UP_WORTH)
#: The evidence that each recorded task is asked for in turn.
ASKED = (Verdict.PROVED, Verdict.TESTED)


@dataclass(frozen=True)
class Trial:
    """One task, with one evidence asked for, under one policy; `seconds` simulated or real."""

    task: str
    asked: Verdict
    reached: bool
    seconds: float

    @property
    def cost(self) -> float:
        """Seconds, and what missing the evidence counts."""
        return self.seconds + (0.0 if self.reached else MISSED_SECONDS)


@dataclass(frozen=True)
class Interval:
    """A mean with its 95 % interval."""

    mean: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.mean:+.2f} [{self.low:+.2f}, {self.high:+.2f}]"


@dataclass
class Watcher:
    """A journal that keeps what can be learned."""

    seen: list[Observation] = field(default_factory=list)

    def decided(self, number: int, decision: Decision, state: State) -> None:
        """Nothing is known yet."""

    def happened(self, number: int, decision: Decision, before: State, after: State) -> None:
        """Keep what the step shows."""
        self.seen += observations(decision.action, before, after)

    def ended(self, state: State) -> None:
        """Nothing more."""


def goal(recording: Recording, asked: Verdict) -> Goal:
    """What a run of the recorded task must reach."""
    from dataclasses import replace

    from verify_agent.agent.run import goal_of

    return replace(goal_of(task_of(recording.task)), evidence=asked)


def judge(
    policy: Policy,
    suite: Iterable[Recording],
    asked: Sequence[Verdict] = ASKED,
    noise: float = 1.0,
) -> list[Trial]:
    """A trial for each task and each evidence."""
    made = []
    for recording in suite:
        for wanted in asked:
            last = replay(recording, policy, goal(recording, wanted), Watcher(), noise)
            reached = last.ending is Ending.DELIVERED
            made.append(Trial(recording.name, wanted, reached, last.seconds))
    return made


def paired(ours: Sequence[Trial], theirs: Sequence[Trial]) -> Interval:
    """The mean of ours - theirs in cost, by task; Student's t over the tasks.

    Trials of one task (other evidence, repeats) are averaged first: they are not independent.
    Raises `ValueError` where they are not trials of the same things.
    """
    if [(t.task, t.asked) for t in ours] != [(t.task, t.asked) for t in theirs]:
        raise ValueError("these are trials of other tasks")
    by_task: dict[str, list[float]] = {}
    for a, b in zip(ours, theirs, strict=True):
        by_task.setdefault(a.task, []).append(a.cost - b.cost)
    return interval([statistics.fmean(differences) for differences in by_task.values()])


def interval(values: Sequence[float]) -> Interval:
    """The mean with its 95 % interval; the values themselves where there is one only."""
    from scipy.stats import t as student

    mean = statistics.fmean(values)
    if len(values) < 2:
        return Interval(mean, mean, mean)
    half = float(student.ppf(0.975, len(values) - 1)) * statistics.stdev(values)
    half /= len(values) ** 0.5
    return Interval(mean, mean - half, mean + half)


_EXPLORING = tuple(
    FixedOrder(tuple(frozenset({e}) for e in order))
    for order in (
        (DEDUCTIVE, PROPERTIES, TYPING, SYMBOLIC),
        (SYMBOLIC, PROPERTIES, TYPING, DEDUCTIVE),
        (TYPING, PROPERTIES, DEDUCTIVE, SYMBOLIC),
    )
)


#: Replays of one task in `explored_in`.
RUNS_EXPLORED = len(_EXPLORING) * len(ASKED)


def explored(suite: Sequence[Recording], today: str) -> Counts:
    """Counts from replays in which each engine is seen alone, early and late."""
    seen = [step for recording in suite for step in explored_in(recording)]
    return counted(seen, len(suite) * RUNS_EXPLORED, today)


def explored_in(recording: Recording) -> list[Observation]:
    """What such replays of one task show; the same step of the same task counts once."""
    seen: list[Observation] = []
    for asked in ASKED:
        watcher = Watcher()
        for policy in _EXPLORING:
            replay(recording, policy, goal(recording, asked), watcher)
        seen += dict.fromkeys(watcher.seen)
    return seen
