"""Relations between columns are exact, and all of them are found."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from verify_agent.verifier.invariants.elimination import relations

SMALL = st.integers(-9, 9)
MATRICES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.tuples(*[SMALL] * width), min_size=1, max_size=6)
)


def rank(rows):
    """By elimination in fractions."""
    rows, found = [list(map(Fraction, row)) for row in rows], 0
    for column in range(len(rows[0])):
        pivot = next((k for k in range(found, len(rows)) if rows[k][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for k in range(found + 1, len(rows)):
            factor = rows[k][column] / rows[found][column]
            rows[k] = [a - factor * b for a, b in zip(rows[k], rows[found], strict=True)]
        found += 1
    return found


@given(MATRICES)
def test_each_relation_holds_and_as_many_are_found_as_there_are(rows):
    found = relations(rows)
    assert len(found) == len(rows[0]) - rank(rows)
    for vector in found:
        assert any(vector)
        assert all(sum(a * b for a, b in zip(row, vector, strict=True)) == 0 for row in rows)


def test_a_closed_form_is_found():
    rows = [(1, k, k * k, k * (k + 1) // 2) for k in range(6)]
    assert relations(rows) == [(0, -1, -1, 2)]
