"""Names set right from the command line: one diff over function, contract and callers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

BOUNDS = (
    "from icontract import ensure, require\n\n\n"
    "@require(lambda low, high: low <= high)\n"
    "@ensure(lambda low, high, result: low <= result <= high)\n"
    "@ensure(lambda x, low, high, result: not low <= x <= high or result == x)\n"
    "def bounded(x: int, lo: int, hi: int) -> int:\n"
    "    # the ends are allowed\n"
    "    return max(lo, min(x, hi))\n"
)
USE = (
    "from icontract import ensure\n\nfrom .bounds import bounded\n\n\n"
    "@ensure(lambda result: 0 <= result <= 9)\n"
    "def digit(x: int) -> int:\n    return bounded(x, lo=0, hi=9)  # one digit\n"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    folder = tmp_path / "acc"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "bounds.py").write_text(BOUNDS)
    (folder / "use.py").write_text(USE)
    return folder


def run(folder: Path, target: str, *argv: str) -> str:
    (folder / "t.yaml").write_text(f"name: t\nkind: repair\ntarget: acc/{target}\n")
    done = subprocess.run(
        [sys.executable, "-m", "verify_agent", "run", "t.yaml", "--budget-seconds", "300", *argv],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_parameter_is_renamed_everywhere(tmp_path: Path, package: Path) -> None:
    told = run(tmp_path, "bounds.py::bounded", "--apply")
    assert "`bounded`: a condition takes `low` and `high`, no parameter of the function" in told
    assert "note: checked again: acc.use:digit" in told
    bounds = BOUNDS.replace("lo:", "low:").replace("hi:", "high:")
    bounds = bounds.replace("max(lo, min(x, hi))", "max(low, min(x, high))")
    assert (package / "bounds.py").read_text() == bounds
    use = USE.replace("lo=0, hi=9", "low=0, high=9")
    assert (package / "use.py").read_text() == use
    diff = (tmp_path / "t.diff").read_text()
    assert [line for line in diff.splitlines() if line.startswith("+++")] == [
        "+++ b/acc/bounds.py",
        "+++ b/acc/use.py",
    ]


@pytest.mark.slow
def test_a_keyword_is_renamed_at_the_call(tmp_path: Path, package: Path) -> None:
    code = BOUNDS.replace("lo:", "low:").replace("hi:", "high:")
    code = code.replace("max(lo, min(x, hi))", "max(low, min(x, high))")
    (package / "bounds.py").write_text(code)
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "acc"], cwd=tmp_path, check=True)
    name = ["-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run(["git", *name, "commit", "-qm", "first"], cwd=tmp_path, check=True)
    told = run(tmp_path, "use.py::digit")
    assert "`digit` called a function by a keyword that it has not." in told
    diff = (tmp_path / "t.diff").read_text().splitlines()
    assert [line for line in diff if line[:1] in "+-" and line[1:2] not in "+-"] == [
        "-    return bounded(x, lo=0, hi=9)  # one digit",
        "+    return bounded(x, low=0, high=9)  # one digit",
    ]
    assert (package / "use.py").read_text() == USE
