"""Repairs from the command line: the shared suite, files that come out, an end without a change."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SUITES = Path(__file__).parents[4] / "shared" / "suites" / "tasks"
NAMES = [p.stem for p in sorted(SUITES.glob("repair_*.yaml"))]


def run(folder: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "verify_agent", "run", *argv],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_suite(name: str, tmp_path: Path) -> None:
    shutil.copytree(SUITES, tmp_path / "tasks")
    done = run(tmp_path / "tasks", f"{name}.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    diff = (tmp_path / "tasks" / f"{name}.diff").read_text().splitlines()
    signs = [line[0] for line in diff[2:]]
    assert (signs.count("-"), signs.count("+")) == (1, 1)
    told = (tmp_path / "tasks" / f"{name}.explanation.txt").read_text()
    assert "After the change the same call: the run kept the contract" in told
    record = json.loads((tmp_path / "tasks" / f"{name}.report.json").read_text())
    assert {o["verdict"] for f in record["functions"] for o in f["obligations"]} == {"proved"}


@pytest.mark.slow
def test_a_function_that_meets_its_contract_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_text(
        "name: fine\nkind: repair\nsource: |\n"
        "  from icontract import ensure\n\n\n"
        "  @ensure(lambda result, a, b: result >= a and result >= b and result in (a, b))\n"
        "  def larger(a: int, b: int) -> int:\n      return a if a > b else b\n"
    )
    done = run(tmp_path, "t.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "larger meets its contract already; nothing was changed" in done.stdout
    assert not (tmp_path / "fine.py").exists()
    assert not (tmp_path / "fine.diff").exists()


@pytest.mark.slow
def test_applied_with_alternatives(tmp_path: Path) -> None:
    module = (
        "from icontract import ensure\n\n\n"
        "@ensure(lambda result, x: result >= x)\n"
        "@ensure(lambda result, x: result >= -x)\n"
        "def size(x: int) -> int:\n    # never negative\n    return x if x < 0 else -x\n"
    )
    (tmp_path / "m.py").write_text(module)
    (tmp_path / "t.yaml").write_text("name: t\nkind: repair\ntarget: m.py::size\n")
    done = run(tmp_path, "t.yaml", "--budget-seconds", "180", "--apply", "--alternatives", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "m.py").read_text() == (tmp_path / "t.py").read_text() != module
    assert "# never negative" in (tmp_path / "m.py").read_text()
    assert "Alternative 2:" in done.stdout
    assert (tmp_path / "t_2.py").read_text() != (tmp_path / "t.py").read_text()


@pytest.mark.slow
def test_a_caller_that_no_engine_can_judge_is_no_success(tmp_path: Path) -> None:
    module = (
        "from socket import socket\n\nfrom icontract import ensure\n\n\n"
        "@ensure(lambda result, a, b: result >= a and result >= b and result in (a, b))\n"
        "def larger(a: int, b: int) -> int:\n    return a if a < b else b\n\n\n"
        "@ensure(lambda result: result > 0)\n"
        "def told(out: socket, a: int) -> int:\n"
        "    return out.send(bytes(larger(a, 1)))\n"
    )
    (tmp_path / "m.py").write_text(module)
    (tmp_path / "t.yaml").write_text("name: t\nkind: repair\ntarget: m.py::larger\n")
    done = run(tmp_path, "t.yaml", "--budget-seconds", "180", "--apply")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "m:told could not be judged" in done.stdout
    assert "not judged by any engine: m:told; not applied (--allow-unjudged)" in done.stdout
    assert (tmp_path / "m.py").read_text() == module
    record = json.loads((tmp_path / "t.report.json").read_text())
    assert any("not judged" in note for f in record["functions"] for note in f["notes"])
    done = run(tmp_path, "t.yaml", "--budget-seconds", "180", "--apply", "--allow-unjudged")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "return a if a > b else b" in (tmp_path / "m.py").read_text()
