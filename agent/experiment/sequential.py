"""A confidence sequence for the mean of bounded observations: right at every moment at once.

The hedged capital process of I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random
variables by betting", JRSS B 86 (2024), theorem 3 with the bets of equation 26; for a finite
population that is drawn from without replacement, their section 5.

The null, for each m of a grid: the mean is m. Under it both capitals are non-negative
martingales that start at 1, as each bet is made before the observation is seen, so by Ville's
inequality their average ever reaches 1/alpha with a chance of at most alpha. What is left of the
grid, widened by a step, holds the mean at all times with a chance of at least 1 - alpha.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRID = 1_000
"""Means that are tried between the bounds."""
MOST_BET = 0.9
"""The share of the capital that is bet at most."""
START_MEAN, START_VARIANCE = 0.5, 0.25


@dataclass(frozen=True)
class Interval:
    """Where the mean lies, in the unit of what was observed."""

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of its length."""
        return (self.high - self.low) / 2

    @property
    def excludes_zero(self) -> bool:
        """Whether zero is outside."""
        return self.low > 0 or self.high < 0

    def __str__(self) -> str:
        return f"{self.mean:+.3f} [{self.low:+.3f}, {self.high:+.3f}]"


@dataclass
class ConfidenceSequence:
    """Observations within `[-bound, bound]`, one after the other.

    `population` is the number of things that are drawn without replacement; None for draws that
    are independent.
    """

    bound: float
    alpha: float
    population: int | None = None
    observed: list[float] = field(default_factory=list)
    _total: float = 0.0
    _squares: float = 0.0
    _logs: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None

    def __post_init__(self) -> None:
        if not (0 < self.alpha < 1 and self.bound > 0):
            raise ValueError(f"alpha {self.alpha} and bound {self.bound}")

    def observe(self, value: float) -> None:
        """One more observation; `ValueError` where it is out of bounds or none was left."""
        import numpy as np

        if not -self.bound <= value <= self.bound:
            raise ValueError(f"{value} is not within {self.bound} of zero")
        seen = len(self.observed)
        if self.population is not None and seen >= self.population:
            raise ValueError("the whole population has been observed")
        x = (value + self.bound) / (2 * self.bound)
        means = np.linspace(0.0, 1.0, GRID + 1)
        if self.population is not None:
            means = (self.population * means - self._total) / (self.population - seen)
        up, down = self._logs or (np.zeros(GRID + 1), np.zeros(GRID + 1))
        bet = self._bet(seen)
        inside = (means >= 0) & (means <= 1)
        near = np.clip(means, 1e-12, 1 - 1e-12)
        with np.errstate(divide="ignore"):
            up = up + np.log1p(np.minimum(bet, MOST_BET / near) * (x - near))
            down = down + np.log1p(-np.minimum(bet, MOST_BET / (1 - near)) * (x - near))
        # A mean that the rest of the population can't have any more is out for good.
        up[~inside] = math.inf
        self._logs = up, down
        self._total += x
        self._squares += (x - self._running_mean()) ** 2
        self.observed.append(value)

    def _running_mean(self) -> float:
        return (START_MEAN + self._total) / (len(self.observed) + 2)

    def _bet(self, seen: int) -> float:
        """Equation 26: what the observations so far say is worth betting."""
        variance = (START_VARIANCE + self._squares) / (seen + 1)
        step = seen + 1
        return math.sqrt(2 * math.log(2 / self.alpha) / (variance * step * math.log(step + 1)))

    def interval(self) -> Interval:
        """What is known now; `ArithmeticError` where every mean was ruled out (chance <= alpha)."""
        import numpy as np

        if self._logs is None:
            return Interval(0.0, -self.bound, self.bound)
        mean = sum(self.observed) / len(self.observed)
        if self.population == len(self.observed):
            return Interval(mean, mean, mean)
        up, down = self._logs
        left = np.flatnonzero(np.logaddexp(up, down) - math.log(2) < math.log(1 / self.alpha))
        if not len(left):
            raise ArithmeticError("every mean is ruled out: the draws are not what was assumed")
        low, high = max(left[0] - 1, 0) / GRID, min(left[-1] + 1, GRID) / GRID
        scale = 2 * self.bound
        return Interval(mean, low * scale - self.bound, high * scale - self.bound)
