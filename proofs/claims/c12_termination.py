"""C12, formula (5): early termination, and that a stream always ends."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.proofs.algebra import reals_named
from verify_agent.proofs.model import Claim, Lemma, OnProject, Outcome, Witness
from verify_agent.verifier.smt import terms as t


def claim() -> Claim:
    """The claim with its obligations."""
    p, q, best, theta, length, least = reals_named("p_1 p_2 p_max theta length l_min")
    read, after, limit = (t.var(n, t.INT) for n in ("length", "length_after", "max_tokens"))
    stop = t.conj(best > theta, length > least)
    some = t.disj(p > theta, q > theta)
    return Claim(
        id="C12",
        title="Early termination fires when it should, and every stream ends",
        source="formula (5), section 3.2",
        words=(
            "A response stops when the largest probability passes theta and the length passes "
            "l_min."
        ),
        formal="terminate = (max_i p_i > theta) and (length > l_min)",
        outcome=Outcome.CORRECTED,
        finding=(
            "The formula fires exactly when some probability and the length pass their thresholds, "
            "but a stream that is never confident never ends by it. With a limit `max_tokens` it "
            "always does; here the text must also parse completely before it may end early."
        ),
        assumptions=("each step makes one token",),
        axioms=("induction",),
        correction="a limit on the number of tokens is part of the rule",
        evidence=(
            Lemma(
                "max-means-some",
                "max_i p_i > theta says that some p_i > theta (two; more by induction).",
                (t.disj(t.conj(best.equals(p), p >= q), t.conj(best.equals(q), q >= p)),),
                t.eq(best > theta, some),
                "QF_LRA",
            ),
            Witness(
                "never-ends",
                "theta = 9/10 and probabilities that stay at 1/2: the formula is false at length "
                "1000000 as at every other.",
                (
                    theta.equals(Fraction(9, 10)),
                    best.equals(Fraction(1, 2)),
                    length.equals(1_000_000),
                    length > least,
                    least.equals(16),
                    t.negate(stop),
                ),
                {
                    "theta": Fraction(9, 10),
                    "p_max": Fraction(1, 2),
                    "length": Fraction(1_000_000),
                    "l_min": Fraction(16),
                },
            ),
            Lemma(
                "variant",
                "With the limit, max_tokens - length is at least 0 and falls by 1 a token: the "
                "stream ends.",
                (t.lt(read, limit), t.eq(after, t.add(read, t.integer(1)))),
                t.conj(
                    t.ge(t.sub(limit, after), t.integer(0)),
                    t.lt(t.sub(limit, after), t.sub(limit, read)),
                ),
                "QF_LIA",
            ),
            OnProject("code", "The project's own rule and stream, proved by the project's prover."),
        ),
    )
