"""The solved policy beside the best fixed order, greedy and random, on tasks it never saw.

    python benchmarks/policy/run.py [--suite SUITE] [--orders 150] [--json OUT]
    python benchmarks/policy/run.py --real TASK... [--repeats 2]

The recorded suite is cut into two halves. On one the model is learned, the policy solved and
certified, and the best of the fixed orders found (by the same cost); all are judged on the other
half, and the other way round, on simulated time. Cost is the seconds to the required evidence,
80 where it is not reached on top. Differences are paired by task, with a 95 % interval.

With `--real` the tasks are run for real instead, under the shipped policy and under the best
fixed order of the whole suite, interleaved, in one run.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.loop import Policy
from verify_agent.agent.policy import LazyPolicy
from verify_agent.agent.policy_estimates import Estimates
from verify_agent.agent.policy_judge import ASKED, Interval, Trial, explored, judge, paired
from verify_agent.agent.policy_learn import SUITE, ByClass, run_for_real
from verify_agent.agent.policy_model import CLASSES, build_model
from verify_agent.agent.policy_recording import Recording, read_recordings
from verify_agent.agent.policy_rivals import FixedOrder, Greedy, Random, fixed_orders
from verify_agent.agent.state import KindClass
from verify_agent.agent.task import load_task
from verify_agent.mdp.certify import Certificate, certify
from verify_agent.mdp.solve import solve

SOLVED, FIXED, GREEDY, RANDOM = "solved policy", "best fixed order", "greedy", "random"
NAMES = (SOLVED, FIXED, GREEDY, RANDOM)
RANDOM_REPEATS = 5
#: Recorded tasks are new code; the other classes have their own models.
RECORDED = tuple(c for c in CLASSES if c[0] is KindClass.NEW)


@dataclass(frozen=True)
class Half:
    """What was learned on one half, and every policy's trials on the other."""

    order: str
    trials: dict[str, list[Trial]]


def halves(suite: Sequence[Recording], seed: int) -> tuple[list[Recording], list[Recording]]:
    """Two halves by chance, the same for a seed."""
    shuffled = sorted(suite, key=lambda r: r.name)
    random.Random(seed).shuffle(shuffled)
    return shuffled[::2], shuffled[1::2]


def best_order(suite: Sequence[Recording], most: int) -> FixedOrder:
    """The fixed order with the least cost on a suite."""
    orders = list(fixed_orders())[:most]
    costs = {order: total(judge(order, suite)) for order in orders}
    return min(orders, key=lambda order: costs[order])


def total(trials: Sequence[Trial]) -> float:
    """The sum of costs."""
    return sum(t.cost for t in trials)


def solved_on(suite: Sequence[Recording]) -> ByClass:
    """The policy learned on a suite; `RuntimeError` where it has no certificate."""
    estimates = Estimates(explored(suite, "").tallies)
    solutions = {}
    for run_class in RECORDED:
        model = build_model((run_class,), estimates)
        solutions[run_class] = solve(model)
        found = certify(model, solutions[run_class].policy, solutions[run_class].values)
        if not isinstance(found, Certificate):
            raise RuntimeError(f"no certificate: {found}")
    return ByClass(solutions)


def judged(learn: Sequence[Recording], test: Sequence[Recording], most: int, seed: int) -> Half:
    """Learn on one half, judge on the other."""
    order = best_order(learn, most)
    greedy = Greedy(build_model(RECORDED, Estimates(explored(learn, "").tallies)))
    rng = random.Random(seed)
    policies: dict[str, Policy] = {SOLVED: solved_on(learn), FIXED: order, GREEDY: greedy}
    trials = {name: judge(policy, test) * RANDOM_REPEATS for name, policy in policies.items()}
    trials[RANDOM] = [t for _ in range(RANDOM_REPEATS) for t in judge(Random(rng), test)]
    return Half(order.name, trials)


def main() -> int:
    """Judge and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--suite", type=Path, default=SUITE)
    parser.add_argument("--orders", type=int, default=150, help="fixed orders to search")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=2, help="of real runs")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--real", type=Path, nargs="+", metavar="TASK")
    arguments = parser.parse_args()
    suite = read_recordings(arguments.suite)
    if arguments.real:
        return real(arguments.real, best_order(suite, arguments.orders), arguments.repeats)
    first, second = halves(suite, arguments.seed)
    both = [
        judged(first, second, arguments.orders, arguments.seed),
        judged(second, first, arguments.orders, arguments.seed),
    ]
    report(both, len(suite))
    if arguments.json:
        rows = [
            {
                "policy": name,
                "task": t.task,
                "asked": t.asked.value,
                "reached": t.reached,
                "seconds": t.seconds,
            }
            for half in both
            for name, trials in half.trials.items()
            for t in trials
        ]
        arguments.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


def report(both: Sequence[Half], tasks: int) -> None:
    """The table and the paired differences."""
    print(f"{tasks} recorded tasks, each asked for {' and '.join(a.value for a in ASKED)}")
    for number, half in enumerate(both, 1):
        print(f"best fixed order on half {number}: {half.order}")
    pooled = {name: [t for half in both for t in half.trials[name]] for name in NAMES}
    print(f"{'policy':<18}{'cost a task':>12}{'seconds':>10}{'reached':>9}   ours - theirs")
    for name in NAMES:
        trials = pooled[name]
        difference = "" if name == SOLVED else str(paired(pooled[SOLVED], trials))
        print(
            f"{name:<18}{statistics.fmean(t.cost for t in trials):>12.2f}"
            f"{statistics.fmean(t.seconds for t in trials):>10.2f}"
            f"{statistics.fmean(t.reached for t in trials):>9.1%}   {difference}"
        )
    for asked in ASKED:
        one = {n: [t for t in trials if t.asked is asked] for n, trials in pooled.items()}
        print(f"  {asked.value} only: ours - fixed {paired(one[SOLVED], one[FIXED])}")


def real(paths: Sequence[Path], order: FixedOrder, repeats: int) -> int:
    """Real runs, the two policies taking turns."""
    ours: list[Trial] = []
    theirs: list[Trial] = []
    print(f"fixed order: {order.name}")
    for repeat in range(repeats):
        for path in paths:
            task = load_task(path)
            turns = [(ours, LazyPolicy()), (theirs, order)]
            for trials, policy in turns if repeat % 2 == 0 else reversed(turns):
                trials.append(run_for_real(policy, task))
            print(
                f"{task.name}: solved {ours[-1].cost:.1f}, fixed {theirs[-1].cost:.1f}", flush=True
            )
    found: Interval = paired(ours, theirs)
    reached = [sum(t.reached for t in trials) for trials in (ours, theirs)]
    print(f"{len(ours)} runs each; reached {reached[0]} and {reached[1]}; ours - theirs {found}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
