"""A change written into the files, or committed to a new branch that nobody notices."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from verify_agent.agent.repair.applying import applied, changed_files, check_branch, committed
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task, load_task
from verify_agent.verifier.errors import BadInput

MODULE = """\
from icontract import ensure


@ensure(lambda result, x: result > x)
def f(x: int) -> int:
    return x
"""
MENDED = MODULE.replace("return x\n", "return x + 1\n")


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
    done = subprocess.run(
        ["git", *identity, "-C", str(folder), *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    """A target in a repository with one commit."""
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "a")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "a@b")
    (tmp_path / "m.py").write_text(MODULE)
    (tmp_path / "t.yaml").write_text("name: t\nkind: repair\ntarget: m.py::f\n")
    git(tmp_path, "init", "-q", "-b", "trunk")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-q", "-m", "first")
    return load_task(tmp_path / "t.yaml")


def test_a_branch_holds_the_change_and_nothing_else_moves(task: Task, tmp_path: Path) -> None:
    (tmp_path / "staged.py").write_text("x = 1\n")
    git(tmp_path, "add", "staged.py")
    before = git(tmp_path, "status", "--porcelain", "--branch")
    check_branch(task, "fix")
    changes = changed_files(task, Candidate(MENDED, "edit", 1))
    commit = committed(task, "fix", changes, "Repair f\n")
    assert git(tmp_path, "status", "--porcelain", "--branch") == before
    assert (tmp_path / "m.py").read_text() == MODULE
    assert git(tmp_path, "show", "fix:m.py") == MENDED
    assert git(tmp_path, "rev-parse", "fix").strip() == commit
    assert git(tmp_path, "diff", "--name-only", "trunk", "fix").split() == ["m.py"]


def test_a_branch_that_is_there_is_refused(task: Task, tmp_path: Path) -> None:
    git(tmp_path, "branch", "fix")
    with pytest.raises(BadInput, match="a branch `fix` already"):
        check_branch(task, "fix")


@pytest.mark.parametrize("name", ["a..b", "-x", "a b"])
def test_a_name_that_git_refuses(task: Task, name: str) -> None:
    with pytest.raises(BadInput):
        check_branch(task, name)


def test_a_target_that_is_not_committed_is_refused(task: Task, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(MODULE + "\n")
    with pytest.raises(BadInput, match="not committed"):
        check_branch(task, "fix")


def test_no_repository(task: Task, tmp_path: Path) -> None:
    (tmp_path / ".git").rename(tmp_path / "gone")
    with pytest.raises(BadInput, match="git rev-parse"):
        check_branch(task, "fix")


def test_applied_to_every_file(task: Task, tmp_path: Path) -> None:
    other = tmp_path / "n.py"
    other.write_text("a = 1\n")
    candidate = Candidate(MENDED, "edit", 1, others=((str(other), "a = 2\n"),))
    applied(task, changed_files(task, candidate))
    assert (tmp_path / "m.py").read_text() == MENDED
    assert other.read_text() == "a = 2\n"


def test_nothing_is_applied_to_a_file_that_changed_meanwhile(task: Task, tmp_path: Path) -> None:
    changes = changed_files(task, Candidate(MENDED, "edit", 1))
    (tmp_path / "m.py").write_text("# mine\n" + MODULE)
    with pytest.raises(BadInput, match="changed while"):
        applied(task, changes)
    assert (tmp_path / "m.py").read_text() == "# mine\n" + MODULE
