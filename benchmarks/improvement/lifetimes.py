"""Lives of improvers that have nothing to offer, or something: how often the gate is wrong.

    python benchmarks/improvement/lifetimes.py [--lives 2000] [--proposals 200] [--json FILE]

Each improver adapts to every admit and reject that it saw. The gate's statistical step is run as
`agent.improve.betting` has it, for all lives at once in floats (a test holds the two against each
other). Reported are the share of lives with a false admission and its 99 % lower confidence bound
(Clopper and Pearson 1934), which must not be above alpha; and the share of lives in which a true
gain is admitted.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify_agent.agent.improve.betting import GRID, MOST, UNIT, level_of
from verify_agent.agent.improve.gate_trials import Rules

Floats = NDArray[np.float64]
RULES = Rules()


class Games:
    """One test for each of many lives, in floats: the same bets as `betting.Game`."""

    def __init__(self, lives: int, level: Fraction, horizon: int) -> None:
        self.needed, self.horizon = float(1 / level), horizon
        self.count = 0
        self.total, self.squares = np.zeros(lives), np.zeros(lives)
        self.capitals = np.ones((2 + len(GRID), lives))
        self.doublings = (level.denominator // level.numerator).bit_length()

    @property
    def wealth(self) -> Floats:
        """The mean wealth of the strategies, for each life."""
        found: Floats = self.capitals.mean(axis=0)
        return found

    def see(self, x: Floats) -> None:
        """One outcome in [-1, 1] for each life."""
        most = MOST / UNIT
        mean = self.total / (self.count + 1)
        spread = (0.25 + self.squares) / (self.count + 1)
        growth = np.where(mean > 0, mean / (spread + mean * mean), 0.0)
        plug_in = np.sqrt(1.4 * self.doublings / (self.horizon * spread))
        learned = np.minimum(np.stack([growth, plug_in]), most)
        self.capitals[:2] *= 1 + learned * x
        self.capitals[2:] *= 1 + np.array(GRID)[:, None] / UNIT * x
        self.squares += (x - (self.total + x) / (self.count + 2)) ** 2
        self.total += x
        self.count += 1


Draw = Callable[[np.random.Generator, Floats, Games], Floats]


def admitted(
    draw: Draw, means: Floats, attempt: int, source: np.random.Generator, rules: Rules
) -> tuple[NDArray[np.bool_], Floats]:
    """Which lives admit their proposal of that attempt, and the last wealth of each.

    `means` are the true mean outcomes.
    """
    level = level_of(rules.alpha, attempt)
    games = Games(len(means), level, rules.horizon)
    won = np.zeros(len(means), dtype=bool)
    lost = np.zeros(len(means), dtype=bool)
    for _ in range(rules.horizon):
        games.see(draw(source, means, games))
        wealth = games.wealth
        won |= (wealth >= games.needed) & ~lost
        lost |= (wealth < float(rules.hopeless)) & ~won
        if (won | lost).all():
            break
    return won, games.wealth


def coin(source: np.random.Generator, means: Floats, games: Games) -> Floats:
    """Outcomes of 1 and -1."""
    return np.where(source.random(len(means)) < (1 + means) / 2, 1.0, -1.0)


def noise(size: float) -> Draw:
    """Outcomes around the mean with a normal spread, cut off symmetrically around it."""

    def draw(source: np.random.Generator, means: Floats, games: Games) -> Floats:
        room = 1 - np.abs(means)
        return means + np.clip(source.normal(0, size, len(means)), -room, room)

    return draw


def rare(source: np.random.Generator, means: Floats, games: Games) -> Floats:
    """Many small savings, and seldom a lost task that makes up for all of them."""
    win = (means + 0.05) / 0.95
    return np.where(source.random(len(means)) < 0.05, -1.0, win)


def bold(source: np.random.Generator, means: Floats, games: Games) -> Floats:
    """Coins where the wealth is above 1 already, else little noise: it plays for the threshold."""
    small = noise(0.1)(source, means, games)
    return np.where(games.wealth > 1, coin(source, means, games), small)


ARMS: dict[str, Draw] = {
    "coins": coin,
    "noise 0.05": noise(0.05),
    "noise 0.2": noise(0.2),
    "noise 0.5": noise(0.5),
    "rare losses": rare,
    "bold": bold,
}


@dataclass(frozen=True)
class Share:
    """How many lives, of how many, and the bounds at 99 % on the share (each one-sided)."""

    improver: str
    count: int
    lives: int
    lower: float
    upper: float


def share(name: str, count: int, lives: int, confidence: float = 0.99) -> Share:
    """The exact bounds of Clopper and Pearson."""
    from scipy.stats import beta

    low = float(beta.ppf(1 - confidence, count, lives - count + 1)) if count else 0.0
    high = float(beta.ppf(confidence, count + 1, lives - count)) if count < lives else 1.0
    return Share(name, count, lives, low, high)


def false_lives(
    arms: Sequence[str], worse: float, lives: int, proposals: int, seed: int, rules: Rules = RULES
) -> Share:
    """The share of lives with a false admission, of improvers whose proposals have no gain.

    With several kinds of proposals an improver adapts: it goes on with the kind whose last test
    came nearest to an admission, and tries another one time in five. A life ends with its first
    false admission, as one is all that counts.
    """
    source = np.random.default_rng(seed)
    alive = np.arange(lives)
    best = np.zeros((lives, len(arms)))
    for attempt in range(1, proposals + 1):
        chosen = best[alive].argmax(axis=1)
        other = source.integers(len(arms), size=len(alive))
        chosen = np.where(source.random(len(alive)) < 0.2, other, chosen)
        false = np.zeros(len(alive), dtype=bool)
        for arm, name in enumerate(arms):
            members = np.flatnonzero(chosen == arm)
            if len(members):
                means = np.full(len(members), -worse)
                won, wealth = admitted(ARMS[name], means, attempt, source, rules)
                false[members] = won
                best[alive[members], arm] = wealth
        alive = alive[~false]
        if not len(alive):
            break
    told = " / ".join(arms) + (f", worse by {worse:g}" if worse else "")
    return share(told, lives - len(alive), lives)


def saving(gain: float) -> float:
    """The mean outcome of a pair that a gain of quality over the shipped generation means.

    At the shipped costs Q is 1/2, and with c the new cost as a share of the old one the gain is
    1 / (1 + c) - 1/2 and the outcome (1 - c) / (1 + c): twice as much.
    """
    return 2 * gain


def power(
    gain: float, every: int, lives: int, proposals: int, spread: float, seed: int, rules: Rules
) -> Share:
    """The share of lives in which a true gain is admitted; it is every so-manieth proposal."""
    source = np.random.default_rng(seed)
    alive = lives
    for attempt in range(every, proposals + 1, every):
        means = np.full(alive, saving(gain))
        won, _ = admitted(noise(spread), means, attempt, source, rules)
        alive -= int(won.sum())
        if not alive:
            break
    told = f"a gain of {gain:g} in each {every}. proposal, noise {spread:g}"
    return share(told, lives - alive, lives)


def null_shares(lives: int, proposals: int, seed: int = 1) -> Iterator[Share]:
    """All null improvers, one after the other."""
    for number, name in enumerate(ARMS):
        yield false_lives([name], 0.0, lives, proposals, seed + number)
    yield false_lives(["noise 0.2"], 0.01, lives, proposals, seed + 10)
    yield false_lives(list(ARMS), 0.0, lives, proposals, seed + 11)


def powers(lives: int, proposals: int, seed: int = 31) -> Iterator[Share]:
    """True gains of twice delta, offered seldom or often, on quiet and on noisy tasks."""
    gain = 2 * float(RULES.delta)
    for number, (every, spread) in enumerate([(1, 0.1), (1, 0.2), (10, 0.1), (50, 0.1), (50, 0.2)]):
        yield power(gain, every, lives, proposals, spread, seed + number, RULES)


def main() -> int:
    """Print the tables; exit code 1 where a bound is not kept."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--lives", type=int, default=2000)
    parser.add_argument("--proposals", type=int, default=200)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    alpha, rows = float(RULES.alpha), list[dict[str, Any]]()
    print(f"{'null improver':<64} false lives  99 % bounds (alpha {alpha:g})", flush=True)
    kept = True
    for found in null_shares(args.lives, args.proposals):
        kept &= found.lower <= alpha
        rows.append({"kind": "null", **asdict(found)})
        print(_row(found), flush=True)
    print(f"\n{'true gain':<64} admitted     99 % bounds", flush=True)
    for found in powers(args.lives, args.proposals):
        kept &= found.count >= 0.8 * found.lives
        rows.append({"kind": "power", **asdict(found)})
        print(_row(found), flush=True)
    if args.json:
        args.json.write_text(json.dumps({"alpha": alpha, "rows": rows}, indent=1) + "\n")
    print("\nevery bound is kept" if kept else "\na bound is NOT kept")
    return 0 if kept else 1


def _row(found: Share) -> str:
    told = f"{found.count}/{found.lives}"
    return f"{found.improver[:64]:<64} {told:<12} {found.lower:.4f} to {found.upper:.4f}"


if __name__ == "__main__":
    raise SystemExit(main())
