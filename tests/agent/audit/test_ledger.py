"""The ledger's chain and rules: each way to break them is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from verify_agent.agent.audit import ledger
from verify_agent.agent.audit.quality import bound, lipschitz

PROOF = "ab" * 32
AT_HAND = frozenset({PROOF})
Life = list[ledger.Entry]


@pytest.fixture
def entries(make_life: Callable[[str], Life]) -> Life:
    return make_life(PROOF)


@pytest.fixture
def text(entries: Life) -> str:
    return ledger.chained(entries)


@pytest.fixture
def head(text: str) -> str:
    return ledger.head_of(text)


def problems(text: str, head: str) -> str:
    return "; ".join(ledger.check(text, head, AT_HAND).problems)


def rewritten(entries: Life) -> str:
    """What is wrong with a life whose whole chain and head were made anew."""
    made = ledger.chained(entries)
    return problems(made, ledger.head_of(made))


def test_an_honest_life_holds(text: str, head: str) -> None:
    assert problems(text, head) == ""
    assert len(ledger.check(text, head, AT_HAND).entries) == 5


def test_every_flipped_character_is_found(text: str, head: str) -> None:
    for at in range(0, len(text), 7):
        if text[at] == "\n":
            continue
        other = "1" if text[at] != "1" else "2"
        assert problems(text[:at] + other + text[at + 1 :], head), at


def test_a_lost_end_is_found_by_the_head(text: str, head: str) -> None:
    assert "entries lost" in problems("".join(text.splitlines(True)[:-1]), head)


def test_a_lost_middle_is_found_by_the_chain(text: str, head: str) -> None:
    lines = text.splitlines(True)
    assert "does not follow" in problems("".join(lines[:2] + lines[3:]), head)


def test_lines_in_another_order_are_found(text: str, head: str) -> None:
    lines = text.splitlines(True)
    assert problems("".join([lines[0], lines[2], lines[1], *lines[3:]]), head)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"quality": Fraction(9, 20)}, "below delta"),
        ({"quality": Fraction(3, 2)}, "not in [0, 1]"),
        ({"proof": "cd" * 32}, "is not there"),
        ({"proof": ""}, "(none)"),
        ({"kind": "promoted"}, "no kind"),
        ({"delta": Fraction(1, 1000)}, "changed within a life"),
        ({"level": Fraction(1, 2)}, "more than alpha"),
        ({"level": Fraction(-1, 2)}, "negative"),
    ],
)
def test_a_rewritten_life_breaks_a_rule(change: Any, told: str, entries: Life) -> None:
    entries[2] = replace(entries[2], **change)
    assert told in rewritten(entries)


def test_a_rejection_that_moves_the_quality_is_found(entries: Life) -> None:
    entries[1] = replace(entries[1], quality=Fraction(1, 2))
    assert "rejected, and the quality moved" in rewritten(entries)


def test_a_broken_line_is_named(text: str) -> None:
    assert "entry 0 can't be read" in problems("{\n", "")
    extra = json.dumps({**json.loads(text.splitlines()[0]), "more": 1}) + "\n"
    assert "its fields are" in problems(extra, "")


def test_an_empty_ledger_is_no_life() -> None:
    assert "does not begin with a start" in problems("", ledger.head_of(""))


def test_the_bound_counts_since_the_last_rollback(entries: Life) -> None:
    assert bound(entries[:4]).says.startswith("1 admissions")
    assert bound(entries).says.startswith("0 admissions")
    assert bound(entries).plot is not None


def test_the_lipschitz_estimate_names_torn_qualities(entries: Life) -> None:
    found = lipschitz(entries)
    assert "2 qualities led to two different ones" in found.says
    assert "was not met" in found.says


def test_a_contraction_is_not_contradicted(make_entry: Callable[..., ledger.Entry]) -> None:
    rising = [make_entry("admitted", f"{2**n - 1}/{2**n}") for n in range(1, 6)]
    found = lipschitz([make_entry("start", "0"), *rising])
    assert "L is at least 1/2" in found.says
    assert "was not contradicted" in found.says


def test_a_constant_life_has_no_slope(make_entry: Callable[..., ledger.Entry]) -> None:
    found = lipschitz([make_entry("start", "1/2"), make_entry("rejected", "1/2")])
    assert found.missing
    assert not found.holds
