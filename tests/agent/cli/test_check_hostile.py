"""Files that are no honest Python: each has a clear outcome and exit code, and nothing hangs."""

import json
import os
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend import load as loading

RIGHT = """\
from icontract import ensure
@ensure(lambda x, result: result == x)
def f(x: int) -> int:
    return x
"""
FAST = ("--engine", "properties", "--engine", "deductive", "--no-server", "--no-cache", "--quiet")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(target: str) -> tuple[int, dict]:
    code = run_command_line(["check", target, *FAST, "--timeout", "4", "--report", "json=r.json"])
    file = Path("r.json")
    return code, json.loads(file.read_text()) if file.exists() else {}


def verdicts(record: dict) -> dict[str, str]:
    return {f["id"]: f["verdict"] for f in record["functions"]}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'x = "\xff\xfe"\n', "can't be decoded"),
        (b"def f(:\n", "this is not Python"),
        (b"\x00\x00", "this is not Python"),
        (b"x = " + b"(" * 5000 + b")" * 5000, "this is not Python"),
    ],
    ids=["not UTF-8", "syntax error", "null bytes", "too deep"],
)
def test_what_is_no_python_is_refused_with_its_place(
    content: bytes, told: str, project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "bad.py").write_bytes(content)
    (project / "good.py").write_text(RIGHT)
    code, record = checked(".")
    said = capfd.readouterr().err
    assert code == 2
    assert "bad.py" in said
    assert told in said
    assert "Traceback" not in said
    assert not record


def test_a_pipe_is_no_file_and_is_not_waited_for(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(project / "pipe.py")
    assert checked("pipe.py")[0] == 2
    assert "no regular file" in capfd.readouterr().err


def test_a_file_that_may_not_be_read_is_named(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tokenize

    def refuse(path: object) -> None:
        raise PermissionError(13, "Permission denied")

    (project / "secret.py").write_text(RIGHT)
    monkeypatch.setattr(tokenize, "open", refuse)
    with pytest.raises(BadSource, match="Permission denied"):
        loading.read_source(project / "secret.py")
    assert checked("secret.py")[0] == 2


def test_links_make_no_loop_and_hidden_files_are_left_alone(project: Path) -> None:
    (project / "inner").mkdir()
    (project / "inner" / "m.py").write_text(RIGHT)
    (project / "inner" / "up").symlink_to(project)
    (project / "inner" / ".#m.py").symlink_to("somebody@elsewhere.1")
    code, record = checked(".")
    assert code == 0
    assert list(verdicts(record).values()) == ["proved"]


def test_circular_imports_and_names_in_unicode(project: Path) -> None:
    (project / "a.py").write_text(f"import b\n{RIGHT}")
    (project / "b.py").write_text(f"import a\n{RIGHT}")
    (project / "ünï").mkdir()
    text = RIGHT.replace("def f", "def größe")
    (project / "ünï" / "modül.py").write_text(text, encoding="utf-8")
    code, record = checked(".")
    assert code == 0
    assert verdicts(record) == {"a:f": "proved", "b:f": "proved", "modül:größe": "proved"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("import sys; sys.exit(0)", "unknown"),
        ("import os; os._exit(0)", "unknown"),
        ("raise KeyError(1)", "unknown"),
        ("print('{}', flush=True)", "tested"),
        ("while True: pass", "unknown"),
    ],
    ids=["exits", "exits at once", "raises", "prints", "hangs"],
)
def test_a_module_that_does_something_at_import(line: str, word: str, project: Path) -> None:
    (project / "m.py").write_text(f"{line}\n{RIGHT}")
    code, record = checked("m.py")
    assert verdicts(record) == {"m:f": word}
    assert code == (0 if word == "tested" else 3)
    (function,) = record["functions"]
    reasons = [a["reason"] for o in function["obligations"] for a in o["attempts"]]
    assert word == "tested" or all(reasons)


@pytest.mark.slow
def test_a_large_file_is_read_to_its_end(project: Path) -> None:
    (project / "m.py").write_text("TABLE = [" + "1, " * 300_000 + "]\n" + RIGHT)
    code, record = checked("m.py")
    assert code in (0, 3)
    assert list(verdicts(record)) == ["m:f"]


CHECKED_ONLY = """\
from __future__ import annotations
from typing import TYPE_CHECKING
from icontract import ensure
if TYPE_CHECKING:
    from collections.abc import Sequence
    LIMIT = 3

@ensure(lambda result: result == 3)
def unbound() -> int:
    return LIMIT

@ensure(lambda xs, result: result == len(xs))
def right(xs: Sequence[int]) -> int:
    return len(xs)
"""


def test_what_only_type_checkers_see_proves_and_refutes_nothing(project: Path) -> None:
    """`unbound` raises NameError; no value is known to be a `Sequence[int]` in a run."""
    (project / "m.py").write_text(CHECKED_ONLY)
    _, record = checked("m.py")
    assert verdicts(record) == {"m:unbound": "refuted", "m:right": "unknown"}
