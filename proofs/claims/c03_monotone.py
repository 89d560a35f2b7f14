"""C3: what is true instead of Theorem 1: few admissions, and a monotone, bounded quality."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from verify_agent.proofs.algebra import as_real, choose, lift, reals_named
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
from verify_agent.verifier.smt import terms as t


def most_admissions(first: Fraction, gain: Fraction) -> int:
    """The most changes that a gate with least gain `gain` can admit from quality `first`.

    Source: lemma `bound` below.

    >>> most_admissions(Fraction(2, 5), Fraction(1, 4))
    2
    """
    return floor((1 - first) / gain)


def _obligations() -> list[Evidence]:
    q, after, c, q0, delta, k = reals_named("Q_t Q_t1 c Q_0 delta k_t")
    n, m = t.var("n", t.INT), t.var("m", t.INT)
    admitted = c >= q + delta
    step = after.equals(choose(admitted, c, q))
    count = k + choose(admitted, 1, 0)
    return [
        Lemma("monotone", "The quality never falls.", (delta > 0, step), after >= q, "QF_LRA"),
        Lemma("count-base", "Q_0 >= Q_0 + 0 delta.", (), q0 >= q0 + lift(0) * delta),
        Lemma(
            "count-step",
            "From Q_t >= Q_0 + k_t delta follows the same after a step, where k_t counts the "
            "admitted changes.",
            (delta > 0, q >= q0 + k * delta, step),
            after >= q0 + count * delta,
        ),
        Lemma(
            "room",
            "With Q_t <= 1, all admitted gains fit between Q_0 and 1: k delta <= 1 - Q_0.",
            (q <= 1, q >= q0 + k * delta),
            k * delta <= 1 - q0,
        ),
        Lemma(
            "bound",
            "So k is at most m = floor((1 - Q_0) / delta).",
            (
                delta > 0,
                as_real(n) * delta <= 1 - q0,
                1 - q0 < (as_real(m) + 1) * delta,
            ),
            t.le(n, m),
            "QF_NIRA",
        ),
        Lemma(
            "constant-in-the-end",
            "Once nothing more is admitted the quality is constant, so the sequence converges, "
            "whatever the map was: no Lipschitz condition.",
            (delta > 0, t.negate(admitted), step, q.equals(q0)),
            after.equals(q0),
            "QF_LRA",
        ),
    ]


def _limits() -> list[Evidence]:
    a, b, fa, fb, q0, q1, q2, q3, d = reals_named("a b f_a f_b Q_0 Q_1 Q_2 Q_3 delta")
    return [
        Witness(
            "no-lipschitz-needed",
            "A life that C3 covers and Theorem 1 does not: from 1/5 the quality stays, from 3/10 "
            "it jumps to 9/10; the observed L is 7.",
            (
                a < b,
                fa.equals(a),
                fb >= b + lift(Fraction(1, 10)),
                fb <= 1,
                fb - fa >= 7 * (b - a),
            ),
            {
                "a": Fraction(1, 5),
                "b": Fraction(3, 10),
                "f_a": Fraction(1, 5),
                "f_b": Fraction(9, 10),
            },
        ),
        Witness(
            "rollbacks-are-outside",
            "With a rollback in between, two changes are admitted where the bound says one: "
            "0, 3/4, back to 0, 3/4, at delta = 3/4.",
            (
                d.equals(Fraction(3, 4)),
                q0.equals(0),
                q1 >= q0 + d,
                q2 < q1,
                q3 >= q2 + d,
                q3 <= 1,
                2 * d > 1 - q0,
            ),
            {
                "delta": Fraction(3, 4),
                "Q_0": Fraction(0),
                "Q_1": Fraction(3, 4),
                "Q_2": Fraction(0),
                "Q_3": Fraction(3, 4),
            },
        ),
    ]


def _tight() -> Finding:
    """A life that reaches the bound, and one that stops before it."""
    first, gain = Fraction(2, 5), Fraction(1, 10)
    most = most_admissions(first, gain)
    quality, count, greedy = first, 0, [(0.0, float(first))]
    for step in range(1, 13):
        if quality + gain <= 1:
            quality, count = quality + gain, count + 1
        greedy.append((float(step), float(quality)))
    rows = ((str(first), str(gain), str(most), str(count)),)
    plot = Plot(
        "Q_t under a gate with delta = 1/10 from Q_0 = 2/5, and the bound",
        "iteration t",
        "quality",
        (
            Line("Q_t, every gain exactly delta", tuple(greedy), "steps"),
            Line("1, which no quality passes", ((0.0, 1.0), (12.0, 1.0))),
            Line(f"after {most} admissions nothing more fits", ((6.0, 0.4), (6.0, 1.0))),
        ),
    )
    return Finding(
        count == most,
        f"The bound is reached: {count} admissions of {most} that are possible.",
        Table(("Q_0", "delta", "bound", "admitted"), rows),
        plot,
    )


def claim() -> Claim:
    """The claim with its obligations."""
    return Claim(
        id="C3",
        title="What is true instead: at most floor((1 - Q_0) / delta) admissions",
        source="ours, in place of Theorem 1 for Algorithm 2",
        words=(
            "A gate that admits only gains of at least delta, in a fixed and exactly computed "
            "quality between 0 and 1, admits at most floor((1 - Q_0) / delta) changes; the "
            "quality is monotone and becomes constant, so it converges."
        ),
        formal=(
            "Q: agents -> [0, 1] fixed, delta > 0, Q_(t+1) = c if c >= Q_t + delta else Q_t  |-  "
            "Q_(t+1) >= Q_t, #admitted <= floor((1 - Q_0)/delta), Q_t is constant from some t on"
        ),
        outcome=Outcome.PROVED,
        finding=(
            "Proved, without a Lipschitz condition and without analysis: there are only finitely "
            "many admissions, and after the last the quality stands still. Where it ends is not "
            "said: the last quality need not be the best one (C4)."
        ),
        assumptions=(
            "the quality is one fixed function, computed exactly",
            "no rollback: a rollback takes quality back and starts the count anew",
            "where a gain is only shown by a statistical test, this holds with probability "
            "1 - alpha (C17)",
        ),
        axioms=("induction",),
        evidence=(
            *_obligations(),
            *_limits(),
            Exhibit("tight", "The bound is reached: it can't be improved.", _tight),
        ),
    )
