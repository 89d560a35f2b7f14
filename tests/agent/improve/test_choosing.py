"""What is proposed next: nothing twice, nothing plainly worse, and last what nobody may admit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from verify_agent.agent.improve import choosing
from verify_agent.agent.improve.approval import Mode, needs_person
from verify_agent.agent.improve.archive import Archive, shipped_generation
from verify_agent.agent.improve.choosing import Chooser
from verify_agent.agent.improve.evaluate import Measurement, Outcome
from verify_agent.agent.improve.model import Generation, Proposal, Skill
from verify_agent.agent.improve.proposers import traces
from verify_agent.agent.improve.proposers.analysis import Analysis, analyze_performance
from verify_agent.agent.improve.proposers.parameters import Bench
from verify_agent.agent.improve.tasks import open_suite
from verify_agent.agent.skills.registry import Skills, shipped_source

TASKS = open_suite(3)
NUMBERS = shipped_source("strategy_turn").replace("15000", "5000")
CODE = shipped_source("strategy_turn").replace("15000", "4000 + 1000")
WORSE = shipped_source("strategy_turn").replace("15000", "50000")


def learned(*texts: str) -> object:
    """A learner that proposes these texts."""

    def propose(generation: Generation, analysis: Analysis) -> Iterator[Proposal]:
        for text in texts:
            yield Proposal("strategy_turn", text, "aim", traces.NAME, generation.hash)

    return propose


def measured(turn: int) -> Measurement:
    """Costs that grow with the turn."""
    return Measurement({t.name: Outcome(t.name, True, turn, 3, "", "fold") for t in TASKS})


def chosen(
    monkeypatch: pytest.MonkeyPatch, folder: Path, mode: Mode, *texts: str
) -> list[str | None]:
    """What is proposed, one after the other, until there is nothing."""
    monkeypatch.setattr(choosing, "ARMS", ((traces.NAME, "strategy_turn"),))
    monkeypatch.setitem(traces.LEARNERS, "strategy_turn", learned(*texts))  # type: ignore[arg-type]
    current = shipped_generation()

    def later(proposal: Proposal) -> bool:
        new = Skill.read(proposal.skill, proposal.source)
        return needs_person(mode, current.skill(proposal.skill), new, ())

    bench = Bench(
        TASKS,
        measured(15_000),
        lambda tasks, sources: measured(Skills(sources).call("strategy_turn", "fold")),
        lambda: False,
    )
    chooser = Chooser(Archive(folder), 0, later)
    found: list[str | None] = []
    for _ in texts:
        proposal = chooser.next(current, analyze_performance(measured(15_000)), bench)
        found.append(proposal and proposal.source)
    return found


def test_what_is_plainly_worse_is_not_proposed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert chosen(monkeypatch, tmp_path, Mode.AUTO, WORSE, NUMBERS)[0] == NUMBERS


def test_what_needs_a_person_comes_last(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first, *_ = chosen(monkeypatch, tmp_path, Mode.AUTO, CODE, WORSE, NUMBERS)
    assert first == NUMBERS
    first, *_ = chosen(monkeypatch, tmp_path, Mode.ASK, CODE, WORSE, NUMBERS)
    assert first == CODE


def test_a_change_of_code_is_put_off_not_forgotten(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert chosen(monkeypatch, tmp_path, Mode.AUTO, CODE, WORSE) == [CODE, None]


def test_permissions_are_for_numbers_first() -> None:
    old = shipped_generation().skill("strategy_turn")
    numbers, code = (Skill.read("strategy_turn", text) for text in (NUMBERS, CODE))
    assert not needs_person(Mode.AUTO, old, numbers, ())
    assert needs_person(Mode.AUTO, old, code, ())
    assert needs_person(Mode.ASK, old, numbers, ())
