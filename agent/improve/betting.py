"""A paired test that may be looked at after every outcome: a bounded betting e-process.

*Null* of the k-th test: E[x_i | F_(i-1)] <= 0 for every i, "no better on average". *Bound*: each
x_i lies in [-1, 1]. *Filtration*: F_(i-1) holds everything up to the i-th outcome (the proposal,
its committed hash, every earlier task and outcome, every earlier decision of the gate), but not
the i-th task, which is drawn after the commitment. *Bets* 0 <= lambda_i <= 15/16 are
F_(i-1)-measurable.
Then W_n = prod (1 + lambda_i x_i) is a non-negative supermartingale that starts at 1, so by Ville's
inequality P(some W_n >= 1/alpha_k) <= alpha_k, whenever one stops; the mean of several such
processes is one again. (Waudby-Smith and Ramdas, Estimating means of bounded random variables by
betting, JRSS B 2024: the capital process of section 4, one-sided; bets are its aGRAPA, its
predictable plug-in for a known horizon, and a constant grid, mixed as in its section on
diversified betting. The claim C17 of the audit proves the steps.)

The k-th test of a life has the level alpha / (k (k + 1)). Everything is computed in integers:
outcomes are rounded down to multiples of 2^-20 and wealth to multiples of 2^-64, both of which
can only lose, so the bound stands and every machine finds the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt

from verify_agent.proofs.claims.c17_false_admissions import level as level_of

UNIT = 1 << 20
_WEALTH = 1 << 64
#: The largest bet, in units: a lost task (-1) leaves a sixteenth of the wealth.
MOST = UNIT * 15 // 16
#: Constant bets, beside the two that learn.
GRID = (UNIT // 16, UNIT // 4, UNIT // 2, UNIT * 3 // 4, MOST)
STRATEGIES = 2 + len(GRID)

__all__ = ["GRID", "MOST", "STRATEGIES", "UNIT", "Game", "level_of", "outcome", "play"]


@dataclass(frozen=True)
class Measured:
    """One task under one generation: whether it was solved with its evidence, and its cost.

    `cost` counts candidates tried or solver resource units, never seconds; it is positive.
    """

    solved: bool
    cost: int

    def __post_init__(self) -> None:
        if self.cost <= 0:
            raise ValueError(f"a cost of {self.cost} units")


def outcome(before: Measured, after: Measured) -> Fraction:
    """What a pair says, in [-1, 1]: the saving as a share of both costs, where both solve it.

    A task that only one of them solves is 1 or -1, one that neither solves is 0.

    >>> outcome(Measured(True, 60), Measured(True, 40))
    Fraction(1, 5)
    """
    if before.solved and after.solved:
        return Fraction(before.cost - after.cost, before.cost + after.cost)
    return Fraction(after.solved - before.solved)


@dataclass(frozen=True)
class Game:
    """The state of one test: its level, its horizon, and what was seen so far, in units.

    `capitals` are the wealths of the strategies in multiples of 2^-64.
    """

    level: Fraction
    horizon: int
    count: int = 0
    total: int = 0
    squares: int = 0
    capitals: tuple[int, ...] = field(default=(_WEALTH,) * STRATEGIES)

    def __post_init__(self) -> None:
        if not 0 < self.level < 1 or self.horizon < 1:
            raise ValueError(f"a test at level {self.level} over {self.horizon} tasks")

    @property
    def wealth(self) -> Fraction:
        """The mean of the strategies' wealths: the e-value so far."""
        return Fraction(sum(self.capitals), STRATEGIES * _WEALTH)

    @property
    def rejects(self) -> bool:
        """Whether the wealth has reached 1 / level: "no better" is rejected."""
        return self.wealth * self.level >= 1

    def bets(self) -> tuple[int, ...]:
        """The next bets in units of 2^-20, from what was seen so far alone."""
        mean = Fraction(self.total, self.count + 1)
        spread = (Fraction(UNIT * UNIT, 4) + self.squares) / (self.count + 1)
        growth = mean * UNIT * UNIT / (spread + mean * mean) if mean > 0 else Fraction(0)
        # sqrt(2 log(1/level) / (horizon * variance)), with log 2 taken as 7/10.
        doublings = (self.level.denominator // self.level.numerator).bit_length()
        plug_in = isqrt(int(2 * doublings * 7 * UNIT**4 / (10 * self.horizon * spread)))
        return (min(MOST, int(growth)), min(MOST, plug_in), *GRID)

    def after(self, seen: Fraction) -> Game:
        """The game after one more outcome; `ValueError` where it is not in [-1, 1]."""
        if not -1 <= seen <= 1:
            raise ValueError(f"the outcome {seen} is not in [-1, 1]")
        x = seen.numerator * UNIT // seen.denominator
        capitals = tuple(
            capital * (UNIT * UNIT + bet * x) // (UNIT * UNIT)
            for capital, bet in zip(self.capitals, self.bets(), strict=True)
        )
        mean = (self.total + x) // (self.count + 2)
        return Game(
            self.level,
            self.horizon,
            self.count + 1,
            self.total + x,
            self.squares + (x - mean) ** 2,
            capitals,
        )


def play(level: Fraction, horizon: int, outcomes: Iterable[Fraction]) -> Game:
    """The game after as many outcomes as it takes to reject, at most `horizon` of them."""
    game = Game(level, horizon)
    for seen in outcomes:
        game = game.after(seen)
        if game.rejects or game.count >= horizon:
            break
    return game
