"""Whole cycles in a small world: what is admitted, kept, taken over, and found again."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from verify_agent.agent.improve.approval import Mode
from verify_agent.agent.improve.archive import ADMITTED, AWAITING, REJECTED, shipped_generation
from verify_agent.agent.improve.cycle import Cycle
from verify_agent.agent.improve.gate_trials import quality
from verify_agent.agent.improve.model import Proposal
from verify_agent.agent.improve.report import MARKDOWN, PICTURE, Spent, write_report
from verify_agent.agent.improve.showing import (
    difference,
    log_of,
    record_of,
    shown_generation,
    shown_record,
    tree_of,
)
from verify_agent.agent.skills.active import read_active
from verify_agent.agent.skills.registry import shipped_source
from verify_agent.verifier.errors import BadInput

sys.path.append(str(Path(__file__).parent))
from cycle_world import BEST, Tables, world


class Stopped(Exception):
    """The process ended here."""


@pytest.fixture
def cycle(tmp_path: Path) -> Iterator[Cycle]:
    """A cycle whose life has begun."""
    made = world(tmp_path)
    made.begin()
    yield made
    made.trials.evaluator.close()


def better(cycle: Cycle, number: str = "4") -> Proposal:
    """A proposal that is a true gain: the first cost of leaves is better."""
    source = cycle.current.skill("leaf_cost").source
    text = source.replace("return 1\n", f"return {number}\n", 1)
    return Proposal("leaf_cost", text, "an aim", "halving", cycle.current.hash)


def test_an_admission_is_recorded_and_taken_over(cycle: Cycle, tmp_path: Path) -> None:
    proposal = better(cycle)
    decision = cycle.judge(proposal)
    assert decision.admitted, decision.reason
    (record,) = cycle.archive.records()
    assert (record.status, record.proposal) == (ADMITTED, proposal)
    assert cycle.current.number == 1
    assert record.child == cycle.current.hash == cycle.life.entries[-1].more["generation"]
    assert read_active(tmp_path).call("leaf_cost", "parameter") == 4
    measured = [cycle.trials.suite(s) for s in (cycle.current.sources, {})]
    assert cycle.life.quality == quality(*measured) == Fraction(record.quality)


@pytest.mark.slow
def test_a_rejection_leaves_every_byte_as_it_was(cycle: Cycle, tmp_path: Path) -> None:
    before = (tmp_path / "improve" / "active.json").read_bytes()
    assert not cycle.judge(better(cycle, "9")).admitted
    assert (tmp_path / "improve" / "active.json").read_bytes() == before
    assert cycle.archive.records()[0].status == REJECTED
    assert cycle.life.entries[-1].kind == "rejected"


@pytest.mark.slow
def test_what_failed_before_is_not_evaluated_again(cycle: Cycle) -> None:
    cycle.judge(better(cycle, "9"))
    evaluator = cycle.trials.evaluator
    assert isinstance(evaluator, Tables)
    again = replace(better(cycle, "9"), aim="another", proposer="evolution")
    before = len(evaluator.measured)
    assert again.source in evaluator.measured
    decision = cycle.judge(again)
    assert decision.steps[-1].step == "duplicate"
    assert again.source not in evaluator.measured[before:]


@pytest.mark.slow
@pytest.mark.parametrize("step", ["child kept", "entry written", "record written"])
def test_an_admission_that_was_cut_off_is_finished_or_never_was(
    cycle: Cycle, tmp_path: Path, step: str
) -> None:
    def crash(here: str) -> None:
        if here == step:
            raise Stopped

    cycle.crash = crash
    with pytest.raises(Stopped):
        cycle.judge(better(cycle))
    again = world(tmp_path)
    again.begin()
    admitted = step != "child kept"
    assert [r.status for r in again.archive.records()] == [ADMITTED] * admitted
    assert again.current.number == admitted
    assert read_active(tmp_path).sources == again.current.sources
    assert again.life.ledger.read().problems == ()
    assert again.trials.earlier() if admitted else not again.trials.earlier()


@pytest.mark.slow
def test_rollback_restores_byte_for_byte(cycle: Cycle, tmp_path: Path) -> None:
    first = cycle.current
    cycle.judge(better(cycle))
    cycle.roll_back(cycle.archive.generation(first.hash), "a person said so")
    assert cycle.current == first
    assert read_active(tmp_path).sources == shipped_generation().sources
    assert cycle.life.entries[-1].kind == "rolled back"
    assert cycle.life.quality == Fraction(1, 2)


@pytest.mark.slow
def test_without_a_person_it_awaits_one(tmp_path: Path) -> None:
    cycle = world(tmp_path, Mode.ASK)
    cycle.begin()
    assert not cycle.judge(better(cycle)).admitted
    (record,) = cycle.archive.records()
    assert record.status == AWAITING
    cycle.gate.ask = lambda request: True
    assert cycle.judge(record.proposal).admitted
    assert cycle.archive.records()[0].status == ADMITTED


@pytest.mark.slow
def test_proposers_gate_and_archive_work_together(tmp_path: Path) -> None:
    cycle = world(tmp_path)
    cycle.stop = lambda: "enough" if len(cycle.archive.records()) >= 3 else ""
    assert cycle.run() == "enough"
    assert len(cycle.archive.records()) == 3
    admitted = [r for r in cycle.archive.records() if r.status == ADMITTED]
    assert cycle.current.number == len(admitted)
    assert {r.proposal.skill for r in admitted} <= {"leaf_cost"}, "nothing else is a gain"
    again = world(tmp_path)
    again.begin()
    assert again.current == cycle.current


@pytest.mark.slow
def test_what_is_shown(cycle: Cycle, tmp_path: Path) -> None:
    cycle.judge(better(cycle, "9"))
    cycle.judge(better(cycle))
    assert [line.split()[2] for line in log_of(cycle.life.entries).splitlines()] == [
        "start",
        "rejected",
        "committed",
        "admitted",
    ]
    tree = tree_of(cycle.archive, cycle.current.hash)
    assert tree.count("\n") == 2
    assert f"*   {cycle.current.hash[:12]}  leaf_cost admitted" in tree
    record = record_of(cycle.archive, "2")
    assert "quality      passed" in shown_record(record)
    assert record_of(cycle.archive, record.proposal.hash[:9]) == record
    with pytest.raises(BadInput, match="names 0 proposals"):
        record_of(cycle.archive, "77")
    shipped = shipped_generation()
    assert "+        return 4\n" in difference(shipped, cycle.current)
    assert difference(shipped, shipped) == "no skill differs\n"
    assert cycle.current.hash in shown_generation(cycle.current)
    spent = Spent(61.2, 99.9, 12)
    folder = tmp_path / "report"
    write_report(folder, cycle.life.entries, cycle.archive.records(), spent, "the end")
    text = (folder / MARKDOWN).read_text()
    assert "2 proposals, 1 admitted" in text
    assert "| 2 | halving | leaf_cost | an aim | admitted |" in text
    assert "Q_0 + n delta" in (folder / PICTURE).read_text()


def test_the_small_world_has_a_gain_to_find() -> None:
    assert BEST["parameter"] != 1
    assert "return 1" in shipped_source("leaf_cost")
