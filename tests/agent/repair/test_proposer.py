"""What is proposed first, what after an engine's counterexample, and nothing without a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.repair.first import UNCHANGED
from verify_agent.agent.repair.proposer import RepairProposer
from verify_agent.agent.repair.starting import starting_text, subject_of
from verify_agent.agent.task import Task, parse_task
from verify_agent.verifier.evidence import Counterexample

FAULTY = """\
name: r
kind: repair
source: |
  from icontract import ensure


  @ensure(lambda result, a, b: result >= a and result >= b and result in (a, b))
  def larger(a: int, b: int) -> int:
      return a if a < b else b
"""


def task(text: str) -> Task:
    return parse_task(text, Path("r.yaml"))


def test_a_faulty_function_gets_an_edit_and_the_call_that_it_repairs() -> None:
    found = RepairProposer(task(FAULTY), lambda: 0.0).propose((), 5.0)
    assert found is not None
    assert "return a if a > b else b" in found.source
    assert found.summary == "another operator in line 6"
    assert found.gone is not None
    assert found.gone.call.startswith("larger(")


def test_a_function_without_a_known_fault_is_proposed_as_it_is_and_nothing_else() -> None:
    proposer = RepairProposer(task(FAULTY.replace("a < b", "a > b")), lambda: 0.0)
    first = proposer.propose((), 5.0)
    assert first is not None
    assert first.strategy == UNCHANGED
    assert proposer.propose((), 5.0) is None


def test_a_counterexample_of_an_engine_starts_the_search() -> None:
    text = FAULTY.replace("a if a < b else b", "b if (a, b) == (777, 12345678901) else max(a, b)")
    text = text.replace("(777, 12345678901)", "(2**90 + 1, 2**80)")
    proposer = RepairProposer(task(text), lambda: 0.0)
    first = proposer.propose((), 5.0)
    assert first is not None
    assert first.strategy == UNCHANGED
    shown = Counterexample(f"larger({2**90 + 1}, {2**80})", "wrong", replayed=True)
    second = proposer.propose((shown,), 5.0)
    assert second is not None
    assert second.gone is not None
    assert second.gone.call == shown.call


def test_conditions_of_the_task_are_put_on_the_function() -> None:
    made = task(FAULTY + 'requires: ["a > 0"]\nensures: ["result >= old(a)"]\n')
    text = starting_text(made)
    assert "import icontract\n" in text
    assert "    return a if a < b else b\n" in text
    found = subject_of(made, text)
    assert [c.text for c in found.contract.requires] == ["a > 0"]
    assert len(found.contract.ensures) == 2


@pytest.mark.parametrize("forbidden", ["<", ">"])
def test_what_the_task_forbids_is_not_used(forbidden: str) -> None:
    made = task(FAULTY.replace("a < b", "a == b") + f'forbid: ["{forbidden}"]\n')
    found = RepairProposer(made, lambda: 0.0).propose((), 5.0)
    assert found is not None
    assert f"a {forbidden} b" not in found.source.rpartition("return")[2]
