"""C15: how the time of a sweep, and of policy iteration, grows with the number of states."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial

from verify_agent.mdp.model import Choice, Model
from verify_agent.proofs.model import Finding, Line, Plot, Table

#: Two-sided 95 % quantiles of Student's t for 1 to 6 degrees of freedom (any table).
_T = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447}
_ACTIONS = 3


def sweep(sizes: tuple[int, ...] = (48, 96, 192, 384)) -> Finding:
    """Time of one sweep of value iteration on dense processes, and the fitted exponent."""
    times = [(size, _fastest(partial(_dense_sweep, size))) for size in sizes]
    low, exponent, high = fitted(times)
    says = (
        f"The time of a sweep grows as |S|^{exponent:.2f} (95 %: {low:.2f} to {high:.2f}) at "
        f"{_ACTIONS} actions; the claim is that it grows no faster than |S|^2."
    )
    return Finding(low <= 2.25, says, _table(times), _plot("One sweep", times))


def policy_iteration(sizes: tuple[int, ...] = (40, 80, 160, 320)) -> Finding:
    """Time of policy iteration as it is used here, whole solutions, on sparse processes."""
    from verify_agent.mdp.solve import solve

    models = {size: _sparse_model(size) for size in sizes}
    times = [(n, _fastest(partial(solve, models[n]), 2)) for n in sizes]
    low, exponent, high = fitted(times)
    says = (
        f"Policy iteration as used here grows as |S|^{exponent:.2f} (95 %: {low:.2f} to "
        f"{high:.2f}) over these sizes, checks of its result included."
    )
    return Finding(True, says, _table(times), _plot("Policy iteration", times))


def fitted(times: list[tuple[int, float]]) -> tuple[float, float, float]:
    """The slope of log time on log size by least squares, between its 95 % bounds."""
    xs, ys = [math.log(n) for n, _ in times], [math.log(t) for _, t in times]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    left = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in zip(xs, ys, strict=True))
    freedom = len(xs) - 2
    margin = _T[freedom] * math.sqrt(left / freedom / spread)
    return slope - margin, slope, slope + margin


def _fastest(run: Callable[[], object], times: int = 3) -> float:
    """Seconds of the fastest of some runs: noise only ever adds."""
    best = math.inf
    for _ in range(times):
        started = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - started)
    return best


def _dense_sweep(size: int) -> list[float]:
    """One sweep, written out; the work is what counts, so all chances are equal."""
    values = [float(s) for s in range(size)]
    row = [1.0 / size] * size
    return [
        max(
            action + 0.9 * sum(p * v for p, v in zip(row, values, strict=True))
            for action in range(_ACTIONS)
        )
        for _ in range(size)
    ]


def _sparse_model(size: int) -> Model:
    source = random.Random(size)
    names = tuple(f"s{i}" for i in range(size))

    def choice() -> Choice:
        first, second = sorted(source.sample(range(size), 2))
        half = Fraction(1, 2)
        return Choice(
            Fraction(source.randrange(100)), ((names[first], half), (names[second], half))
        )

    actions = tuple(f"a{i}" for i in range(_ACTIONS))
    choices = {name: {a: choice() for a in actions} for name in names}
    return Model(names, actions, choices, Fraction(9, 10))


def _table(times: list[tuple[int, float]]) -> Table:
    rows = tuple((str(n), f"{1000 * t:.2f}") for n, t in times)
    return Table(("|S|", "milliseconds"), rows)


def _plot(title: str, times: list[tuple[int, float]]) -> Plot:
    points = tuple((math.log2(n), math.log2(t)) for n, t in times)
    return Plot(title, "log2 |S|", "log2 seconds", (Line("measured", points, "marks"),))
