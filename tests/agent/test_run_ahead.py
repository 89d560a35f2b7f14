"""Engines are asked before the policy wants them, and CrossHair with its short limit first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from verify_agent.agent.effort import AFTER_PROOF_SECONDS
from verify_agent.agent.run_ahead import Ahead, first_seconds, wants_more
from verify_agent.agent.run_problem import delivered_subject
from verify_agent.agent.run_worker import Answer, Request
from verify_agent.agent.run_workers import Workers
from verify_agent.agent.state import PROPERTIES, SYMBOLIC, TYPING
from verify_agent.agent.task import Task, load_task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.evidence import DEDUCTIVE, Attempt, Counterexample, Verdict
from verify_agent.verifier.subject import Subject

TASK = """
name: larger
signature: "larger(a: int, b: int) -> int"
ensures: ["result >= a and result >= b"]
"""
SOURCE = "def larger(a: int, b: int) -> int:\n    return max(a, b)\n"


def said(engine: str, outcome: Verdict) -> Said:
    shown = Counterexample("f(1)", "2", replayed=True) if outcome is Verdict.REFUTED else None
    return Said((("o", Attempt(engine, outcome, counterexample=shown)),))


@dataclass
class Noted(Workers):
    """Workers that only note what they are asked ahead."""

    noted: dict[str, Request] = field(default_factory=dict)

    def ahead(self, label: str, *requests: Request) -> None:
        (self.noted[label],) = requests


@pytest.fixture
def task(tmp_path: Path) -> Task:
    path = tmp_path / "larger.yaml"
    path.write_text(TASK)
    return load_task(path)


@pytest.fixture
def subject(task: Task) -> Subject:
    return delivered_subject(task, SOURCE)


def test_crosshair_has_its_short_limit_only_beside_the_prover() -> None:
    assert first_seconds({SYMBOLIC: 6.0, DEDUCTIVE: 20.0})[SYMBOLIC] == AFTER_PROOF_SECONDS
    assert first_seconds({SYMBOLIC: 6.0, TYPING: 20.0}) == {SYMBOLIC: 6.0, TYPING: 20.0}
    assert first_seconds({SYMBOLIC: 1.0, DEDUCTIVE: 20.0})[SYMBOLIC] == 1.0


@pytest.mark.parametrize(
    ("prover", "crosshair", "more"),
    [
        (Verdict.PROVED, Verdict.UNKNOWN, False),
        (Verdict.UNKNOWN, Verdict.UNKNOWN, True),
        (Verdict.UNKNOWN, Verdict.CONFIRMED, False),
        (Verdict.REFUTED, Verdict.UNKNOWN, False),
    ],
)
def test_more_time_is_for_what_is_not_settled(
    prover: Verdict, crosshair: Verdict, more: bool
) -> None:
    found: Mapping[str, Said] = {
        DEDUCTIVE: said(DEDUCTIVE, prover),
        SYMBOLIC: said(SYMBOLIC, crosshair),
    }
    assert wants_more(found) is more


def test_the_others_are_asked_and_their_requests_are_taken(task: Task, subject: Subject) -> None:
    workers = Noted()
    ahead = Ahead(task, workers)
    ahead.others(subject, frozenset({PROPERTIES, DEDUCTIVE}))
    assert sorted(workers.noted) == [SYMBOLIC, TYPING]
    assert ahead.request(SYMBOLIC, subject, 6.0) is workers.noted[SYMBOLIC]
    fewer = ahead.request(TYPING, subject, 1.0)
    assert fewer != workers.noted[TYPING]


def test_what_is_known_is_not_asked(task: Task, subject: Subject) -> None:
    workers = Noted()
    ahead = Ahead(task, workers)
    ahead.knows(subject, {PROPERTIES: Answer(said(PROPERTIES, Verdict.TESTED))})
    ahead.others(subject, frozenset({DEDUCTIVE}))
    assert PROPERTIES not in workers.noted
    other = delivered_subject(task, SOURCE.replace("max(a, b)", "max(b, a)"))
    ahead.others(other, frozenset({DEDUCTIVE}))
    assert PROPERTIES in workers.noted


def test_the_strength_is_measured_once_all_is_proved_and_tested(
    task: Task, subject: Subject
) -> None:
    workers = Noted()
    ahead = Ahead(task, workers)
    ahead.others(subject, frozenset({PROPERTIES, DEDUCTIVE}))
    ahead.came(DEDUCTIVE, Answer(said(DEDUCTIVE, Verdict.PROVED)))
    assert PROPERTIES not in workers.noted
    ahead.came(PROPERTIES, Answer(said(PROPERTIES, Verdict.TESTED)))
    assert "sifted" in workers.noted[PROPERTIES].target


def test_nothing_is_asked_ahead_where_times_are_measured(task: Task, subject: Subject) -> None:
    workers = Noted()
    Ahead(replace(task, kind="optimize"), workers).others(subject, frozenset({DEDUCTIVE}))
    assert not workers.noted
