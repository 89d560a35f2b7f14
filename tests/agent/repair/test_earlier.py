"""Earlier versions as edits and as a measure of where to look; a real repository around them."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from verify_agent.agent.history.versions import History, Version
from verify_agent.agent.repair.earlier import Earlier
from verify_agent.agent.repair.edits import Edit, EditClass, Splice, applied
from verify_agent.agent.repair.localise import Spectrum
from verify_agent.agent.repair.proposer import RepairProposer
from verify_agent.agent.repair.search import ranked
from verify_agent.agent.repair.trial import Trial
from verify_agent.agent.task import load_task
from verify_agent.verifier.frontend.load import subject

HEAD = """\
from icontract import ensure


@ensure(lambda result, x: result == (x + 7 if x > 0 else 7))
def f(x: int) -> int:
    \"\"\"Its docstring.\"\"\"
"""
GOOD = "    total = 7\n    if x > 0:\n        total += x\n    return total\n"
BAD = "    total = 7\n    if x > 0:\n        total += x * x - 3\n    return total\n"
REST = "\n\ndef g() -> int:\n    return 1\n"


def earlier(now: str, *before: str) -> Earlier:
    versions = (Version(f"{n}" * 40, "2026-01-01", "Ada", "s", t) for n, t in enumerate(before))
    return Earlier(now, "f", History(tuple(versions)))


def results(found: Earlier) -> list[str]:
    return [applied(found.text.encode(), (e,)) for e in found.edits()]


def test_a_body_is_put_back_and_every_other_byte_kept() -> None:
    old = "import os\n" + HEAD.replace("Its", "An old") + GOOD
    assert results(earlier(HEAD + BAD + REST, old)) == [HEAD + GOOD + REST]


def test_line_ends_and_a_text_without_a_last_one() -> None:
    crlf = (HEAD + BAD).replace("\n", "\r\n").removesuffix("\r\n")
    (made,) = results(earlier(crlf, HEAD + GOOD))
    assert made == (HEAD + GOOD).replace("\n", "\r\n").removesuffix("\r\n")


def test_pieces_are_put_back_one_by_one() -> None:
    now = BAD.replace("total = 7", "total = 1")
    found = results(earlier(HEAD + now, HEAD + GOOD))
    assert found[0] == HEAD + GOOD
    assert HEAD + BAD in found
    assert len(found) == 3


@pytest.mark.parametrize(
    "old",
    [
        HEAD.replace("x: int", "y: int") + GOOD,
        HEAD.replace("def f", "async def f") + GOOD,
        HEAD.replace("def f(x", "def f(*x") + GOOD,
        "def f(x: int) -> int: return 0\n",
        HEAD + BAD,
        "def other() -> int:\n    return 1\n",
        "def f(:\n",
    ],
)
def test_what_does_not_fit_or_is_the_same_is_passed_over(old: str) -> None:
    assert results(earlier(HEAD + BAD, old)) == []


def test_lines_changed_since_the_last_good_version_are_suspicious() -> None:
    found = earlier(HEAD + BAD, HEAD + BAD, HEAD + GOOD, HEAD + "    return 0\n")
    trial = Trial(subject(HEAD + BAD, "f"), clock=lambda: 0.0)
    assert found.suspicion(trial) == {9: 1.0}
    (note,) = (n for n in found.notes if "met it" in n)
    assert note.endswith("1111111111 (2026-01-01)")


def test_without_a_good_version_the_later_a_line_came_the_more_suspicious() -> None:
    first = BAD.replace("- 3", "- 4").replace("total = 7", "total = 1")
    second = BAD.replace("- 3", "- 4")
    found = earlier(HEAD + BAD, HEAD + second, HEAD + first)
    trial = Trial(subject(HEAD + BAD, "f"), clock=lambda: 0.0)
    assert found.suspicion(trial) == {9: 1.0, 7: 0.5}


def test_edits_on_suspicious_lines_come_first_and_without_history_nothing_moves() -> None:
    edits = [Edit(EditClass.OPERATOR, (Splice(0, 0, ""),), line) for line in (1, 2)]
    same = Spectrum({1: 1.0, 2: 1.0})
    assert [e.line for e in ranked(edits, same, {2: 1.0})] == [2, 1]
    assert [e.line for e in ranked(edits, same)] == [1, 2]


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=a@b"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


def committed(folder: Path, *texts: str) -> RepairProposer:
    """A proposer for `m.py::f`, each text a commit of its own but the last, that is not in git."""
    git(folder, "init", "-q")
    for number, text in enumerate(texts):
        (folder / "m.py").write_text(text)
        if number + 1 < len(texts):
            git(folder, "add", "m.py")
            git(folder, "commit", "-q", "-m", f"Change {number}")
    (folder / "t.yaml").write_text("name: t\nkind: repair\ntarget: m.py::f\n")
    return RepairProposer(load_task(folder / "t.yaml"), lambda: 0.0)


@pytest.mark.slow
def test_the_last_version_that_met_the_contract_is_offered(tmp_path: Path) -> None:
    proposer = committed(tmp_path, HEAD + GOOD, HEAD + "    return 0\n", HEAD + BAD)
    found = proposer.propose((), 5.0)
    assert found is not None
    assert found.source == HEAD + GOOD
    assert "the body as in " in found.summary
    assert "Ada: Change 0" in found.summary
    assert "history: f has changes that are not committed" in proposer.notes
    assert any("the last version that met it" in note for note in proposer.notes)
    proposer.close()


def test_an_earlier_version_that_breaks_the_contract_does_not_survive() -> None:
    found = earlier(HEAD + BAD, HEAD + GOOD.replace("> 0", "> 1"))
    trial = Trial(subject(HEAD + BAD, "f"), clock=lambda: 0.0)
    (edit,) = found.edits()
    assert not trial.survives(applied(found.text.encode(), (edit,)))
    found.suspicion(trial)
    assert not any("met it" in note for note in found.notes)


@pytest.mark.parametrize("memory", [True, False])
def test_git_is_read_with_memory_alone(memory: bool, tmp_path: Path) -> None:
    proposer = committed(tmp_path, HEAD + GOOD, HEAD + BAD)
    proposer.task = replace(proposer.task, memory=memory)
    assert proposer.propose((), 0.0) is None
    assert any(note.startswith("history") for note in proposer.notes) is memory
    proposer.close()
