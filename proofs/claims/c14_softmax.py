"""C14, Algorithm 1: softmax is a distribution, in floats nearly; the answer has a radius."""

from __future__ import annotations

import math
import random
from fractions import Fraction

from verify_agent.proofs.algebra import absolute, between, reals_named
from verify_agent.proofs.model import (
    Claim,
    Evidence,
    Exhibit,
    Finding,
    Lemma,
    OnProject,
    Outcome,
    Table,
    Witness,
)
from verify_agent.verifier.smt.terms import conj

#: The unit roundoff of IEEE doubles.
UNIT = Fraction(1, 2**53)


def sum_error(classes: int) -> Fraction:
    """How far the exact sum of `classes` computed probabilities may be from 1.

    Source: Higham 2002, 4.2 (a sum of n positive terms has a relative error of at most
    (n - 1) u / (1 - (n - 1) u)), one rounding more for each quotient, and a term for underflow.
    """
    summed = (classes - 1) * UNIT / (1 - (classes - 1) * UNIT)
    return (1 + UNIT) / (1 - summed) - 1 + classes * Fraction(1, 2**1075)


def _obligations() -> list[Evidence]:
    e, total, p, s, t, part = reals_named("e S p s_j s_j1 t_j")
    hat, rel, mass, u = reals_named("S_hat theta mass u")
    return [
        Lemma(
            "positive",
            "Each p_i = e_i / S is positive and at most 1, as e_i > 0 and S >= e_i.",
            (e > 0, total >= e, (p * total).equals(e)),
            conj(p > 0, p <= 1),
        ),
        Lemma(
            "sum-step",
            "Partial sums stay in proportion: from s_j S = t_j follows s_(j+1) S = t_(j+1). At the "
            "last, t = S, so the p_i sum to 1.",
            ((s * total).equals(part), (p * total).equals(e), t.equals(s + p)),
            (t * total).equals(part + e),
        ),
        Lemma(
            "sum-end",
            "s S = S and S > 0 give s = 1.",
            (total > 0, (s * total).equals(total)),
            s.equals(1),
        ),
        Lemma(
            "float-sum",
            "In floats: with a computed S_hat = S (1 + theta), |theta| <= r, and quotients rounded "
            "by at most u, the mass is within (1 + u) / (1 - r) - 1 of 1.",
            (
                total.equals(1),
                between(0, u, Fraction(1, 100)),
                between(0, rel, Fraction(1, 100)),
                between(total * (1 - rel), hat, total * (1 + rel)),
                between(total * (1 - u), mass * hat, total * (1 + u)),
            ),
            absolute(mass - 1) * (1 - rel) <= (1 + u) - (1 - rel),
        ),
    ]


def _radius() -> list[Evidence]:
    a, b, c, x, y, dot, norm, step, margin, moved, gap = reals_named(
        "A B c x y dot norm step margin moved gap"
    )
    product = reals_named("m")[0]
    return [
        Lemma(
            "cauchy-schwarz-mean",
            "From c^2 <= A B follows (2 c x y)^2 <= (A y^2 + B x^2)^2 (with m = c x y).",
            (a >= 0, b >= 0, c * c <= a * b, product.equals(c * x * y)),
            4 * (product * product) <= 4 * ((a * (y * y)) * (b * (x * x))),
        ),
        Lemma(
            "arithmetic-geometric",
            "4 p q <= (p + q)^2, with p = A y^2 and q = B x^2.",
            (),
            4 * (x * y) <= (x + y) * (x + y),
        ),
        Lemma(
            "root-order",
            "From (2 m)^2 <= (p + q)^2 and p + q >= 0 follows 2 m <= p + q.",
            (a >= 0, 4 * (c * c) <= a * a),
            2 * c <= a,
        ),
        Lemma(
            "cauchy-schwarz-step",
            "So one more coordinate keeps the inequality of Cauchy and Schwarz: "
            "(c + x y)^2 <= (A + x^2) (B + y^2).",
            (c * c <= a * b, 2 * product <= a * (y * y) + b * (x * x), product.equals(c * x * y)),
            (c + x * y) * (c + x * y) <= (a + x * x) * (b + y * y),
        ),
        Lemma(
            "norms",
            "Squares compared, and the norms not negative: |dot| <= |w_1 - w_j| |step|.",
            (norm >= 0, step >= 0, dot * dot <= (norm * norm) * (step * step)),
            absolute(dot) <= norm * step,
        ),
        Lemma(
            "radius",
            "A step shorter than margin / |w_1 - w_j| can't make class j win: the margin moves by "
            "(w_1 - w_j) . step, at most |w_1 - w_j| |step|.",
            (
                margin > 0,
                norm > 0,
                step >= 0,
                step * norm < margin,
                absolute(dot) <= norm * step,
                gap.equals(margin + dot),
            ),
            gap > 0,
        ),
        Witness(
            "radius-is-tight",
            "At exactly that distance a tie is possible: margin 1, |w_1 - w_j| = 2, a step of 1/2.",
            (
                margin.equals(1),
                norm.equals(2),
                (step * norm).equals(margin),
                moved.equals(margin - norm * step),
                moved.equals(0),
            ),
            {
                "margin": Fraction(1),
                "norm": Fraction(2),
                "step": Fraction(1, 2),
                "moved": Fraction(0),
            },
        ),
    ]


def softmax(logits: list[float]) -> list[float]:
    """As one computes it: the largest logit is taken off first, so nothing overflows.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    top = max(logits)
    weights = [math.exp(x - top) for x in logits]
    total = sum(weights)
    return [w / total for w in weights]


def _floats() -> Finding:
    """Sums of computed probabilities, exactly, against the bound; and underflow to zero."""
    source, rows, holds = random.Random(14), [], True
    for classes in (2, 8, 64, 512):
        worst = Fraction(0)
        for _ in range(200):
            scores = softmax([source.uniform(-30, 30) for _ in range(classes)])
            worst = max(worst, abs(sum(map(Fraction, scores), Fraction(0)) - 1))
            holds = holds and min(scores) >= 0
        holds = holds and worst <= sum_error(classes)
        rows.append((str(classes), f"{float(worst):.2e}", f"{float(sum_error(classes)):.2e}"))
    vanished = softmax([0.0, -1000.0])[1]
    rows.append(("exp(-1000)", str(vanished), "not positive any more"))
    says = "Computed probabilities sum to 1 within the bound; positive they need not be in floats."
    table = Table(("classes", "largest |sum - 1| seen, exactly", "bound"), tuple(rows))
    return Finding(holds and vanished == 0.0, says, table)


def claim() -> Claim:
    """The claim with its obligations."""
    return Claim(
        id="C14",
        title="The intent vector is a distribution, and the answer is stable",
        source="Algorithm 1, section 3.1.1",
        words="i = softmax(W e + b) is a vector of intents.",
        formal=(
            "p_i = e_i / sum e_j, e_i = exp(z_i)  |-  p_i > 0, sum p_i = 1; argmax does not change "
            "for |step| < min_j (z_1 - z_j) / |w_1 - w_j|"
        ),
        outcome=Outcome.CORRECTED,
        finding=(
            "Proved in the reals. In floats the probabilities are not negative (they can be 0) and "
            "sum to 1 within a stated error. The radius within which the answer can't change is in "
            "embedding space: it says nothing about words that embed far apart."
        ),
        assumptions=(
            "S is the sum of the e_i",
            "floats: round to nearest, no overflow after the largest logit is taken off",
        ),
        axioms=("induction", "exponential"),
        correction="in floats: non-negative, and a sum of 1 within the stated error",
        evidence=(
            *_obligations(),
            *_radius(),
            Exhibit("floats", "Float sums against the bound, exactly.", _floats),
            OnProject("classifier", "The radius of the shipped classifier of intents."),
        ),
    )
