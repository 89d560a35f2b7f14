"""A killed run leaves a state from which the next one finishes with the same report."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

FUNCTION = """
@ensure(lambda x, result: result {relation} x)
def f{number}(x: int) -> int:
    return x + {number}
"""
SOURCE = "from icontract import ensure\n\n" + "\n".join(
    FUNCTION.format(number=i, relation=">" if i % 4 else "<") for i in range(1, 13)
)
FLAGS = ("--engine", "deductive", "--quiet", "--jobs", "1", "--report", "json=r.json")


def start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "verify_agent", "check", "m.py", *FLAGS]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)


def verdicts(folder: Path) -> dict[str, str]:
    record = json.loads((folder / "r.json").read_text())
    assert record["complete"]
    return {o["id"]: o["verdict"] for f in record["functions"] for o in f["obligations"]}


def project(folder: Path) -> Path:
    folder.mkdir()
    (folder / "pyproject.toml").write_text("")
    (folder / "m.py").write_text(SOURCE)
    return folder


def killed(folder: Path, seconds: float) -> bool:
    """Whether a run was killed before its end, after so many seconds."""
    process = start(folder)
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def times(tmp_path: Path, count: int, seed: int) -> int:
    """Kill `count` runs at random moments, each followed by one to its end; how many were cut."""
    whole = project(tmp_path / "whole")
    began = time.monotonic()
    assert start(whole).wait() == 1
    longest = time.monotonic() - began
    draw = random.Random(seed)
    cut = 0
    for number in range(count):
        folder = project(tmp_path / str(number))
        after = draw.uniform(0.0, longest)
        if killed(folder, after):
            cut += 1
        else:
            # A run that ended before its kill shows that no moment after it need be drawn.
            longest = after
        assert start(folder).wait() == 1
        assert verdicts(folder) == verdicts(whole)
    return cut


@pytest.mark.slow
def test_killed_three_times(tmp_path: Path) -> None:
    assert times(tmp_path, 3, seed=1) >= 1


@pytest.mark.nightly
def test_killed_fifty_times(tmp_path: Path) -> None:
    assert times(tmp_path, 50, seed=2) >= 25
