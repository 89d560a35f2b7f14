"""C4, Theorem 3: close to the fixed point after O(log 1/epsilon) steps; not close to the best."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.proofs.algebra import Real, absolute, between, lift, reals_named
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
from verify_agent.verifier.smt.terms import conj


def steps_needed(rate: Fraction, first: Fraction, epsilon: Fraction) -> int:
    """The least n with `rate^n * first <= epsilon (1 - rate)`, in exact rationals.

    >>> steps_needed(Fraction(1, 2), Fraction(1, 4), Fraction(1, 8))
    2
    """
    steps, power = 0, Fraction(1)
    while power * first > epsilon * (1 - rate):
        steps, power = steps + 1, power * rate
    return steps


def _obligations() -> list[Evidence]:
    L, p, d0, e, x, r, h = reals_named("L L^n d_0 epsilon distance L^m 2^-j")
    return [
        Lemma(
            "close-to-the-fixed-point",
            "Once L^n d_0 <= epsilon (1 - L), the fixed point is at most epsilon away.",
            (L >= 0, L < 1, x * (1 - L) <= p * d0, p * d0 <= e * (1 - L)),
            x <= e,
        ),
        Lemma(
            "halving-base",
            "L^(m 0) <= 2^0.",
            (p.equals(1), h.equals(1)),
            p <= h,
            "QF_LRA",
        ),
        Lemma(
            "halving-step",
            "If m steps halve (L^m <= 1/2), then m j steps make 2^-j: so "
            "n = m ceil(log2(d_0 / (epsilon (1 - L)))) steps do, which is O(log 1/epsilon).",
            (r >= 0, r <= lift(Fraction(1, 2)), p >= 0, p <= h),
            p * r <= h / 2,
        ),
    ]


def _wrong_goal() -> list[Evidence]:
    q, x, best = reals_named("q x best")

    def step(y: Real) -> Real:
        return y / 2 + lift(Fraction(1, 4))

    return [
        Lemma(
            "contraction",
            "f(q) = q/2 + 1/4 is a contraction of [0, 1] with L = 1/2.",
            (between(0, q, 1), between(0, x, 1)),
            conj(
                absolute(step(q) - step(x)) <= absolute(q - x) / 2,
                between(0, step(q), 1),
            ),
            "QF_LRA",
        ),
        Lemma(
            "never-better-than-a-half",
            "From any quality up to 1/2 it never gets above 1/2, so never within 1/2 of 1.",
            (q <= lift(Fraction(1, 2)),),
            step(q) <= lift(Fraction(1, 2)),
            "QF_LRA",
        ),
        Witness(
            "fixed-point-is-not-the-optimum",
            "Its fixed point is 1/2 while a quality of 1 exists: the distance from optimal is 1/2 "
            "for ever.",
            (x.equals(step(x)), best.equals(1), between(0, x, 1), best - x >= Fraction(1, 2)),
            {"x": Fraction(1, 2), "best": Fraction(1)},
        ),
    ]


def _counted() -> Finding:
    """Steps needed over a range of epsilon, exactly, and a run of the contraction beside them."""
    rate, first = Fraction(1, 2), Fraction(1, 4)
    counts = [(k, steps_needed(rate, first, Fraction(1, 10**k))) for k in range(1, 10)]
    quality, path = Fraction(0), list[tuple[float, float]]()
    fixed, holds = Fraction(1, 2), True
    distances = []
    for n in range(counts[-1][1] + 1):
        distances.append(fixed - quality)
        path.append((float(n), float(quality)))
        quality = quality / 2 + Fraction(1, 4)
    for k, n in counts:
        holds = holds and distances[n] <= Fraction(1, 10**k)
    plot = Plot(
        "f(q) = q/2 + 1/4 from 0: near its fixed point soon, near the best never",
        "iteration n",
        "quality",
        (
            Line("Q_n", tuple(path[:12]), "marks"),
            Line("the fixed point, 1/2", ((0.0, 0.5), (11.0, 0.5))),
            Line("the best quality, 1", ((0.0, 1.0), (11.0, 1.0))),
        ),
    )
    rows = tuple(
        (f"10^-{k}", str(n), str(float(distances[n])), str(float(1 - fixed + distances[n])))
        for k, n in counts
    )
    heading = ("epsilon", "n by the formula", "distance from the fixed point", "from the best")
    per_digit = counts[-1][1] - counts[-2][1]
    says = (
        f"A digit more costs {per_digit} steps or so, as O(log 1/epsilon) says; the distance from "
        "the best quality stays above 1/2."
    )
    return Finding(holds, says, Table(heading, rows), plot)


def claim() -> Claim:
    """The claim with its obligations and its counter-model."""
    return Claim(
        id="C4",
        title="Theorem 3: epsilon-optimal in O(log 1/epsilon) iterations",
        source="Theorem 3, section 5.2",
        words=(
            "Under Lipschitz conditions the algorithm is epsilon-optimal after O(log 1/epsilon) "
            "iterations."
        ),
        formal="n >= min{n : L^n d_0 <= epsilon (1 - L)}  |-  |Q_n - Q*| <= epsilon",
        outcome=Outcome.CORRECTED,
        finding=(
            "Proved for `epsilon-close to the fixed point`, as an upper bound on the number of "
            "steps. Refuted for `epsilon-optimal`: a contraction whose fixed point is not the best "
            "quality stays away from the best for ever."
        ),
        assumptions=("everything that C1 assumes", "d_0 = |Q_1 - Q_0|"),
        axioms=("induction", "geometric", "limits"),
        correction="`optimal` is replaced by `close to the fixed point`",
        evidence=(
            *_obligations(),
            *_wrong_goal(),
            Exhibit("counted", "Steps counted exactly for nine values of epsilon.", _counted),
        ),
    )
