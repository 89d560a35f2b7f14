"""A sparse index of weighted features: the nearest of many functions in milliseconds.

An item is a vector of hashed features, weighted by how rare a feature is (tf-idf) and of length
one; the score of two is their cosine. The index is a sparse matrix by columns, so that a query
touches only the items that share a feature with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from verify_agent.agent.similar.features import SPACE

#: A feature that a greater share of all items has says nothing.
COMMON = 0.2
_FEW = 50

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Index:
    """The items' vectors by columns (`columns`), and the weight of each feature."""

    columns: sparse.csc_matrix
    weights: Floats

    @property
    def count(self) -> int:
        """How many items."""
        return int(self.columns.shape[0])

    @property
    def memory(self) -> int:
        """Bytes of the index."""
        parts = (self.columns.data, self.columns.indices, self.columns.indptr, self.weights)
        return sum(int(part.nbytes) for part in parts)

    def scores(self, features: Mapping[int, int]) -> Floats:
        """The cosine of an item's features with every item of the index, in their order."""
        places, values = _weighted(features, self.weights)
        total = np.zeros(self.count, dtype=np.float32)
        starts = self.columns.indptr
        for place, value in zip(places, values, strict=True):
            span = slice(starts[place], starts[place + 1])
            total[self.columns.indices[span]] += value * self.columns.data[span]
        return total

    def nearest(self, features: Mapping[int, int], count: int) -> list[tuple[int, float]]:
        """The items with the greatest scores above zero, the best first."""
        return best(self.scores(features), count)


def best(scores: Floats, count: int) -> list[tuple[int, float]]:
    """The places of the greatest scores above zero with the scores, ties by place."""
    count = min(count, len(scores))
    if count == 0:
        return []
    found = np.argpartition(-scores, count - 1)[:count]
    order = sorted(found.tolist(), key=lambda i: (-float(scores[i]), i))
    return [(i, float(scores[i])) for i in order if scores[i] > 0]


def indexed(items: Iterable[Mapping[int, int]]) -> Index:
    """The index of some items' features; consumes them one by one."""
    starts, places, counts = [0], [], []
    for features in items:
        places.append(np.fromiter(features.keys(), dtype=np.int32, count=len(features)))
        counts.append(np.fromiter(features.values(), dtype=np.float32, count=len(features)))
        starts.append(starts[-1] + len(features))
    count = len(places)
    joined = np.concatenate(places) if places else np.zeros(0, dtype=np.int32)
    values = np.concatenate(counts) if counts else np.zeros(0, dtype=np.float32)
    weights = _weights(joined, count)
    values = np.log1p(values) * weights[joined]
    rows = np.repeat(np.arange(count), np.diff(starts))
    lengths = np.sqrt(np.bincount(rows, weights=values**2, minlength=count))
    values = (values / np.maximum(lengths, 1e-12)[rows]).astype(np.float32)
    kept = values > 0
    matrix = sparse.csc_matrix(
        (values[kept], (rows[kept], joined[kept])), shape=(count, SPACE), dtype=np.float32
    )
    return Index(matrix, weights)


def _weights(places: NDArray[np.int32], count: int) -> Floats:
    """The inverse frequency of each feature; zero for one that is nearly everywhere."""
    frequency = np.bincount(places, minlength=SPACE).astype(np.float32)
    weights: Floats = (np.log((1.0 + count) / (1.0 + frequency)) + 0.1).astype(np.float32)
    if count > _FEW:
        weights[frequency > COMMON * count] = 0
    return weights


def _weighted(features: Mapping[int, int], weights: Floats) -> tuple[list[int], list[float]]:
    places = np.fromiter(features.keys(), dtype=np.int64, count=len(features))
    values = np.log1p(np.fromiter(features.values(), dtype=np.float32, count=len(features)))
    values *= weights[places]
    length = float(np.sqrt((values**2).sum())) or 1.0
    kept = values > 0
    return places[kept].tolist(), (values[kept] / length).tolist()
