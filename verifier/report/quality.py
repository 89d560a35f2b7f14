"""The quality score as the renderings show it; numbers that are shares stand as decimals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from verify_agent.verifier.quality import Quality


def quality_record(found: Quality) -> dict[str, Any]:
    """One measurement as plain values."""
    from verify_agent.verifier.quality import ONE

    w = found.weights
    return {
        "function": found.function,
        "when": found.when,
        "complexity": found.complexity,
        "maintainability": found.maintainability / ONE,
        "coverage": found.coverage / ONE,
        "coverage_by": found.coverage_by,
        "style": found.style / ONE,
        "weights": [x / ONE for x in (w.complexity, w.maintainability, w.coverage, w.style)],
        "score": found.score / ONE,
    }


def quality_table(quality: Sequence[Quality]) -> list[str]:
    """A line for each measurement; nothing where there is none."""
    return [
        f"quality {q.when}: {_decimal(q.score)}  (complexity {q.complexity}, "
        f"maintainability {_decimal(q.maintainability)}, coverage {_decimal(q.coverage)}, "
        f"style {_decimal(q.style)})  {q.function}"
        for q in quality
    ]


def _decimal(millionths: int) -> str:
    from verify_agent.verifier.quality import ONE

    return f"{millionths / ONE:.2f}"
