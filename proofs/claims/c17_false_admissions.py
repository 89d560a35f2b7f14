"""C17: the chance that a life of any length holds a false admission is at most alpha."""

from __future__ import annotations

import random
from fractions import Fraction
from math import comb

from verify_agent.proofs.algebra import between, reals_named
from verify_agent.proofs.model import (
    Claim,
    Evidence,
    Exhibit,
    Finding,
    Lemma,
    Line,
    Outcome,
    Plot,
    Table,
    Witness,
)

ALPHA = Fraction(1, 20)


def level(alpha: Fraction, attempt: int) -> Fraction:
    """The level of the attempt number k = 1, 2, ...: alpha / (k (k + 1)).

    >>> sum(level(Fraction(1, 20), k) for k in range(1, 100)) < Fraction(1, 20)
    True
    """
    return alpha / (attempt * (attempt + 1))


def _obligations() -> list[Evidence]:
    wealth, bet, x, mean, after, p, e, a = reals_named("W lambda x mean W_next p E_W alpha")
    spent, k, step, total, part, first, union = reals_named("spent k alpha_k total p_k P_k P_k1")
    return [
        Lemma(
            "wealth-stays-positive",
            "A bet of at most 1 on an outcome of at least -1 leaves the wealth non-negative.",
            (wealth >= 0, between(0, bet, 1), x >= -1),
            wealth * (1 + bet * x) >= 0,
        ),
        Lemma(
            "supermartingale",
            "Under the null (mean <= 0, given all that went before) the expected wealth does not "
            "grow: E[W (1 + lambda x)] = W (1 + lambda mean) <= W, lambda chosen beforehand.",
            (wealth >= 0, bet >= 0, mean <= 0, after.equals(wealth * (1 + bet * mean))),
            after <= wealth,
        ),
        Lemma(
            "expectation-base",
            "The wealth starts at 1, so its expectation at any stopping is at most 1: the step.",
            (e <= 1, after <= e),
            after <= 1,
            "QF_LRA",
        ),
        Lemma(
            "ville",
            "Stopped where it first reaches 1 / alpha, the wealth is at least 1 / alpha on that "
            "event: its chance p has p / alpha <= E[W] <= 1, so p <= alpha. For every horizon, so "
            "for all of time (continuity from below).",
            (a > 0, (step * a).equals(1), p * step <= e, e <= 1),
            p <= a,
        ),
        Lemma(
            "levels-base",
            "Before the first attempt nothing is spent: alpha (1 - 1/1) = 0.",
            (spent.equals(0), k.equals(1)),
            (spent * k).equals(a * (k - 1)),
        ),
        Lemma(
            "levels-step",
            "Levels alpha / (k (k + 1)) sum to alpha (1 - 1 / (k + 1)): the next one keeps that.",
            (
                k >= 1,
                (spent * k).equals(a * (k - 1)),
                (step * (k * (k + 1))).equals(a),
                total.equals(spent + step),
            ),
            (total * (k + 1)).equals(a * k),
        ),
        Lemma(
            "levels-end",
            "Which is below alpha after any number of attempts.",
            (k >= 1, a > 0, (total * k).equals(a * (k - 1))),
            total < a,
        ),
        Lemma(
            "union-step",
            "Chances of false admissions add up at most: P_(k+1) <= P_k + alpha_(k+1), where each "
            "attempt's is at most its level given everything before it.",
            (first <= spent, part <= step, union <= first + part, total.equals(spent + step)),
            union <= total,
            "QF_LRA",
        ),
    ]


def _filtration() -> list[Evidence]:
    low, high, mean, bet, x = reals_named("outcome_bad outcome_good mean lambda x")
    growth = reals_named("growth")[0]
    return [
        Witness(
            "peeking-breaks-it",
            "The bet must be fixed before the outcome: a bet of 1/2 on +1 and of 0 on -1, chosen "
            "after seeing it, grows a fair game by 1/4 a step.",
            (
                low.equals(-1),
                high.equals(1),
                ((low + high) / 2).equals(mean),
                mean.equals(0),
                bet.equals(Fraction(1, 2)),
                growth.equals((1 + (1 + bet * high)) / 2 - 1),
                growth > 0,
            ),
            {
                "outcome_bad": Fraction(-1),
                "outcome_good": Fraction(1),
                "mean": Fraction(0),
                "lambda": Fraction(1, 2),
                "growth": Fraction(1, 4),
            },
        ),
        Witness(
            "unbounded-bets-break-it",
            "A bet of 2 on an outcome of -1 makes the wealth negative, and then `at least 1/alpha` "
            "says nothing.",
            (bet.equals(2), x.equals(-1), 1 + bet * x < 0),
            {"lambda": Fraction(2), "x": Fraction(-1)},
        ),
    ]


def crossing_chance(steps: int, bet: Fraction, alpha: Fraction) -> Fraction:
    """The chance that a fair game's wealth reaches 1 / alpha within `steps`, exactly."""
    alive = {0: Fraction(1)}
    crossed = Fraction(0)
    for done in range(1, steps + 1):
        following: dict[int, Fraction] = {}
        for heads, chance in alive.items():
            for now in (heads, heads + 1):
                wealth = (1 + bet) ** now * (1 - bet) ** (done - now)
                if wealth * alpha >= 1:
                    crossed += chance / 2
                else:
                    following[now] = following.get(now, Fraction(0)) + chance / 2
        alive = following
    return crossed


def _exact_game() -> Finding:
    bet = Fraction(1, 4)
    chances = [(n, crossing_chance(n, bet, ALPHA)) for n in (20, 60, 120)]
    rows = tuple((str(n), f"{float(c):.5f}", str(ALPHA)) for n, c in chances)
    return Finding(
        all(c <= ALPHA for _, c in chances),
        "A fair game, looked at after every step, in exact rationals: the chance ever to reach "
        f"1/alpha within 120 steps is {float(chances[-1][1]):.4f}, at most {float(ALPHA)}.",
        Table(("steps", "chance to reach 1/alpha", "alpha"), rows),
    )


def _critical(size: int) -> int:
    """The least score that an exact one-sided binomial test of 1/2 rejects at 5 %."""
    tail, score = 0, size + 1
    while (tail + comb(size, score - 1)) * 20 <= 2**size:
        score -= 1
        tail += comb(size, score)
    return score


def _one_life(source: random.Random, size: int, proposals: int) -> tuple[int, int]:
    """Scores of the vote of guesses, on the sealed set that gave a bit a guess, and on a fresh one.

    Every proposal guesses at random, so none is better than chance: admitting the vote is wrong.
    """
    sealed = source.getrandbits(size)
    votes = [0] * size
    for _ in range(proposals):
        guess = source.getrandbits(size)
        good = 2 * (size - (guess ^ sealed).bit_count()) > size
        for i in range(size):
            votes[i] += 1 if (guess >> i & 1 == 1) == good else -1
    answer = sum(1 << i for i, vote in enumerate(votes) if vote > 0)
    fresh = source.getrandbits(size)
    return size - (answer ^ sealed).bit_count(), size - (answer ^ fresh).bit_count()


def _reuse() -> Finding:
    """A fixed sealed set leaks one bit a proposal; 400 lives for each number of proposals."""
    size, lives, critical, rows = 101, 400, _critical(101), []
    for proposals in (1, 3, 9, 27):
        source = random.Random(1700 + proposals)
        scores = [_one_life(source, size, proposals) for _ in range(lives)]
        sealed = sum(s >= critical for s, _ in scores)
        fresh = sum(f >= critical for _, f in scores)
        rows.append((proposals, sealed / lives, fresh / lives))
    tail = Fraction(sum(comb(size, k) for k in range(critical, size + 1)), 2**size)
    one = 2 * tail  # the guess or its opposite scores that well, whichever the bit says
    margin = 4 * (float(one) / lives) ** 0.5
    holds = rows[-1][1] > 0.3 and all(f < 0.1 for _, _, f in rows)
    holds = holds and abs(rows[0][1] - float(one)) < margin
    table = Table(
        ("proposals", "false admissions, sealed set reused", "the same on a fresh set"),
        tuple((str(n), f"{100 * s:.1f} %", f"{100 * f:.1f} %") for n, s, f in rows),
    )
    plot = Plot(
        "A sealed set that answers one bit a proposal, test at 5 %",
        "proposals",
        "share of lives with a false admission",
        (
            Line("sealed set reused", tuple((float(n), s) for n, s, _ in rows), "marks"),
            Line("fresh set", tuple((float(n), f) for n, _, f in rows), "marks"),
            Line("5 %", ((0.0, 0.05), (27.0, 0.05))),
        ),
    )
    says = (
        f"Reuse breaks the level: {100 * rows[-1][1]:.0f} % false admissions after 27 useless "
        f"proposals where 5 % are allowed; with one proposal it is {100 * float(one):.1f} % "
        "exactly. On fresh instances it stays near 5 %."
    )
    return Finding(holds, says, table, plot)


def claim() -> Claim:
    """The claim with its obligations."""
    return Claim(
        id="C17",
        title="False admissions are bounded over a whole life",
        source="ours, for the validation step of Algorithm 2",
        words=(
            "With the proposal's hash committed first, fresh instances drawn after it, and level "
            "alpha_k for the k-th attempt, the levels summing to at most alpha, the chance that a "
            "life of any length holds a false admission is at most alpha."
        ),
        formal=(
            "null of attempt k: E[x_i | F_(i-1)] <= 0, x_i in [-1, 1], where F_(i-1) is everything "
            "before instance i; bets 0 <= lambda_i <= 1 are F_(i-1)-measurable; admit where "
            "W_n = prod (1 + lambda_i x_i) >= 1/alpha_k  |-  P(some false admission) <= "
            "sum alpha_k <= alpha"
        ),
        outcome=Outcome.PROVED,
        finding=(
            "Proved by a betting argument (Ville) for each attempt and a union over attempts, for "
            "proposals that adapt to everything that was seen. Reusing one sealed set breaks it: "
            "shown by simulation, and exactly for one proposal. The gate plays this game: "
            "`agent/improve/betting.py`, and the audit plays each admission's test again."
        ),
        assumptions=(
            "instances are drawn after the proposal is committed, independent of it",
            "outcomes are in [-1, 1]; bets are in [0, 1] and fixed before the outcome",
            "the levels sum to at most alpha over the whole life",
        ),
        axioms=("induction", "measure"),
        evidence=(
            *_obligations(),
            *_filtration(),
            Exhibit("exact-game", "How often a fair game gets rich.", _exact_game),
            Exhibit("reuse", "What reusing one sealed set does.", _reuse),
        ),
    )
