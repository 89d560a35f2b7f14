"""What the policy believes before it has seen a run: counts and seconds, written by hand.

Each row of `CHECKS` is (engine, type class) -> weights of a Dirichlet distribution over what the
engine says of a *fresh* candidate, and its wall seconds when warm. `reaches` is an answer that
brings all obligations to the proof that was asked for, `agrees` any other that allows a
delivery, `silent` one that does not, `refutes` a rejection. Weights sum to about 20: worth as
much as 20 observations; what was observed comes on top (`policy_estimates`).
"""

from __future__ import annotations

from fractions import Fraction

from verify_agent.agent.state import PROPERTIES, SYMBOLIC, TYPING
from verify_agent.verifier.evidence import DEDUCTIVE

SCALAR, COLLECTION = "scalar", "collection"

#: engine, type class -> (reaches, agrees, silent, refutes), seconds
CHECKS: dict[tuple[str, str], tuple[tuple[str, str, str, str], str]] = {
    (TYPING, SCALAR): (("0", "19.6", "0.2", "0.2"), "0.1"),
    (TYPING, COLLECTION): (("0", "19.4", "0.2", "0.4"), "0.1"),
    (SYMBOLIC, SCALAR): (("0.6", "17.4", "0.2", "0.6"), "0.5"),
    (SYMBOLIC, COLLECTION): (("0.4", "15.6", "0.2", "3.8"), "1.5"),
    (PROPERTIES, SCALAR): (("0.1", "17.3", "0.6", "0.8"), "0.2"),
    (PROPERTIES, COLLECTION): (("0.1", "13.9", "1", "5"), "0.4"),
    (DEDUCTIVE, SCALAR): (("18", "1.4", "0", "0.6"), "0.2"),
    (DEDUCTIVE, COLLECTION): (("7", "8", "0", "5"), "0.6"),
}

#: The prover on a candidate that stands in for one that it could not prove: the same kind of
#: obligation may be out of its reach again. Its time is cut short there.
FURTHER_PROOF: dict[str, tuple[tuple[str, str, str, str], str]] = {
    SCALAR: (("6", "12", "0", "2"), "0.5"),
    COLLECTION: (("5", "11", "0", "4"), "1.0"),
}

#: CrossHair once all is proved and tested: it may only refute, and its limit is short
#: (`effort.py`).
AFTER_PROOF_SECONDS = {SCALAR: "0.5", COLLECTION: "1.0"}

#: Of candidates that the prover can't prove, so many are stuck for good (the rest waits for
#: another engine), and of those so many because of the contract, so that no other one helps.
STUCK_FOR_GOOD = Fraction(9, 10)
CONTRACT_AT_FAULT = Fraction(1, 10)

#: Once another engine found nothing, a refutation is this much less likely; once proved, less yet.
LESS_LIKELY_AFTER_AGREEMENT = Fraction(1, 5)
LESS_LIKELY_AFTER_PROOF = Fraction(1, 50)

#: type class -> (weight of a candidate, weight of none), seconds of the search
SEARCH = {SCALAR: (("19", "1"), "0.3"), COLLECTION: (("15", "5"), "1.0")}

#: The same for another candidate, and how often it is the last that may be asked for.
FURTHER_SEARCH = {SCALAR: (("10", "10"), "1.0"), COLLECTION: (("10", "10"), "3.0")}
LAST_OF_FURTHER = Fraction(1, 4)

#: (no defect of the contract, defect), seconds of the examination
EXAMINE = (("19.5", "0.5"), "0.3")

#: Where only tests are asked for, this share of the agreements is all that is needed.
ENOUGH_FOR_TESTS = Fraction(9, 10)

#: An action makes an early run late, or a run spent, with these probabilities.
BECOMES_LATE = Fraction(1, 50)
EARLY_BECOMES_SPENT = Fraction(1, 500)
LATE_BECOMES_SPENT = Fraction(1, 25)

SIMPLIFY_SECONDS = "0.05"
#: Two processors: engines side by side take the longest of them, or half of their sum.
PROCESSORS = 2
START_SECONDS = "0.05"

#: Worth in seconds: a delivery, a shorter answer, and (negative) giving up.
DELIVERY_WORTH = "60"
SHORTER_WORTH = "3"
GIVING_UP_WORTH = "-20"

#: The prior's seconds count as much as so many measurements.
SECONDS_WEIGHT = 3

DISCOUNT = Fraction(99, 100)
