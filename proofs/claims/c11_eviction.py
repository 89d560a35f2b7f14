"""C11, formula (4): eviction of the least recently used, until it fits."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.proofs.algebra import reals_named
from verify_agent.proofs.model import Claim, Lemma, OnProject, Outcome, Witness


def claim() -> Claim:
    """The claim with its obligations."""
    used, evicted, new, cap = reals_named("used evicted incoming capacity")
    a, b, c = reals_named("last_access_k last_access_j last_access_new")
    return Claim(
        id="C11",
        title="The cache keeps its capacity and evicts the least recently used",
        source="formula (4), section 3.2",
        words="Memory is managed by evicting the key with the smallest time of last access.",
        formal=(
            "evict(k) = argmin last_access; used <= capacity is an invariant of every insertion, "
            "in bytes; an item larger than the capacity is refused"
        ),
        outcome=Outcome.CORRECTED,
        finding=(
            "Formula (4) names one key to evict; one is not always enough. Evicting in that order "
            "until the new item fits keeps the capacity, and an item larger than the capacity has "
            "to be refused. Proved here as arithmetic, and on the project's own code."
        ),
        assumptions=("sizes are not negative", "times of access are distinct"),
        axioms=("induction",),
        correction="evict until it fits, not once; refuse what can never fit",
        evidence=(
            Witness(
                "once-is-not-enough",
                "Capacity 10, items of 4 and 6 bytes, a new one of 8: with the oldest (4) gone "
                "there would be 14.",
                (
                    used.equals(10),
                    used <= cap,
                    evicted.equals(4),
                    new <= cap,
                    used - evicted + new > cap,
                ),
                {
                    "used": Fraction(10),
                    "evicted": Fraction(4),
                    "incoming": Fraction(8),
                    "capacity": Fraction(10),
                },
            ),
            Lemma(
                "always-enough-in-the-end",
                "If everything is evicted, what is not larger than the capacity fits: the loop of "
                "evictions ends at the latest there.",
                (evicted.equals(used), new <= cap),
                used - evicted + new <= cap,
                "QF_LRA",
            ),
            Lemma(
                "invariant",
                "The loop stops where the new item fits, so `used <= capacity` holds after the "
                "insertion.",
                (used - evicted + new <= cap, c.equals(used - evicted + new)),
                c <= cap,
                "QF_LRA",
            ),
            Lemma(
                "order-kept",
                "Appending the item that was used last keeps the order by last access, so the "
                "front stays the least recently used.",
                (a <= b, b <= c),
                a <= c,
                "QF_LRA",
            ),
            OnProject("code", "The project's own eviction, proved by the project's own prover."),
        ),
    )
