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
TURN = Skills().call("strategy_turn", "fold")
NUMBERS = shipped_source("strategy_turn").replace(f"return {TURN}", f"return {TURN // 3}")
CODE = shipped_source("strategy_turn").replace(f"return {TURN}", "return 1000 + 1000")
WORSE = shipped_source("strategy_turn").replace(f"return {TURN}", f"return {10 * TURN}")


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
        measured(TURN),
        lambda tasks, sources: measured(Skills(sources).call("strategy_turn", "fold")),
        lambda: False,
    )
    chooser = Chooser(Archive(folder), 0, later)
    found: list[str | None] = []
    for _ in texts:
        proposal = chooser.next(current, analyze_performance(measured(TURN)), bench)
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


def test_the_proposer_itself_comes_last_and_only_with_rehearsals(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[str] = []

    def search(*told: object) -> Iterator[Proposal]:
        asked.append(str(told[2]))
        yield from ()

    for name in choosing.SEARCHES:
        monkeypatch.setitem(choosing.SEARCHES, name, search)  # type: ignore[arg-type]
    monkeypatch.setattr(traces, "LEARNERS", {n: learned() for n in traces.LEARNERS})
    bench = Bench(TASKS, measured(TURN), lambda tasks, sources: measured(1), lambda: False)
    for rehearsals in (None, bench):
        asked.clear()
        chooser = Chooser(Archive(tmp_path), 0)
        chooser.rehearsals = lambda found=rehearsals: found  # type: ignore[misc]
        assert chooser.next(shipped_generation(), analyze_performance(measured(1)), bench) is None
        ordinary = 3 * len(choosing.TUNED)
        assert set(asked[:ordinary]) == set(choosing.TUNED)
        last = set(choosing.PROPOSING) if rehearsals else set()
        assert set(asked[ordinary:]) == last
