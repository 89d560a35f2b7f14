"""Evidence of earlier runs: the very same text or nothing, whole positive words or nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from verify_agent.agent.memory.recall import ALIKE, IN_VAIN, Recall
from verify_agent.agent.task import Task, parse_task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.cache.store import FILE
from verify_agent.verifier.evidence import Attempt, Counterexample, Verdict
from verify_agent.verifier.subject import Subject, obligations_of

TASK = """
name: double
signature: "double(x: int) -> int"
ensures: ["result == x + x"]
"""
RIGHT = "def double(x: int) -> int:\n    return 2 * x\n"
PROVED = Attempt("deductive", Verdict.PROVED, version="z3 4", seconds=0.5, vc_sha256="ab")
SAID = Said((("one", PROVED), ("two", replace(PROVED, assumptions=("enough stack",)))), ("note",))


@pytest.fixture
def task() -> Task:
    return parse_task(TASK, Path("double.yaml"))


@pytest.fixture
def recall(task: Task, tmp_path: Path) -> Iterator[Recall]:
    made = Recall(task, tmp_path)
    yield made
    made.close()


@pytest.fixture
def subject(task: Task) -> Subject:
    return task.subject(RIGHT)


def again(recall: Recall, **changes: object) -> Recall:
    """The same memory in a later run, of a task that was changed."""
    recall.close()
    return Recall(replace(recall.task, **changes), recall.folder)  # type: ignore[arg-type]


def test_a_whole_word_comes_back_marked_as_known(recall: Recall, subject: Subject) -> None:
    assert recall.said("deductive", subject) is None
    recall.keep("deductive", subject, SAID)
    later = again(recall)
    found = later.said("deductive", subject)
    assert found is not None
    assert found.notes == SAID.notes
    assert [(o, replace(a, cache=False)) for o, a in found.attempts] == list(SAID.attempts)
    assert all(a.cache for _, a in found.attempts)
    assert later.said("properties", subject) is None
    later.close()


@pytest.mark.parametrize(
    "other",
    [
        Attempt("deductive", Verdict.UNKNOWN, "timeout"),
        Attempt("deductive", Verdict.ERROR, "it broke"),
        Attempt("deductive", Verdict.CANDIDATE, counterexample=Counterexample("double(1)", "3")),
        Attempt(
            "deductive",
            Verdict.REFUTED,
            counterexample=Counterexample("double(1)", "3", replayed=True),
        ),
        Attempt("deductive", Verdict.VACUOUS),
    ],
)
def test_other_words_are_not_kept(other: Attempt, recall: Recall, subject: Subject) -> None:
    recall.keep("deductive", subject, Said((("one", PROVED), ("two", other))))
    recall.keep("typing", subject, Said())
    recall.keep("symbolic", subject, replace(SAID, unsupported="a set at 3"))
    for engine in ("deductive", "typing", "symbolic"):
        assert recall.said(engine, subject) is None


def test_any_other_text_contract_or_seed_is_something_else(
    recall: Recall, subject: Subject, task: Task
) -> None:
    recall.keep("deductive", subject, SAID)
    assert recall.said("deductive", task.subject(RIGHT.replace("2 * x", "x * 2"))) is None
    weaker = replace(subject, contract=replace(subject.contract, ensures=()))
    assert recall.said("deductive", weaker) is None
    assert recall.said("deductive", replace(subject, qualname="other")) is None
    for changes in ({"seed": 1}, {"memory": False}, {"kind": "repair"}):
        assert again(recall, **changes).said("deductive", subject) is None
    assert again(recall).said("deductive", subject) is not None


def test_a_module_that_rests_on_others_is_not_looked_up(recall: Recall, subject: Subject) -> None:
    for line in ("import numpy", "from .near import y", "from other.place import y"):
        resting = replace(subject, source=f"{line}\n{subject.source}")
        recall.keep("deductive", resting, SAID)
        assert recall.said("deductive", resting) is None
    library = replace(subject, source=f"import math\n{subject.source}")
    recall.keep("deductive", library, SAID)
    assert recall.said("deductive", library) is not None


def test_a_reference_that_changed_is_another_question(
    recall: Recall, subject: Subject, tmp_path: Path
) -> None:
    reference = tmp_path / "slow.py"
    reference.write_text(RIGHT)
    later = again(recall, reference=reference)
    later.keep("deductive", subject, SAID)
    assert later.said("deductive", subject) is not None
    reference.write_text(RIGHT.replace("2 * x", "3 * x"))
    assert later.said("deductive", subject) is None
    reference.unlink()
    assert later.said("deductive", subject) is None
    later.close()


@pytest.mark.parametrize("change", ["text", "key", "garbage"])
def test_what_was_changed_by_hand_is_not_believed(
    change: str, recall: Recall, subject: Subject
) -> None:
    wrong = replace(subject, source=subject.source.replace("2 * x", "3 * x"))
    recall.keep("deductive", subject, SAID)
    recall.keep("deductive", wrong, replace(SAID, notes=("other",)))
    recall.close()
    path = recall.folder / FILE
    if change == "garbage":
        path.write_bytes(b"no database, however long this text may be" * 90)
    else:
        with sqlite3.connect(path) as connection:
            (one, first), (other, second) = connection.execute(
                "select key, text from entries order by key"
            ).fetchall()
            if change == "text":
                connection.execute("update entries set text = replace(text, 'one', 'two')")
            else:
                connection.execute("update entries set text = ? where key = ?", (second, one))
                connection.execute("update entries set text = ? where key = ?", (first, other))
        connection.close()
    later = again(recall)
    assert later.said("deductive", subject) is None
    assert later.said("deductive", wrong) is None
    later.close()


def test_an_examined_contract_and_notes(recall: Recall, subject: Subject) -> None:
    assert not recall.feasible(subject)
    recall.keep_feasible(subject)
    assert recall.feasible(subject)
    calls: list[str] = []

    def measure(text: str) -> list[str]:
        calls.append(text)
        return [text]

    assert recall.notes("strength", subject, lambda: measure("not measured: late")) == calls
    assert recall.notes("strength", subject, lambda: measure("kills 9 of 9")) == ["kills 9 of 9"]
    assert recall.notes("strength", subject, lambda: measure("again")) == ["kills 9 of 9"]
    assert len(calls) == 2


OTHER_TASK = """
name: twice
signature: "twice(number: int) -> int"
ensures: ["result == number + number"]
"""
OTHER = "def twice(number: int) -> int:\n    return 2 * number\n"


def said_of(subject: Subject) -> Said:
    return Said(tuple((o.id, PROVED) for o in obligations_of(subject)))


def test_a_word_holds_under_other_names(recall: Recall, subject: Subject) -> None:
    recall.keep("deductive", subject, said_of(subject))
    recall.close()
    later = Recall(parse_task(OTHER_TASK, Path("twice.yaml")), recall.folder)
    other = later.task.subject(OTHER)
    found = later.said("deductive", other)
    assert found is not None
    assert [o for o, _ in found.attempts] == [o.id for o in obligations_of(other)]
    assert all(a.cache and a.details == (ALIKE,) for _, a in found.attempts)
    wrong = later.task.subject(OTHER.replace("2 * number", "3 * number"))
    assert later.said("deductive", wrong) is None
    assert later.said("properties", other) is None
    later.close()


def test_a_word_that_speaks_of_names_is_kept_for_its_own_text(
    recall: Recall, subject: Subject
) -> None:
    said = said_of(subject)
    assuming = replace(PROVED, assumptions=("x is small",))
    recall.keep("deductive", subject, Said(tuple((o, assuming) for o, _ in said.attempts)))
    recall.close()
    later = Recall(parse_task(OTHER_TASK, Path("twice.yaml")), recall.folder)
    assert later.said("deductive", later.task.subject(OTHER)) is None
    later.close()
    assert again(recall).said("deductive", subject) is not None


def test_what_was_asked_in_vain_is_still_unknown(recall: Recall, subject: Subject) -> None:
    vain = Attempt("symbolic", Verdict.UNKNOWN, "timeout", version="1")
    recall.keep_silent("symbolic", subject, Said((("one", vain),)), 1.5)
    assert recall.silent("symbolic", subject, 6.0) is None
    found = recall.silent("symbolic", subject, 1.5)
    assert found is not None
    assert [o for o, _ in found.attempts] == [o.id for o in obligations_of(subject)]
    assert {a.outcome for _, a in found.attempts} == {Verdict.UNKNOWN}
    assert all(a.cache and a.reason == IN_VAIN for _, a in found.attempts)
    assert recall.said("symbolic", subject) is None


@pytest.mark.parametrize("outcome", [Verdict.CONFIRMED, Verdict.CANDIDATE, Verdict.ERROR])
def test_other_words_are_no_silence(outcome: Verdict, recall: Recall, subject: Subject) -> None:
    said = Said(
        (("one", Attempt("symbolic", Verdict.UNKNOWN)), ("two", Attempt("symbolic", outcome)))
    )
    recall.keep_silent("symbolic", subject, said, 1.5)
    assert recall.silent("symbolic", subject, 1.0) is None


def test_what_may_be_said_of_one_alike_is_measured_once(recall: Recall, subject: Subject) -> None:
    made = recall.notes("strength", subject, lambda: ["9 of 9 other programs break it"])
    named = recall.notes("quality", subject, lambda: ["x has no bound"])
    recall.close()
    later = Recall(parse_task(OTHER_TASK, Path("twice.yaml")), recall.folder)
    other = later.task.subject(OTHER)
    assert later.notes("strength", other, lambda: ["again"]) == made
    assert later.notes("quality", other, lambda: ["again"]) == ["again"] != named
    later.close()
