"""Runs of real tasks from the command line, every collaborator real."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from verify_agent.agent.run_store import trajectory

CLAMP = """
name: clamp
signature: "clamp(x: int, lo: int, hi: int) -> int"
requires: ["lo <= hi"]
ensures:
  - lo <= result <= hi
  - result == x or (x < lo and result == lo) or (x > hi and result == hi)
examples: ["clamp(5, 0, 3) == 3"]
"""
UNSATISFIABLE = """
name: between
signature: "between(x: int) -> int"
requires: ["x >= 0"]
ensures: ["x < result < x + 1"]
"""
VACUOUS = """
name: never
signature: "never(x: int) -> int"
requires: ["x > 0", "x < 0"]
ensures: ["result == x"]
"""
#: No closed form is in reach, so the search goes on until somebody ends it.
ENDLESS = """
name: mixed
signature: "mixed(x: int, y: int) -> int"
ensures: ["result == (x * x * 31 + y * 17) % 101 + (y * y * 13 + x * 7) % 97 + x * y % 89"]
forbid: ["%", "//", divmod]
"""


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "verify_agent", "run", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def verify(folder: Path, *arguments: str) -> tuple[int, str, str]:
    process = start(folder, *arguments)
    out, err = process.communicate(timeout=100)
    return process.returncode, out, err


def write(folder: Path, text: str) -> str:
    name = f"{text.split('name: ')[1].split()[0]}.yaml"
    (folder / name).write_text(text)
    return name


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid and fields[0] != "Z":
                found |= {int(entry.name)} | descendants(int(entry.name))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_task_is_delivered_with_its_evidence(tmp_path: Path) -> None:
    task = write(tmp_path, CLAMP)
    code, out, err = verify(tmp_path, task, "--explain", "--report", "json=out/r.json")
    assert (code, err) == (0, "")
    assert "-> synthesize" in out
    assert "clamp: delivered in" in out
    assert "\ndef clamp(x: int, lo: int, hi: int) -> int:\n    return " in out
    module = (tmp_path / "clamp.py").read_text()
    assert "@icontract.ensure(lambda" in module
    record = json.loads((tmp_path / "out" / "r.json").read_text())
    assert record["complete"]
    assert {o["verdict"] for o in record["functions"][0]["obligations"]} == {"proved"}
    engines = {a["engine"] for o in record["functions"][0]["obligations"] for a in o["attempts"]}
    assert engines == {"typing", "symbolic", "properties", "deductive"}
    with sqlite3.connect(tmp_path / ".verify-agent" / "state.sqlite") as connection:
        runs = connection.execute("select id, ending, exit_code from runs").fetchall()
    assert [row[1:] for row in runs] == [("delivered", 0)]
    events = trajectory(tmp_path / ".verify-agent", runs[0][0])
    assert [e[1] for e in events] == ["decided", "happened"] * (len(events) // 2)
    assert events[-1][3] == "deliver"
    run = [sys.executable, "-c", "import clamp; print(clamp.clamp(9, 0, 3))"]
    assert subprocess.check_output(run, cwd=tmp_path, text=True) == "3\n"


@pytest.mark.slow
def test_several_tasks_end_with_the_worst_code_and_one_record(tmp_path: Path) -> None:
    tasks = [write(tmp_path, UNSATISFIABLE), write(tmp_path, VACUOUS)]
    code, out, err = verify(tmp_path, *tasks, "--json")
    assert code == 1
    record = json.loads(out)
    assert [f["id"] for f in record["functions"]] == ["between:between", "never:never"]
    assert "between: unsatisfiable: no result of between(0) meets the ensures" in record["notes"]
    assert "never: vacuous: no input meets the requires: x > 0 and x < 0" in record["notes"]
    assert record["functions"][1]["verdict"] == "vacuous"
    assert "examine" in err
    assert not (tmp_path / "between.py").exists()
    assert json.loads((tmp_path / "between.report.json").read_text())["functions"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_leaves_a_report_and_no_process(number: int, tmp_path: Path) -> None:
    process = start(tmp_path, write(tmp_path, ENDLESS))
    assert process.stdout is not None
    assert "examine" in process.stdout.readline()
    time.sleep(0.5)
    children = descendants(process.pid)
    assert len(children) >= 4
    began = time.monotonic()
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=20)
    seconds = time.monotonic() - began
    assert process.returncode == 130
    assert err == ""
    assert "mixed: interrupted in" in out
    record = json.loads((tmp_path / "mixed.report.json").read_text())
    assert record["complete"] is False
    assert {o["verdict"] for o in record["functions"][0]["obligations"]} == {"unknown"}
    for _ in range(50):
        if not any(map(alive, children)):
            break
        time.sleep(0.02)
    assert not any(map(alive, children))
    assert seconds < 5  # a second on an idle machine


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.yaml"], "there is no such file"),
        (["clamp.yaml", "--report", "pdf=x"], "no format"),
        (["clamp.yaml", "--budget-seconds", "0"], "--budget-seconds"),
        (["clamp.yaml", "clamp.yaml", "--output", "x.py"], "--output"),
    ],
)
def test_wrong_options_are_bad_input(arguments: list[str], said: str, tmp_path: Path) -> None:
    write(tmp_path, CLAMP)
    code, out, err = verify(tmp_path, *arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_the_last_screen_of_a_terminal_holds_the_verdict(tmp_path: Path) -> None:
    write(tmp_path, CLAMP)
    command = [sys.executable, "-m", "verify_agent", "run", "clamp.yaml"]
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command, cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        seen = b""
        with contextlib.suppress(OSError):  # so a terminal says that nobody writes any more
            while piece := os.read(ours, 4096):
                seen += piece
    os.close(ours)
    assert process.returncode == 0
    shown = seen.decode()
    # What stands after the live line was taken away for good is there for the person to read.
    last = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.rpartition("\x1b[2K")[2])
    assert "clamp:clamp" in last
    assert "def clamp(x: int, lo: int, hi: int) -> int:" in last
    assert last.rstrip().splitlines()[-1].startswith("clamp: delivered in")
    assert "\x1b[?25h" in shown, "the cursor is shown again"


def test_quiet_says_one_line(tmp_path: Path) -> None:
    code, out, err = verify(tmp_path, write(tmp_path, VACUOUS), "--quiet")
    assert (code, err) == (1, "")
    assert out.startswith("vacuous: ")
    assert len(out.splitlines()) == 1


def test_a_folder_of_state_that_cannot_be_written_does_not_end_a_run(tmp_path: Path) -> None:
    (tmp_path / ".verify-agent").write_text("a file")
    code, out, _ = verify(tmp_path, write(tmp_path, VACUOUS))
    assert code == 1
    assert "the state folder can't be written" in out
