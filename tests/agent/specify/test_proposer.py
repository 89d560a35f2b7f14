"""Specify: what is chosen out of candidates, and what a run writes."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest

from verify_agent.agent.given import given_text
from verify_agent.agent.specify.proposer import SpecifyProposer
from verify_agent.agent.task import parse_task
from verify_agent.contracts.infer import postconditions, preconditions
from verify_agent.contracts.model import Condition, Contract
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import subject
from verify_agent.verifier.killing import Conditions, different, irredundant, strengths
from verify_agent.verifier.mutation import mutants

CAPPED = """
def capped(amount: int, most: int) -> int:
    if amount > most:
        return most
    return amount
"""
SAMPLES = [((a, m), min(a, m)) for a in range(-3, 4) for m in range(-3, 4)]
TEXTS = ("result <= most", "result <= amount", "result == amount or result == most", "True")


@pytest.fixture
def conditions() -> Conditions:
    """Four conditions that are true of the function."""
    from dataclasses import replace

    found = subject(CAPPED, "capped")
    contract = Contract(ensures=tuple(Condition(t) for t in (*TEXTS, "result == 0")))
    return Conditions(replace(found, contract=contract))


def test_conditions_that_a_run_breaks_are_left_out(conditions: Conditions) -> None:
    assert conditions.true_of(SAMPLES) == TEXTS


def test_a_condition_that_says_nothing_kills_nothing(conditions: Conditions) -> None:
    found = subject(CAPPED, "capped")
    changed = different(found, mutants(CAPPED, "capped"), SAMPLES)
    kills = conditions.kills(TEXTS, changed)
    assert changed
    assert not kills["True"]
    chosen = irredundant(kills, strengths(conditions, TEXTS, SAMPLES))
    assert "True" not in chosen
    assert frozenset().union(*(kills[t] for t in chosen)) == frozenset().union(*kills.values())


def test_no_chosen_condition_can_be_left_out() -> None:
    kills = {
        "a": frozenset({1, 2, 3}), "b": frozenset({1, 4}), "c": frozenset({2, 5}),
        "d": frozenset({3}),
    }  # fmt: skip
    chosen = irredundant(kills, dict.fromkeys(kills, 0))
    assert set(chosen) == {"b", "c", "a"} or set(chosen) == {"b", "c", "d"}
    for text in chosen:
        others = frozenset[int]().union(*(kills[t] for t in chosen if t != text))
        assert not kills[text] <= others


def test_an_equal_mutant_is_not_told_apart() -> None:
    found = subject(CAPPED, "capped")
    texts = {str(d.mutant) for d in different(found, mutants(CAPPED, "capped"), SAMPLES)}
    assert not any("`amount > most` becomes `amount >= most`" in t for t in texts)


def test_candidates_can_be_read_as_python() -> None:
    found = subject(CAPPED, "capped")
    node = ast.parse(CAPPED).body[0]
    assert isinstance(node, ast.FunctionDef)
    texts = (*postconditions(node, found.signature), *preconditions(found.signature))
    assert len(texts) == len(set(texts)) > 20
    for text in texts:
        ast.parse(text, mode="eval")


DIVIDES = """
def share(total: int, people: int) -> int:
    return total // people
"""


def test_what_a_function_needs_not_to_raise_is_asked_for(tmp_path: Path) -> None:
    indented = "".join(f"  {line}\n" for line in DIVIDES.strip().split("\n"))
    text = f"name: spec\nkind: specify\nsource: |\n{indented}"
    task = parse_task(text, tmp_path / "task.yaml")
    proposer = SpecifyProposer(task, time.monotonic)
    needed = proposer._needed(task.subject(given_text(task)))
    assert [c.text for c in needed.contract.requires] == ["people != 0"]


@pytest.mark.slow
def test_a_contract_is_found_and_every_condition_proved(tmp_path: Path) -> None:
    indented = "".join(f"  {line}\n" for line in CAPPED.strip().split("\n"))
    text = f"name: spec\nkind: specify\nsource: |\n{indented}"
    task = parse_task(text, tmp_path / "task.yaml")
    proposer = SpecifyProposer(task, time.monotonic)
    try:
        found = proposer.propose((), time.monotonic() + 30)
    finally:
        proposer.close()
    assert found is not None
    asked = task.subject(found.source)
    assert asked.contract.ensures
    said = Deductive().check(asked, Limits(seconds=15), 0).attempts
    assert {a.outcome for a in said.values()} == {Verdict.PROVED}
