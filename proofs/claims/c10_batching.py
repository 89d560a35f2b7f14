"""C10, formula (3): closed sliding windows put a query into several batches."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.proofs.algebra import as_real, between, reals_named
from verify_agent.proofs.model import Claim, Lemma, OnProject, Outcome, Witness
from verify_agent.verifier.smt import terms as t


def claim() -> Claim:
    """The claim with its counter-model and the corrected windows."""
    tau, width, first, second, share = reals_named("tau width t_1 t_2 share")
    at_j, at_k = reals_named("j_dt k_dt")
    j, k = t.var("j", t.INT), t.var("k", t.INT)
    start = as_real(k) * width
    return Claim(
        id="C10",
        title="Batching: each query is in one batch",
        source="formula (3), section 3.2",
        words="Queries are batched by the sliding window of width dt that ends at t.",
        formal="B_t = {q_i : t - dt <= tau_i <= t}; each q_i is in exactly one batch",
        outcome=Outcome.REFUTED,
        finding=(
            "Refuted as printed: a query that arrives at 1 is in the batches at 1, at 3/2 and at "
            "2, so it would be answered several times. With half-open consecutive windows "
            "[k dt, (k + 1) dt) each query is in exactly one: proved, and proved on the code that "
            "batches here."
        ),
        assumptions=("dt > 0",),
        axioms=(),
        evidence=(
            Witness(
                "two-batches",
                "A query at tau = 1 with dt = 1 is in the batch at t = 1 and in the one at t = 2, "
                "even if windows only follow each other.",
                (
                    width > 0,
                    second.equals(first + width),
                    between(first - width, tau, first),
                    between(second - width, tau, second),
                ),
                {
                    "tau": Fraction(1),
                    "width": Fraction(1),
                    "t_1": Fraction(1),
                    "t_2": Fraction(2),
                },
            ),
            Lemma(
                "some-window",
                "Corrected: the window k = floor(tau / dt) holds the query (share is tau / dt).",
                (
                    width > 0,
                    tau.equals(share * width),
                    as_real(k) <= share,
                    share < as_real(k) + 1,
                ),
                t.conj(start <= tau, tau < start + width),
                "QF_NIRA",
            ),
            Lemma(
                "apart",
                "Windows whose numbers differ by at least 1 are at least dt apart.",
                (width > 0, first >= second + 1),
                first * width >= second * width + width,
            ),
            Lemma(
                "one-window",
                "So no other window holds it (j_dt and k_dt are j dt and k dt).",
                (
                    t.implies(t.gt(j, k), at_j >= at_k + width),
                    t.implies(t.gt(k, j), at_k >= at_j + width),
                    t.conj(at_j <= tau, tau < at_j + width),
                    t.conj(at_k <= tau, tau < at_k + width),
                ),
                t.eq(j, k),
                "QF_LIRA",
            ),
            OnProject("code", "The project's own windows, proved by the project's own prover."),
        ),
    )
