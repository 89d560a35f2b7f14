"""Algorithm 1 of the paper: features, embedding, softmax(W e + b), with weights from a file.

Weights are integers, so that an answer's certified radius can be computed exactly; the
temperature that calibrates the probabilities is in them already.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

from verify_agent.agent.intent.encode import Vector, encode
from verify_agent.agent.intent.kinds import KINDS, UNCLEAR
from verify_agent.agent.intent.radius import certified_radius

WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True)
class Intent:
    """The vector of Algorithm 1 by kind, the most likely first; it sums to 1.

    `radius` is in embedding space: no embedding nearer than that has another answer.
    """

    chances: tuple[tuple[str, float], ...]
    radius: Fraction
    sure: bool

    @property
    def kind(self) -> str:
        """The most likely kind."""
        return self.chances[0][0]

    @property
    def confidence(self) -> float:
        """Its probability, calibrated."""
        return self.chances[0][1]


@dataclass(frozen=True)
class Classifier:
    """`rows` are one row of integer weights a kind, times `scale`, as the `biases` are.

    Below `threshold` an answer is not sure. `about` says what it was learned from.
    """

    rows: tuple[tuple[int, ...], ...]
    biases: tuple[int, ...]
    scale: int
    threshold: float
    about: dict[str, Any]

    def intent(self, query: str, marks: Iterable[str] = ()) -> Intent:
        """What a query asks for; never sure of a query without a word."""
        return self.of(encode(query, marks), blank=not query.strip())

    def of(self, vector: Vector, *, blank: bool = False) -> Intent:
        """What an encoded query asks for."""
        products = [sum(row[p] * n for p, n in vector.items()) for row in self.rows]
        square = sum(n * n for n in vector.values())
        length = math.sqrt(square) or 1.0
        logits = [(p / length + b) / self.scale for p, b in zip(products, self.biases, strict=True)]
        best = logits.index(max(logits))
        chances = softmax(logits)
        radius = certified_radius(best, products, self.biases, square, _gaps(self.rows, best))
        order = sorted(range(len(KINDS)), key=lambda k: -logits[k])
        sure = not blank and chances[best] >= self.threshold and KINDS[best] != UNCLEAR
        return Intent(tuple((KINDS[k], chances[k]) for k in order), radius, sure)


def softmax(logits: list[float]) -> list[float]:
    """Non-negative and summing to 1 within rounding (C14).

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]
    """
    top = max(logits)
    parts = [math.exp(x - top) for x in logits]
    total = sum(parts)
    return [part / total for part in parts]


@cache
def _gaps(rows: tuple[tuple[int, ...], ...], best: int) -> tuple[int, ...]:
    mine = rows[best]
    return tuple(sum((a - b) ** 2 for a, b in zip(mine, row, strict=True)) for row in rows)


@cache
def shipped() -> Classifier:
    """The classifier that comes with the project."""
    data = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    rows = tuple(tuple(data["rows"][kind]) for kind in KINDS)
    biases = tuple(data["biases"][kind] for kind in KINDS)
    return Classifier(rows, biases, data["scale"], data["threshold"], data["about"])
