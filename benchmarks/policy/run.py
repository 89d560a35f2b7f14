"""The solved policy beside the best fixed order, greedy and random, on tasks it never saw.

    python benchmarks/policy/run.py [--suite SUITE] [--orders 150] [--json OUT]
    python benchmarks/policy/run.py --real TASK... [--repeats 2]

The recorded suite is cut into two halves. On one the model is learned, the policy solved and
certified, and the best of the fixed orders found (by the same cost); all are judged on the other
half, and the other way round, on simulated time. Cost is the seconds to the required evidence,
80 where it is not reached on top. Differences are paired by task, with a 95 % interval.

With `--real` the tasks are run for real instead: each under what was learned on the half that it
is not in, the policies taking turns, in one run. Tasks that the suite has no recording of are
left out.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.loop import Policy
from verify_agent.agent.policy_estimates import Estimates
from verify_agent.agent.policy_judge import Trial, explored, judge, paired
from verify_agent.agent.policy_learn import SUITE, ByClass, run_for_real
from verify_agent.agent.policy_model import CLASSES, build_model
from verify_agent.agent.policy_recording import Recording, read_recordings
from verify_agent.agent.policy_rivals import FixedOrder, Greedy, Random, fixed_orders
from verify_agent.agent.state import KindClass
from verify_agent.agent.task import Task, load_task
from verify_agent.mdp.certify import Certificate, certify
from verify_agent.mdp.solve import solve

SOLVED, FIXED, GREEDY, RANDOM = "solved policy", "best fixed order", "greedy", "random"
NAMES = (SOLVED, FIXED, GREEDY, RANDOM)
RANDOM_REPEATS = 5
#: Recorded tasks are new code; the other classes have their own models.
RECORDED = tuple(c for c in CLASSES if c[0] is KindClass.NEW)


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


@dataclass(frozen=True)
class Learned:
    """What one half taught."""

    fixed: FixedOrder
    policies: Mapping[str, Policy]


def learned(learn: Sequence[Recording], most: int, seed: int) -> Learned:
    """Every policy, by its name, from one half."""
    order = best_order(learn, most)
    greedy = Greedy(build_model(RECORDED, Estimates(explored(learn, "").tallies)))
    chance = Random(random.Random(seed))
    return Learned(order, {SOLVED: solved_on(learn), FIXED: order, GREEDY: greedy, RANDOM: chance})


def judged(half: Learned, test: Sequence[Recording]) -> dict[str, list[Trial]]:
    """Trials of policies on simulated time; the random one several times, the others repeated."""
    sure = {name: policy for name, policy in half.policies.items() if name != RANDOM}
    trials = {name: judge(policy, test) * RANDOM_REPEATS for name, policy in sure.items()}
    chance = half.policies[RANDOM]
    return trials | {RANDOM: [t for _ in range(RANDOM_REPEATS) for t in judge(chance, test)]}


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
    first, second = halves(suite, arguments.seed)
    on_first, on_second = (
        learned(half, arguments.orders, arguments.seed) for half in (first, second)
    )
    print(f"{len(suite)} recorded tasks")
    for number, half in enumerate((on_first, on_second), 1):
        print(f"best fixed order on half {number}: {half.fixed.name}")
    if arguments.real:
        of_first = {r.name for r in first}
        known = {r.name for r in suite}
        tasks = [t for t in map(load_task, arguments.real) if t.name in known]
        print(f"{len(tasks)} of {len(arguments.real)} tasks have a recording")
        of_other = {t.name: on_second if t.name in of_first else on_first for t in tasks}
        pooled = real(tasks, of_other, arguments.repeats)
    else:
        parts = (judged(on_first, second), judged(on_second, first))
        pooled = {name: [t for part in parts for t in part[name]] for name in NAMES}
    report(pooled)
    if arguments.json:
        rows = [
            {
                "policy": name,
                "task": t.task,
                "asked": t.asked.value,
                "reached": t.reached,
                "seconds": t.seconds,
            }
            for name, trials in pooled.items()
            for t in trials
        ]
        arguments.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


def report(pooled: Mapping[str, Sequence[Trial]]) -> None:
    """The table and the paired differences."""
    print(f"{'policy':<18}{'cost a task':>12}{'seconds':>10}{'reached':>9}   ours - theirs")
    for name in NAMES:
        trials = pooled[name]
        difference = "" if name == SOLVED else str(paired(pooled[SOLVED], trials))
        print(
            f"{name:<18}{statistics.fmean(t.cost for t in trials):>12.2f}"
            f"{statistics.fmean(t.seconds for t in trials):>10.2f}"
            f"{statistics.fmean(t.reached for t in trials):>9.1%}   {difference}"
        )
    for asked in dict.fromkeys(t.asked for t in pooled[SOLVED]):
        one = {n: [t for t in trials if t.asked is asked] for n, trials in pooled.items()}
        print(f"  {asked.value} only: ours - fixed {paired(one[SOLVED], one[FIXED])}")


def real(
    tasks: Sequence[Task], of_other: Mapping[str, Learned], repeats: int
) -> dict[str, list[Trial]]:
    """Real runs of each task under what the other half taught, the policies taking turns."""
    trials: dict[str, list[Trial]] = {name: [] for name in NAMES}
    for repeat in range(repeats):
        for number, task in enumerate(tasks):
            start = (repeat + number) % len(NAMES)
            for name in (*NAMES[start:], *NAMES[:start]):
                trials[name].append(run_for_real(of_other[task.name].policies[name], task))
            costs = ", ".join(f"{name} {trials[name][-1].cost:.1f}" for name in NAMES)
            print(f"{task.name}: {costs}", file=sys.stderr, flush=True)
    return trials


if __name__ == "__main__":
    raise SystemExit(main())
