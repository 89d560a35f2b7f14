"""`verify-agent memory`: show, export, import, forget."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.memory.records import Failure, Solved
from verify_agent.agent.memory.store import Memory


@pytest.fixture
def state(tmp_path: Path) -> str:
    memory = Memory(tmp_path / "state")
    memory.keep(
        Solved(
            "abc1", "int", "{}", "def f(): return 1", "search", "one() -> int", "proved", ("d",)
        ),
        Failure("abd2", "int", "def f(): return 2", "(1,)", "two"),
    )
    memory.close()
    return f"--state-folder={tmp_path / 'state'}"


def test_show(state: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["memory", "show", state]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("1 solved, 1 refuted candidates")
    assert out[1].split() == ["abd2", "refuted", "two", "by", "(1,)"]
    assert out[2].split() == ["abc1", "proved", "one()", "->", "int"]
    assert run_command_line(["memory", "show", "abc", state]) == 0
    out = capsys.readouterr().out
    assert "def f(): return 1" in out
    assert "return 2" not in out
    assert run_command_line(["memory", "show", "x", state]) == 1


def test_export_forget_import(
    state: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(tmp_path / "m.jsonl")
    assert run_command_line(["memory", "export", file, state]) == 0
    assert run_command_line(["memory", "forget", "abc1", state]) == 0
    assert run_command_line(["memory", "forget", "abc1", state]) == 1
    assert len(Memory(tmp_path / "state").everything()) == 1
    assert run_command_line(["memory", "forget", "--all", state]) == 0
    assert Memory(tmp_path / "state").everything() == ()
    assert run_command_line(["memory", "import", file, state]) == 0
    assert len(Memory(tmp_path / "state").everything()) == 2
    assert "took over 2 records" in capsys.readouterr().out


@pytest.mark.parametrize(
    "argv",
    [
        ["forget"],
        ["export"],
        ["import"],
        ["import", "missing"],
        ["lose"],
        ["export", "/dev/null/x"],
    ],
)
def test_bad_input(argv: list[str], state: str) -> None:
    assert run_command_line(["memory", *argv, state]) == 2


def test_nothing_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = f"--state-folder={tmp_path / 'none'}"
    assert run_command_line(["memory", "show", folder]) == 0
    assert "nothing is remembered" in capsys.readouterr().out
    assert not (tmp_path / "none").exists()


def test_a_damaged_file_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "state.sqlite").write_bytes(b"no database, however long this text may be" * 90)
    assert run_command_line(["memory", "show", f"--state-folder={tmp_path}"]) == 0
    assert "put aside" in capsys.readouterr().out
