"""Does the solved policy pay? Policies learned on a half of the recorded runs, and a task judged.

Each draw cuts the recorded suite into two halves by chance, learns on one, and replays one task
of the other under each policy on simulated time.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from verify_agent.agent.abstraction import AbstractState
from verify_agent.agent.experiment.plan import Policies
from verify_agent.agent.experiment.study import Draw
from verify_agent.agent.loop import Decision, Policy
from verify_agent.agent.policy_counts import Counts, Observation, counted
from verify_agent.agent.policy_estimates import Estimates
from verify_agent.agent.policy_judge import RUNS_EXPLORED, explored_in, judge
from verify_agent.agent.policy_learn import ByClass, recorded_suite
from verify_agent.agent.policy_model import CLASSES, RunClass, build_model, class_of
from verify_agent.agent.policy_recording import Recording
from verify_agent.agent.policy_rivals import FixedOrder, Greedy, Random, fixed_orders
from verify_agent.agent.state import KindClass
from verify_agent.mdp.model import Model
from verify_agent.mdp.solve import Solution, solve
from verify_agent.verifier.evidence import Verdict

FIXED, SOLVED, GREEDY, RANDOM = "best fixed order", "solved policy", "greedy", "random"
BOUND_SECONDS = 60.0
#: Recorded tasks are new code.
LEARNED = tuple(c for c in CLASSES if c[0] is KindClass.NEW)


class _Models(dict[RunClass, Model]):
    """Models by class, built when they are asked for."""

    def __init__(self, estimates: Estimates) -> None:
        super().__init__()
        self._estimates = estimates

    def __missing__(self, run_class: RunClass) -> Model:
        self[run_class] = found = build_model((run_class,), self._estimates)
        return found


class _Solved(dict[RunClass, Solution]):
    """Solutions by class, solved when they are asked for."""

    def __init__(self, models: _Models) -> None:
        super().__init__()
        self._models = models

    def __missing__(self, run_class: RunClass) -> Solution:
        self[run_class] = found = solve(self._models[run_class])
        return found


@dataclass(frozen=True)
class _Greedy:
    """As `Greedy`, on the model of the state's class."""

    models: _Models

    def decide(self, state: AbstractState) -> Decision:
        return Greedy(self.models[class_of(state)]).decide(state)


@dataclass
class PolicyStudy:
    """Policies on recorded runs, asked for one verdict."""

    asked: Verdict
    orders: tuple[FixedOrder, ...]
    suite: Mapping[str, Recording]
    arms: Sequence[str] = (FIXED, SOLVED, GREEDY, RANDOM)
    measure: str = "cost in seconds (less is better), what missing the evidence costs included"
    bound: float = BOUND_SECONDS
    more_is_better: bool = False
    census: bool = False
    _costs: dict[tuple[str, str], float] = field(default_factory=dict)
    _seen: dict[str, list[Observation]] = field(default_factory=dict)

    @classmethod
    def of(cls, wanted: Policies) -> PolicyStudy:
        """On the suite that comes with the package."""
        suite = {r.name: r for r in recorded_suite()}
        return cls(Verdict(wanted.evidence), tuple(fixed_orders())[: wanted.orders], suite)

    @property
    def units(self) -> Sequence[str]:
        """The recorded tasks."""
        return sorted(self.suite)

    @property
    def method(self) -> str:
        """For the report."""
        return (
            f"{len(self.suite)} recorded tasks, each asked for `{self.asked.value}`. For each draw "
            "the suite is cut into two halves by chance; on the half without the drawn task the "
            "model is learned, the policy solved, and the cheapest of "
            f"{len(self.orders)} fixed orders found. All are replayed on the drawn task with the "
            "recorded answers and times."
        )

    @cached_property
    def threats(self) -> Sequence[str]:
        """For the report."""
        return (
            "The tasks are the project's own; times are those of the machine that recorded them.",
            "Halves of a small suite overlap between draws: the interval is for this suite, not "
            "for tasks of another kind.",
        )

    def values(self, draw: Draw, order: Sequence[str]) -> Mapping[str, float]:
        """The cost of each arm on the drawn task."""
        rng = random.Random(draw.seed)
        rest = [name for name in self.units if name != draw.unit]
        rng.shuffle(rest)
        learn = sorted(rest[: len(self.suite) // 2])
        policies = self._policies(learn, rng)
        return {arm: self._cost(policies[arm], draw.unit) for arm in order}

    def _policies(self, learn: Sequence[str], rng: random.Random) -> dict[str, Policy]:
        models = _Models(Estimates(self._counts(learn).tallies))
        return {
            FIXED: min(self.orders, key=lambda o: sum(self._of_order(o, name) for name in learn)),
            SOLVED: ByClass(_Solved(models)),
            GREEDY: _Greedy(models),
            RANDOM: Random(random.Random(rng.getrandbits(63))),
        }

    def _counts(self, learn: Sequence[str]) -> Counts:
        for name in learn:
            if name not in self._seen:
                self._seen[name] = explored_in(self.suite[name])
        seen = [step for name in learn for step in self._seen[name]]
        return counted(seen, len(learn) * RUNS_EXPLORED, "")

    def _of_order(self, order: FixedOrder, name: str) -> float:
        key = order.name, name
        if key not in self._costs:
            self._costs[key] = self._cost(order, name)
        return self._costs[key]

    def _cost(self, policy: Policy, name: str) -> float:
        (trial,) = judge(policy, [self.suite[name]], (self.asked,))
        return trial.cost
