"""C14: the radius within which the shipped classifier of intents can't change its answer."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from verify_agent.agent.intent.classifier import Classifier, shipped
from verify_agent.agent.intent.dataset import queries
from verify_agent.agent.intent.kinds import KINDS
from verify_agent.proofs.model import Finding, Table


def classifier(using: Classifier | None = None) -> Finding:
    """Radii of all held-out queries, in exact arithmetic, and how many answers are right.

    It holds where every answer has a radius above 0: there is no tie, and none was rounded.
    """
    known = using or shipped()
    rows, radii, right, count = [], list[Fraction](), 0, 0
    for kind in KINDS:
        asked = [q for q in queries() if q.held_out and q.kind == kind]
        answers = [known.intent(q.text) for q in asked]
        hits = sum(a.kind == kind for a in answers)
        found = sorted(a.radius for a in answers)
        rows.append((kind, str(len(asked)), str(hits), *_shown(found)))
        radii += found
        right, count = right + hits, count + len(asked)
    least, middle, most = _shown(sorted(radii))
    says = (
        f"The shipped classifier answers {right} of {count} held-out queries right. Embeddings "
        f"have length 1; the certified radius is {least} at the least, {middle} in the middle and "
        f"{most} at the most. It says nothing about words that embed further away."
    )
    heading = ("kind", "queries", "right", "smallest radius", "median", "largest")
    return Finding(bool(radii) and min(radii) > 0, says, Table(heading, tuple(rows)))


def _shown(ordered: Sequence[Fraction]) -> tuple[str, str, str]:
    if not ordered:
        return "-", "-", "-"
    least, middle, most = ordered[0], ordered[len(ordered) // 2], ordered[-1]
    return _below(least), _below(middle), _below(most)


def _below(number: Fraction) -> str:
    """Five decimals, rounded down: a radius is never told larger than it is."""
    return f"{number.numerator * 100_000 // number.denominator / 100_000:.5f}"
