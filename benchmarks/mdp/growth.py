"""Time and memory over the number of states: this solver, plain value iteration, quantecon.

    python benchmarks/mdp/growth.py [--sizes 10 30 100 300 1000] [--repeats 3] [--json OUT]

The models are random, with 3 actions and at most 10 successors each. Each run is a process of
its own, the tools interleaved, so that a slow minute hits all of them; the peak of memory is the
process's. The exponent is the slope of log seconds over log states, from 100 states on, with its
95 % interval. One sweep of value iteration, which the O(|A| |S|^2) of the literature speaks of,
is measured apart, dense. quantecon comes with the extra `bench`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import resource
import statistics
import subprocess
import sys
import time
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path
from typing import Any

TOOLS = ("solve", "certify", "sweep", "numpy", "quantecon")
ACTIONS = ("a", "b", "c")
SUCCESSORS = 10
DISCOUNT = Fraction(99, 100)
EXACTNESS = 1e-8
FITTED_FROM = 100


def random_model(size: int, seed: int) -> Any:
    """A random model of that many states."""
    from verify_agent.mdp.model import Choice, Model, mixture

    rng = random.Random(seed)
    states = tuple(f"s{i}" for i in range(size))

    def choice() -> Choice:
        found = rng.sample(states, min(SUCCESSORS, size))
        weights = [rng.randint(1, 99) for _ in found]
        shares = [(Fraction(w, sum(weights)), s) for w, s in zip(weights, found, strict=True)]
        return Choice(Fraction(rng.randint(-500, 500), 10), mixture(shares))

    return Model(states, ACTIONS, {s: {a: choice() for a in ACTIONS} for s in states}, DISCOUNT)


def measure(tool: str, size: int, seed: int) -> dict[str, float]:
    """One tool on one model in this process: seconds, and the peak of memory in MB."""
    import numpy as np

    from verify_agent.mdp.certify import Certificate, certify
    from verify_agent.mdp.solve import arrays, solve

    model = random_model(size, seed)
    transitions, rewards = arrays(model)
    gamma = float(DISCOUNT)
    values = np.zeros(size)
    # Imports and compilers run before anything is measured.
    known = solve(model) if tool in ("solve", "certify") else None
    if tool == "quantecon":
        quantecon_policy(rewards[:2], transitions[:, :2, :2].transpose(1, 0, 2), warm=True)
    before = time.perf_counter()
    match tool:
        case "solve":
            solve(model)
        case "certify":
            assert known is not None
            assert isinstance(certify(model, known.policy, known.values), Certificate)
        case "sweep":
            for _ in range(10):
                values = (rewards + gamma * (transitions @ values).T).max(axis=1)
        case "numpy":
            while True:
                new = (rewards + gamma * (transitions @ values).T).max(axis=1)
                if np.abs(new - values).max() < EXACTNESS:
                    break
                values = new
        case "quantecon":
            quantecon_policy(rewards, transitions.transpose(1, 0, 2))
    seconds = (time.perf_counter() - before) / (10 if tool == "sweep" else 1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "megabytes": peak}


def quantecon_policy(rewards: Any, transitions: Any, warm: bool = False) -> Any:
    """quantecon's policy iteration; `warm` has its compiler run before anything is measured."""
    import numpy as np
    from quantecon.markov import DiscreteDP

    if warm:
        size = len(rewards)
        transitions = np.full((size, rewards.shape[1], size), 1 / size)
    return DiscreteDP(
        np.ascontiguousarray(rewards), np.ascontiguousarray(transitions), float(DISCOUNT)
    ).solve(method="policy_iteration")


def exponent(points: list[tuple[int, float]]) -> tuple[float, float, float]:
    """The slope of log seconds over log states with its 95 % interval (least squares)."""
    from scipy.stats import linregress
    from scipy.stats import t as student

    found = linregress([math.log(n) for n, _ in points], [math.log(s) for _, s in points])
    half = float(student.ppf(0.975, len(points) - 2) * found.stderr)
    return float(found.slope), float(found.slope) - half, float(found.slope) + half


def main() -> int:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 30, 100, 200, 300, 600, 1000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        tool, size, seed = arguments.one
        print(json.dumps(measure(tool, int(size), int(seed))))
        return 0
    if find_spec("quantecon") is None:
        raise SystemExit("quantecon is not installed: install the extra `bench`")
    rows = [
        {"tool": tool, "states": size, "repeat": repeat, **in_a_process(tool, size, repeat)}
        for repeat in range(arguments.repeats)
        for size in arguments.sizes
        for tool in TOOLS
    ]
    report(rows, arguments.sizes)
    if arguments.json:
        arguments.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return 0


def in_a_process(tool: str, size: int, repeat: int) -> dict[str, float]:
    """A fresh process for one measurement."""
    command = [sys.executable, __file__, "--one", tool, str(size), str(repeat)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=900)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def report(rows: list[dict[str, Any]], sizes: list[int]) -> None:
    """Medians by size, and each tool's exponent."""
    print(f"{'states':>8}" + "".join(f"{tool:>22}" for tool in TOOLS))
    for size in sizes:
        cells = []
        for tool in TOOLS:
            mine = [r for r in rows if r["tool"] == tool and r["states"] == size]
            seconds = statistics.median(r["seconds"] for r in mine)
            peak = statistics.median(r["megabytes"] for r in mine)
            cells.append(f"{seconds:>12.4f} s {peak:>5.0f} MB")
        print(f"{size:>8}" + "".join(f"{cell:>22}" for cell in cells))
    for tool in TOOLS:
        mine = [r for r in rows if r["tool"] == tool and r["states"] >= FITTED_FROM]
        if len({r["states"] for r in mine}) > 2:
            slope, low, high = exponent([(r["states"], r["seconds"]) for r in mine])
            print(f"{tool}: seconds grow as states^{slope:.2f} [{low:.2f}, {high:.2f}]")


if __name__ == "__main__":
    raise SystemExit(main())
