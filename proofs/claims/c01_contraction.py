"""C1, Theorem 1: a contraction of a closed set converges to its one fixed point."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.proofs.algebra import Real, RealFunction, absolute, between, lift, reals_named
from verify_agent.proofs.model import Claim, Evidence, Lemma, Outcome, Witness
from verify_agent.verifier.smt.terms import Term, conj, implies, negate

_F = RealFunction("f")


def _lipschitz(bound: Real, x: Real, y: Real) -> Term:
    """`|f(x) - f(y)| <= L |x - y|` at one pair, all that a lemma uses of the hypothesis."""
    return absolute(_F(x) - _F(y)) <= bound * absolute(x - y)


def _distances() -> list[Evidence]:
    L, q0, q1, q2, d0, dn, dm, p = reals_named("L q_n q_n1 q_n2 d_0 d_n d_n1 L^n")
    small = between(0, L, 1)
    return [
        Lemma(
            "step",
            "One step shrinks the distance of neighbours: d_(n+1) <= L d_n.",
            (_lipschitz(L, q1, q0), q1.equals(_F(q0)), q2.equals(_F(q1))),
            absolute(q2 - q1) <= L * absolute(q1 - q0),
            "QF_UFNRA",
        ),
        Lemma("geometric-base", "d_0 <= L^0 d_0.", (), d0 <= lift(1) * d0),
        Lemma(
            "geometric-step",
            "From d_n <= L^n d_0 follows d_(n+1) <= L^(n+1) d_0.",
            (small, d0 >= 0, dn <= p * d0, dm <= L * dn),
            dm <= L * p * d0,
        ),
        Lemma("power-stays-positive", "L^n >= 0 passes on.", (L >= 0, p >= 0), L * p >= 0),
    ]


def _tail() -> list[Evidence]:
    L, d0, p, r, s, t, d, b = reals_named("L d_0 L^n L^k S_k S_k1 d_nk B")
    x, y, z = reals_named("Q_nk Q_n Q_nk1")
    return [
        Lemma(
            "tail-base",
            "S_0 (1 - L) <= L^n d_0 (1 - L^0), where S_k = |Q_(n+k) - Q_n|.",
            (s.equals(0),),
            s * (1 - L) <= p * d0 * (1 - lift(1)),
        ),
        Lemma(
            "triangle",
            "|Q_(n+k+1) - Q_n| is at most |Q_(n+k) - Q_n| plus one distance d.",
            (absolute(x - y) <= s, absolute(z - x) <= d),
            absolute(z - y) <= s + d,
            "QF_LRA",
        ),
        Lemma(
            "tail-sum",
            "The tail grows by at most one distance d <= L^n L^k d_0 (B here).",
            (L >= 0, L < 1, t <= s + d, d <= b),
            t * (1 - L) <= s * (1 - L) + b * (1 - L),
        ),
        Lemma(
            "tail-step",
            "So from S_k (1 - L) <= L^n d_0 (1 - L^k) follows the same for k + 1.",
            (
                s * (1 - L) <= p * d0 * (1 - r),
                t * (1 - L) <= s * (1 - L) + p * r * d0 * (1 - L),
            ),
            t * (1 - L) <= p * d0 * (1 - r * L),
        ),
        Lemma(
            "tail",
            "And |Q_(n+k) - Q_n| <= L^n / (1 - L) d_0, for every k.",
            (L >= 0, L < 1, p >= 0, r >= 0, d0 >= 0, s * (1 - L) <= p * d0 * (1 - r)),
            s * (1 - L) <= p * d0,
        ),
    ]


def _limit() -> list[Evidence]:
    L, x, y, q, n, e = reals_named("L x y q_n q_n1 e")
    return [
        Lemma(
            "unique",
            "Two fixed points are one.",
            (L >= 0, L < 1, _lipschitz(L, x, y), _F(x).equals(x), _F(y).equals(y)),
            x.equals(y),
            "QF_UFNRA",
        ),
        Lemma(
            "limit-is-fixed",
            "If Q_n and Q_(n+1) are within e of x, then f(x) is within 2 e of x.",
            (
                L >= 0,
                L < 1,
                _lipschitz(L, x, q),
                n.equals(_F(q)),
                absolute(q - x) <= e,
                absolute(n - x) <= e,
            ),
            absolute(_F(x) - x) <= 2 * e,
            "QF_UFNRA",
        ),
        Lemma(
            "no-gap",
            "A distance g that is at most 2 e for every e > 0 is 0: take e = g / 4.",
            (y >= 0, implies(y / 4 > 0, y <= 2 * (y / 4))),
            y.equals(0),
            "QF_LRA",
        ),
    ]


def _hypotheses_matter() -> list[Evidence]:
    q, x, y, u, v = reals_named("q x y u v")
    return [
        Witness(
            "self-map-is-needed",
            "f(q) = q/2 + 1 is Lipschitz with L = 1/2, but leads from 1 in [0, 1] to 3/2 outside, "
            "and its only fixed point 2 is no quality: the printed proof never asks that f maps "
            "qualities to qualities.",
            (
                between(0, q, 1),
                negate(between(0, q / 2 + 1, 1)),
                x.equals(x / 2 + 1),
                negate(between(0, x, 1)),
            ),
            {"q": Fraction(1), "x": Fraction(2)},
        ),
        Lemma(
            "one-is-too-much",
            "L = 1 is too much: f(q) = q + 1/q brings any two points of [1, oo) nearer (u, v are "
            "1/x, 1/y) and has no fixed point, as 1/q is never 0.",
            (x >= 1, y > x, (u * x).equals(1), (v * y).equals(1)),
            conj(absolute((x + u) - (y + v)) < y - x, (x + u).differs(x)),
        ),
    ]


def claim() -> Claim:
    """The claim with its obligations."""
    return Claim(
        id="C1",
        title="Theorem 1 as a theorem about sequences",
        source="Theorem 1, section 3.3, and appendix A.1",
        words=(
            "If the improvement function maps a closed set of qualities into itself and is "
            "Lipschitz with a constant L below 1, then the qualities converge to its one fixed "
            "point."
        ),
        formal=(
            "X closed in R, f: X -> X, 0 <= L < 1, |f(x) - f(y)| <= L |x - y| on X, "
            "Q_(n+1) = f(Q_n)  |-  |Q_(n+k) - Q_n| <= L^n/(1-L) |Q_1 - Q_0| for all n, k; "
            "there is exactly one x with f(x) = x, and Q_n -> x"
        ),
        outcome=Outcome.PROVED,
        finding=(
            "Proved as a theorem about sequences. The printed proof leaves two hypotheses out that "
            "it needs, that f maps qualities to qualities and that Q_(n+1) is f(Q_n). Whether "
            "Algorithm 2 meets them is another question: see C2."
        ),
        assumptions=(
            "X is closed and f maps X into X",
            "Q_(n+1) = f(Q_n): the next quality depends on the quality alone",
            "0 <= L < 1 is one constant for all pairs",
        ),
        axioms=("induction", "completeness", "geometric", "limits"),
        evidence=(*_distances(), *_tail(), *_limit(), *_hypotheses_matter()),
    )
