"""How many times as quick one implementation is as another, with an interval for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verify_agent.verifier.sandbox.policy import Completed
from verify_agent.verifier.sandbox.runner import Zygote

PRELOAD = ("verify_agent.verifier.timing.job",)
ROUNDS = 41
CONFIDENCE = 0.99


@dataclass(frozen=True)
class Speed:
    """Times as quick, as the median over the rounds; the true median is between `low` and `high`.

    `before` and `after` are median processor seconds for one pass over the `inputs` inputs.
    """

    ratio: float
    low: float
    high: float
    before: float
    after: float
    rounds: int
    inputs: int

    @property
    def quicker(self) -> bool:
        """Whether the interval is clear of 1, on the quicker side."""
        return self.low > 1.0

    @property
    def slower(self) -> bool:
        """Whether the interval is clear of 1, on the slower side."""
        return self.high < 1.0

    def __str__(self) -> str:
        """In words."""
        interval = f"{CONFIDENCE:.0%} interval {self.low:.2f} to {self.high:.2f}"
        return f"{self.ratio:.2f} times as fast ({interval}, {self.rounds} rounds)"


def compared(
    sandbox: Zygote,
    before: str,
    after: str,
    name: str,
    inputs: Sequence[Sequence[Any]],
    *,
    rounds: int = ROUNDS,
    seconds: float = 3.0,
) -> Speed | str:
    """Time two modules' functions of that name in a fresh process; why not, where it fails."""
    order = {
        "before": before,
        "after": after,
        "name": name,
        "inputs": [repr(tuple(arguments)) for arguments in inputs],
        "rounds": rounds,
        "seconds": seconds,
    }
    done = sandbox.call(
        "verify_agent.verifier.timing.job:measure", order, wall_seconds=seconds + 5.0
    )
    if not isinstance(done, Completed):
        return f"not measured: {done}"
    return summary([(pair[0], pair[1]) for pair in done.value], len(inputs))


def summary(readings: Sequence[tuple[float, float]], inputs: int) -> Speed | str:
    """The median ratio of paired readings and its interval by order statistics.

    The interval needs no assumption on how the times are distributed (the sign test's; Conover,
    Practical Nonparametric Statistics, section 3.2).

    >>> found = summary([(2.0, 1.0)] * 20, 1)
    >>> found.ratio, found.low, found.quicker
    (2.0, 2.0, True)
    """
    ratios = sorted(before / after for before, after in readings)
    rank = _rank(len(ratios))
    if rank is None:
        return f"not measured: {len(ratios)} rounds are too few"
    return Speed(
        _median(ratios),
        ratios[rank],
        ratios[-1 - rank],
        _median([b for b, _ in readings]),
        _median([a for _, a in readings]),
        len(ratios),
        inputs,
    )


def _rank(count: int) -> int | None:
    """The largest k so that the k-th from either end bound the median with `CONFIDENCE`."""
    tail, best = 0.0, None
    for k in range(count // 2):
        tail += math.comb(count, k) / 2.0**count
        if 2 * tail > 1 - CONFIDENCE:
            break
        best = k
    return best


def _median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return (ordered[middle] + ordered[-1 - middle]) / 2
