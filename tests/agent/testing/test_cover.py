"""The set cover is a smallest one, and every example in it is needed."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from verify_agent.agent.testing.cover import fewest, irredundant, killed_by

MATRICES = st.lists(st.frozensets(st.integers(0, 9), max_size=5), max_size=8)


@given(MATRICES)
def test_no_smaller_cover_exists(rows: list[frozenset[int]]) -> None:
    kills = dict(enumerate(rows))
    found = fewest(kills)
    everything = killed_by(kills, list(kills))
    assert found.fewest
    assert killed_by(kills, found.chosen) == everything
    assert irredundant(kills, found.chosen)
    for size in range(len(found.chosen)):
        assert all(killed_by(kills, some) != everything for some in combinations(kills, size))
