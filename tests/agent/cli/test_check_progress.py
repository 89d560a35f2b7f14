"""Progress goes to stderr and only there; Ctrl-C leaves a report within a second."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.cli.check_progress import Narrator
from verify_agent.agent.progress import Silent
from verify_agent.verifier.evidence import FunctionReport
from verify_agent.verifier.session.check import Event, Step

EASY = """\
from icontract import ensure


@ensure(lambda x, result: result > x)
def f{i}(x: int) -> int:
    return x + 1
"""
#: More bits of arithmetic than any solver settles in the time that is given.
HARD = """\
from icontract import ensure, require


@require(lambda a, b, c: a > 2 and b > 2 and c > 2)
@ensure(lambda a, b, c, result: result != 0)
def hard{i}(a: int, b: int, c: int) -> int:
    return a ** 3 * b + b ** 3 * c + c ** 3 * a - 7 * a * b * c * (a + b + c) - 1234567891
"""


def start(target: Path, *options: str, stderr: int = subprocess.PIPE) -> subprocess.Popen[str]:
    code = "import sys; from verify_agent.__main__ import main; sys.exit(main())"
    argv = [sys.executable, "-c", code, "check", str(target), *options]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=stderr, text=True)


@pytest.fixture
def easy(tmp_path: Path) -> Path:
    for i in range(3):
        (tmp_path / f"m{i}.py").write_text(EASY.format(i=i))
    return tmp_path


def test_plain_lines_in_a_pipe(easy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["check", str(easy), "--engine", "deductive"]) == 0
    told = capsys.readouterr()
    lines = told.err.splitlines()
    assert [line[:3] for line in lines] == ["1/3", "2/3", "3/3"]
    assert sorted(line.split()[-1] for line in lines) == ["m0:f0", "m1:f1", "m2:f2"]
    assert all(" proved " in line for line in lines)
    assert "1/3" not in told.out


@pytest.mark.parametrize("option", ["--quiet", "--json"])
def test_nothing_where_nothing_is_wanted(
    easy: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["check", str(easy / "m0.py"), "--engine", "deductive", option]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    if option == "--json":
        assert json.loads(told.out)["verdict"] == "proved"


def test_a_live_line_on_a_terminal(easy: Path) -> None:
    ours, theirs = pty.openpty()
    process = start(easy / "m0.py", "--engine", "deductive", stderr=theirs)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 4096)
        except OSError:
            break
        if not part:
            break
        shown += part
    os.close(ours)
    assert process.stdout is not None
    assert "proved: 1 function" in process.stdout.read()
    process.stdout.close()
    assert process.wait(10) == 0
    assert "1 left: f0 (deductive)" in shown.decode()
    assert "1/1" in shown.decode()


class Seen(Silent):
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.now: list[str] = []

    def line(self, text: str) -> None:
        self.lines.append(text)

    def running(self, text: str) -> None:
        self.now.append(text)


def test_what_runs_and_what_is_left() -> None:
    screen = Seen()
    narrator = Narrator(screen, 12, clock=lambda: 10.0)
    narrator.event(Event(Step.STARTED, "typing", "m:f"))
    narrator.event(Event(Step.STARTED, "deductive", "m:f"))
    narrator.event(Event(Step.STARTED, "deductive", "m:C.g", 4.0))
    assert screen.now[-1] == "12 left: f (deductive, typing); C.g (deductive)"
    narrator.event(Event(Step.FINISHED, "typing", "m:f"))
    assert screen.now[-1] == "12 left: f (deductive); C.g (deductive)"
    narrator.report(FunctionReport("m:C.g", "m.py", 1, ()))
    assert screen.lines == [" 1/12    4.0 s  unknown    m:C.g"]
    assert screen.now[-1] == "11 left: f (deductive)"


def test_ctrl_c_in_a_long_run_leaves_what_was_known(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(EASY.format(i=0))
    for i in range(4):
        (tmp_path / f"b{i}.py").write_text(HARD.format(i=i))
    out = tmp_path / "r.json"
    options = ("--engine", "symbolic", "--engine", "deductive", "--timeout", "60")
    process = start(tmp_path, *options, "--report", f"json={out}")
    assert process.stderr is not None
    assert process.stdout is not None
    assert "a:f0" in process.stderr.readline()
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    code = process.wait(20)
    assert time.monotonic() - began < 5.0
    assert code == 130
    assert "incomplete" in process.stdout.read()
    record = json.loads(out.read_text())
    assert not record["complete"]
    verdicts = {f["id"]: f["verdict"] for f in record["functions"]}
    assert verdicts["a:f0"] == "proved"
    assert record["notes"]
    process.stdout.close()
    process.stderr.close()
