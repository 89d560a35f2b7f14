"""Structure: names do not count, meaning does."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from verify_agent.agent.similar.features import SPACE, structure
from verify_agent.agent.similar.flow import flow_of
from verify_agent.agent.similar.index import best, indexed

SUM = """
def total(xs, bound):
    result = 0
    for x in xs:
        if x > bound:
            result += x
    return result
"""
RENAMED = """
def f(values: list[int], limit: int) -> int:
    '''Adds up what is large.'''
    acc = 0
    for v in values:
        if limit < v:
            acc += v
    return acc
"""
SWAPPED = SUM.replace("result += x", "result += bound")
OTHER = """
def joined(words):
    return ", ".join(sorted(set(words), key=len))
"""


def features(source: str) -> dict[int, int]:
    return dict(structure(ast.parse(source).body))


def cosine(one: str, other: str) -> float:
    a, b = features(one), features(other)
    dot = sum(a[f] * b[f] for f in a.keys() & b.keys())
    return float(dot / np.sqrt(sum(v**2 for v in a.values()) * sum(v**2 for v in b.values())))


def test_names_annotations_and_docstrings_do_not_count() -> None:
    flipped = RENAMED.replace("limit < v", "v > limit").replace(
        "    '''Adds up what is large.'''\n", ""
    )
    assert features(SUM) == features(flipped)
    assert cosine(SUM, RENAMED) > 0.8


def test_where_a_value_comes_from_counts() -> None:
    assert features(SUM) != features(SWAPPED)
    assert 0.5 < cosine(SUM, SWAPPED) < 1.0
    assert cosine(SUM, OTHER) < cosine(SUM, SWAPPED)


def test_the_graph_has_flow_of_control_and_of_data() -> None:
    flow = flow_of(ast.parse(SUM).body[0])
    kinds = {kind for *_, kind in flow.edges}
    assert {"next", "again", "data", "body", "test"} <= kinds
    assert all(0 <= a < len(flow.labels) and 0 <= b < len(flow.labels) for a, b, _ in flow.edges)


def test_the_nearest_come_first() -> None:
    sources = [OTHER, SWAPPED, RENAMED, "def f(n):\n    return n\n"]
    index = indexed(map(features, sources))
    found = index.nearest(features(SUM), 3)
    assert [place for place, _ in found][:2] == [2, 1]
    assert all(0 < score <= 1.0001 for _, score in found)
    assert index.memory > 0


def test_scores_are_the_cosine_of_weighted_vectors() -> None:
    generator = np.random.default_rng(0)
    items = [
        {int(f): int(generator.integers(1, 5)) for f in generator.integers(0, 40, 12)}
        for _ in range(30)
    ]
    index = indexed(items)

    def vector(item: dict[int, int]) -> np.ndarray:
        made = np.zeros(SPACE)
        for place, count in item.items():
            made[place] = np.log1p(count) * index.weights[place]
        return made / np.linalg.norm(made)

    vectors = [vector(item) for item in items]
    for query in items[:5]:
        expected = [float(vector(query) @ v) for v in vectors]
        assert index.scores(query) == pytest.approx(expected, abs=1e-5)


def test_an_empty_index_and_an_empty_query() -> None:
    assert indexed([]).nearest({1: 1}, 5) == []
    assert indexed([{1: 1}, {2: 2}]).nearest({}, 5) == []
    assert best(np.array([0.5, 0.0, 0.5], dtype=np.float32), 9) == [(0, 0.5), (2, 0.5)]
