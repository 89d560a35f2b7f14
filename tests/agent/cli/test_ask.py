"""`verify-agent ask`: what it understands, what it asks, what it does."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.intent.asked import objective, place_for, task_text
from verify_agent.agent.intent.target import marks_of
from verify_agent.agent.task import parse_task

CODE = '''from icontract import ensure


@ensure(lambda x, result: result > x)
def up(x: int) -> int:
    return x - 1


@ensure(lambda x, result: result == x)
def same(x: int) -> int:
    """What came."""
    return x


class Box:
    def all(self, xs: list[int]) -> list[int]:
        return [x for x in xs]
'''
STUB = """from icontract import ensure


@ensure(lambda result: result == 1)
def later(any) -> int: ...
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "code.py").write_text(CODE)
    (tmp_path / "stub.py").write_text(STUB)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "marks"),
    [
        ("code.py::up", "body contract typed"),
        ("code.py::same", "body contract docstring typed"),
        ("code.py::Box.all", "body loop typed"),
        ("stub.py::later", "hole contract"),
    ],
)
def test_a_target_is_looked_at(name: str, marks: str, here: Path) -> None:
    assert marks_of(name, here) == set(marks.split())


def test_it_says_what_it_understood(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["ask", "make this faster", "code.py::up", "--only-say"]) == 0
    assert capsys.readouterr().out.startswith("understood: optimize (find an equal version")
    assert sorted(p.name for p in here.iterdir()) == ["code.py", "stub.py"]


def test_it_asks_where_it_is_not_sure(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["ask", "order pizza", "code.py::up"]) == 3
    said = capsys.readouterr()
    assert "not sure what is meant" in said.out
    assert "--kind {implement,repair,optimize,specify,test,document,check}" in said.err


@pytest.mark.parametrize(("typed", "code"), [("1", 0), ("", 3), ("nonsense", 3)])
def test_at_a_terminal_a_person_chooses(
    typed: str, code: int, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from verify_agent.agent.cli import ask

    done: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda shown: typed)

    def do(kind: str, target: str, args: object) -> int:
        done.append(kind)
        return 0

    monkeypatch.setattr(ask, "_do", do)
    assert run_command_line(["ask", "order pizza", "code.py::up"]) == code
    assert len(done) == (code == 0)


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["fix", "code.py"], "has 3 functions (`up`, `same`, `Box.all`)"),
        (["fix", "code.py::gone"], "gone"),
        (["fix", "nothere.py::f"], "there is no file `nothere.py`"),
        (["fix", "notes.txt"], "names no function"),
        (["fix"], "the following arguments are required"),
    ],
)
def test_a_wrong_target_is_told(
    argv: list[str], told: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["ask", *argv]) == 2
    assert told in capsys.readouterr().err


@pytest.mark.slow
def test_check_is_done(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["ask", "is this correct?", "code.py::same", "--quiet"]) == 0
    assert "understood: check" in capsys.readouterr().out
    assert run_command_line(["ask", "check this", "code.py::up", "--quiet"]) == 1


@pytest.mark.slow
def test_repair_is_done(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["ask", "fix the bug", "code.py::up", "--apply"]) == 0
    assert "understood: repair" in capsys.readouterr().out
    assert "return x + 1" in (here / "code.py").read_text()
    assert (here / "up-repair.yaml").is_file()


@pytest.mark.parametrize("kind", ["repair", "optimize", "specify", "test", "document"])
def test_the_task_file_is_one(kind: str, here: Path) -> None:
    query = 'say "this": \\ and\nthat # 🍕'
    strange = f"{query}\x7f\udcff\x00"
    folder = here / "tasks"
    folder.mkdir()
    task = parse_task(task_text(kind, strange, "code.py::Box.all", folder), folder / "t.yaml")
    assert (task.kind, task.qualname, task.description) == (kind, "Box.all", query)
    assert task.origin is not None


def test_nothing_is_written_over(here: Path) -> None:
    first = place_for("up-test", "a", here)
    first.write_text("a")
    assert place_for("up-test", "a", here) == first
    second = place_for("up-test", "b", here)
    assert second.name == "up-test-2.yaml"
    (here / "up_test_2.py").write_text("mine")
    assert place_for("up-test", "b", here).name == "up-test-3.yaml"


@pytest.mark.parametrize(
    ("query", "better"),
    [("make it faster", "time"), ("make it shorter", "size"), ("simplify this", "complexity")],
)
def test_the_objective(query: str, better: str) -> None:
    assert objective(query) == better
