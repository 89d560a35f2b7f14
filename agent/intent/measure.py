"""How good a classifier is on queries that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify_agent.agent.intent.classifier import Classifier
from verify_agent.agent.intent.dataset import Query
from verify_agent.agent.intent.kinds import KINDS, UNCLEAR

BINS = 10


@dataclass(frozen=True)
class Measured:
    """`confusion` counts by true kind and answer; `bins` are (mean confidence, share right, count).

    `answered` is the share that it is sure of, `right_if_sure` how many of those are right, and
    `misled` the share of the unclear ones that it is sure of.
    """

    count: int
    accuracy: float
    answered: float
    right_if_sure: float
    misled: float
    calibration_error: float
    confusion: dict[str, dict[str, int]]
    bins: tuple[tuple[float, float, int], ...]


def measure(classifier: Classifier, asked: Sequence[Query]) -> Measured:
    """Ask all of them; the calibration error is the expected one over ten equal bins."""
    confusion = {kind: dict.fromkeys(KINDS, 0) for kind in KINDS}
    answers = []
    for query in asked:
        intent = classifier.intent(query.text, query.marks)
        confusion[query.kind][intent.kind] += 1
        answers.append((query.kind, intent.kind == query.kind, intent.confidence, intent.sure))
    sure = [right for _, right, _, sure in answers if sure]
    unclear = [sure for kind, _, _, sure in answers if kind == UNCLEAR]
    bins = _bins([(confidence, right) for _, right, confidence, _ in answers])
    return Measured(
        len(answers),
        _share([right for _, right, _, _ in answers]),
        len(sure) / len(answers),
        _share(sure),
        _share(unclear),
        sum(abs(mean - right) * n for mean, right, n in bins) / len(answers),
        confusion,
        bins,
    )


def _share(of: Sequence[bool]) -> float:
    return sum(of) / len(of) if of else 0.0


def _bins(answers: Sequence[tuple[float, bool]]) -> tuple[tuple[float, float, int], ...]:
    made = []
    for i in range(BINS):
        inside = [(c, r) for c, r in answers if min(int(c * BINS), BINS - 1) == i]
        if inside:
            mean = sum(c for c, _ in inside) / len(inside)
            made.append((mean, _share([r for _, r in inside]), len(inside)))
    return tuple(made)


def table(found: Measured) -> str:
    """The figures and the confusion table: rows are the true kinds."""
    width = max(map(len, KINDS))
    lines = [
        f"{found.count} held-out queries: {found.accuracy:.1%} right; sure of "
        f"{found.answered:.1%}, and right in {found.right_if_sure:.1%} of those; sure of "
        f"{found.misled:.1%} of the unclear ones; calibration error {found.calibration_error:.3f}",
        "",
        " " * width + "".join(f" {kind[:8]:>8}" for kind in KINDS),
    ]
    for kind in KINDS:
        counts = "".join(f" {found.confusion[kind][other]:>8}" for other in KINDS)
        lines.append(f"{kind:<{width}}{counts}")
    return "\n".join(lines)
