"""Module and callers of a target: found, judged again, and mended where they must be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from verify_agent.agent.repair.callers import (
    Judged,
    callers_obligation,
    checked_again,
    unjudged,
)
from verify_agent.agent.repair.codebase import changed_copy, codebase_of, touched
from verify_agent.agent.repair.meeting import strengthened
from verify_agent.agent.repair.preconditions import conditions, required
from verify_agent.agent.repair.starting import origin_of, starting_text, subject_of
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.task import Task, load_task
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.subject import Subject

SHARES = """\
from icontract import ensure


@ensure(lambda result, total, people: result * people <= total < (result + 1) * people)
def share(total: int, people: int) -> int:
    return total // people


@ensure(lambda result: result >= 0)
def unrelated(x: int) -> int:
    return x * x
"""
REPORT = """\
from icontract import ensure, require

from .shares import share


@require(lambda total: total >= 0)
@ensure(lambda result, total, heads: result == (total // heads if heads > 0 else 0))
def each(total: int, heads: int) -> int:
    return share(total, heads)


@require(lambda n: n > 0)
@ensure(lambda result: result >= 0)
def half(n: int) -> int:
    return share(n, 2)


@require(lambda total: total >= 0)
@ensure(lambda result: result >= 0)
def any_share(total: int, parts: int) -> int:
    return share(total, parts)
"""


@pytest.fixture
def task(tmp_path: Path) -> Task:
    folder = tmp_path / "acc"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "shares.py").write_text(SHARES)
    (folder / "report.py").write_text(REPORT)
    (folder / "other.py").write_text("def g(): return 1\n")
    (tmp_path / "t.yaml").write_text("name: t\nkind: repair\ntarget: acc/shares.py::share\n")
    return load_task(tmp_path / "t.yaml")


def test_the_module_and_the_callers_are_found(task: Task) -> None:
    codebase = codebase_of(task)
    target = origin_of(task).subject
    changes = {codebase.file: SHARES.replace("total // people", "total // max(people, 1)")}
    with changed_copy(codebase, changes) as root:
        found = touched(codebase, root, changes, target)
        assert (root / "acc" / "shares.py").read_text() == changes[codebase.file]
    names = [s.id for s in found]
    assert names == [
        "acc.report:each",
        "acc.report:half",
        "acc.report:any_share",
        "acc.shares:unrelated",
    ]
    assert not root.exists()


def judging(with_it: Verdict, without: Verdict, changed: str) -> Callable[[Subject], Judged]:
    def judge(subject: Subject) -> Judged:
        if subject.signature.name != "each":
            return Verdict.PROVED, ""
        text = (Path(subject.roots[0]) / "acc" / "shares.py").read_text()
        return (with_it if text == changed else without), "because"

    return judge


@pytest.mark.parametrize(
    ("word", "names"),
    [
        (Verdict.UNKNOWN, ("acc.report:each",)),
        (Verdict.ERROR, ("acc.report:each",)),
        (Verdict.REFUTED, ()),
        (Verdict.TESTED, ()),
    ],
)
def test_a_caller_that_nobody_can_judge_is_told(
    task: Task, word: Verdict, names: tuple[str, ...]
) -> None:
    changed, codebase = SHARES + "# changed\n", codebase_of(task)
    again = checked_again(task, {codebase.file: changed}, judging(word, word, changed))
    (obligation,) = callers_obligation(task, "share")
    known = obligation.with_attempts([again.attempt])
    assert known.verdict is Verdict.TESTED
    assert unjudged([known]) == names
    assert known.verdict.positive  # so that the report leaves it out
    assert not names or any("not judged" in n and names[0] in n for n in again.notes)


@pytest.mark.parametrize(
    ("without", "with_it", "outcome"),
    [
        (Verdict.PROVED, Verdict.PROVED, Verdict.PROVED),
        (Verdict.PROVED, Verdict.TESTED, Verdict.TESTED),
        (Verdict.UNKNOWN, Verdict.UNKNOWN, Verdict.TESTED),
        (Verdict.PROVED, Verdict.UNKNOWN, Verdict.UNKNOWN),
        (Verdict.TESTED, Verdict.REFUTED, Verdict.UNKNOWN),
    ],
)
def test_worse_off_is_what_counts(task: Task, without, with_it, outcome) -> None:
    codebase = codebase_of(task)
    changed = SHARES + "# changed\n"

    judge = judging(with_it, without, changed)
    again = checked_again(task, {codebase.file: changed}, judge)
    assert again.attempt.outcome is outcome
    if outcome is Verdict.UNKNOWN:
        assert "acc.report:each was" in again.attempt.reason


def test_the_weakest_condition_is_found_and_put_on_the_function(task: Task) -> None:
    text = starting_text(task)
    trial = Trial(subject_of(task, text), clock=lambda: 0.0)
    assert conditions(trial)[0] == "people > 0"
    made = required(text, "share", "people > 0")
    assert made is not None
    assert made.startswith("from icontract import ensure, require\n")
    assert "@require(lambda people: people > 0)\n@ensure(" in made
    found = subject_of(task, made)
    assert [c.text for c in found.contract.requires] == ["people > 0"]


@pytest.mark.slow
def test_callers_get_a_guard_where_their_contract_says_what_to_do(task: Task) -> None:
    text = starting_text(task)
    trial = Trial(subject_of(task, text), clock=lambda: 0.0)
    change = next(strengthened(task, text, trial, lambda: False))
    assert change.told == (
        "share requires people > 0",
        "each has a guard",
        "any_share requires parts > 0",
    )
    report = next(t for p, t in change.texts.items() if p is not None and p.name == "report.py")
    assert "    if heads <= 0:\n        return 0\n    return share(total, heads)" in report
    assert "@require(lambda parts: parts > 0)\n" in report
    assert report.count("def half(n: int) -> int:\n    return share(n, 2)") == 1
