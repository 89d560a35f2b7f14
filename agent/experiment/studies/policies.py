"""Does the solved policy pay? Policies learned on a half of the recorded runs, and a task judged.

Each draw cuts the recorded suite into two halves by chance, learns on one, and replays one task
of the other under each policy on simulated time.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from verify_agent.agent.experiment.plan import Policies
from verify_agent.agent.experiment.study import Draw
from verify_agent.agent.loop import Policy
from verify_agent.agent.policy_counts import Counts
from verify_agent.agent.policy_estimates import Estimates
from verify_agent.agent.policy_judge import explored, judge
from verify_agent.agent.policy_learn import ByClass, recorded_suite
from verify_agent.agent.policy_model import CLASSES, RunClass, build_model
from verify_agent.agent.policy_recording import Recording
from verify_agent.agent.policy_rivals import FixedOrder, Greedy, Random, fixed_orders
from verify_agent.agent.state import KindClass
from verify_agent.mdp.solve import Solution, solve
from verify_agent.verifier.evidence import Verdict

FIXED, SOLVED, GREEDY, RANDOM = "best fixed order", "solved policy", "greedy", "random"
BOUND_SECONDS = 200.0
#: Recorded tasks are new code.
LEARNED = tuple(c for c in CLASSES if c[0] is KindClass.NEW)


class _Solved(dict[RunClass, Solution]):
    """Solutions by class, solved when they are asked for."""

    def __init__(self, estimates: Estimates) -> None:
        super().__init__()
        self._estimates = estimates

    def __missing__(self, run_class: RunClass) -> Solution:
        self[run_class] = found = solve(build_model((run_class,), self._estimates))
        return found


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
            f"recorded answers and times. Costs over {BOUND_SECONDS:g} s count as that."
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
        return {arm: self._cost(self._policy(arm, learn, rng), draw.unit) for arm in order}

    def _policy(self, arm: str, learn: Sequence[str], rng: random.Random) -> Policy:
        if arm == FIXED:
            return min(self.orders, key=lambda o: sum(self._of_order(o, name) for name in learn))
        if arm == RANDOM:
            return Random(random.Random(rng.getrandbits(63)))
        estimates = Estimates(self._counts(learn).tallies)
        if arm == GREEDY:
            return Greedy(build_model(LEARNED, estimates))
        return ByClass(_Solved(estimates))

    def _counts(self, learn: Sequence[str]) -> Counts:
        return explored([self.suite[name] for name in learn], "")

    def _of_order(self, order: FixedOrder, name: str) -> float:
        key = order.name, name
        if key not in self._costs:
            self._costs[key] = self._cost(order, name)
        return self._costs[key]

    def _cost(self, policy: Policy, name: str) -> float:
        (trial,) = judge(policy, [self.suite[name]], (self.asked,))
        return min(trial.cost, BOUND_SECONDS)
