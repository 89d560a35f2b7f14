"""Environments: enough of them, of allowed inputs, with long lists among them."""

from __future__ import annotations

from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.invariants.runs import traces

SOURCE = """
from icontract import require, ensure
@require(lambda xs: all(xs[i] <= xs[i + 1] for i in range(len(xs) - 1)))
@ensure(lambda result: result >= 0)
def f(xs: list[int], n: int) -> int:
    count = 0
    for x in xs:
        count += 1
        n -= 1
        xs[count - 1] = 0
    return count
"""


def seen():
    return traces(lower(load(SOURCE).subjects[0]))["L1"]


def test_inputs_meet_the_precondition_and_some_are_long():
    entry = [e["old(xs)"] for e in seen()]
    assert all(xs == sorted(xs) for xs in entry)
    assert max(map(len, entry)) > 5


def test_entry_values_are_copies_and_the_index_counts_items_taken():
    for e in seen():
        assert e["count"] == e["k1"]
        assert e["n"] == e["old(n)"] - e["k1"]
        assert e["xs"] == [0] * e["k1"] + e["old(xs)"][e["k1"] :]


def test_the_same_seed_gives_the_same_environments():
    assert seen() == seen()
