"""`benchmarks/tasks`: rows are kept, so that a measurement can be made in portions."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def suite(monkeypatch):
    spec = importlib.util.spec_from_file_location(
        "benchmarks_tasks", ROOT / "benchmarks" / "tasks" / "run.py"
    )
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "benchmarks_tasks", module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(tmp_path):
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.yaml").write_text("")
    return tmp_path


def test_what_was_measured_is_not_measured_again(suite, folder, tmp_path, monkeypatch, capsys):
    ran = []

    def run_once(task, place):
        ran.append(task.stem)
        return suite.Row(task.stem, 0, 2.0 if task.stem == "one" else 30.0, 1.5)

    monkeypatch.setattr(suite, "run_once", run_once)
    rows, out = tmp_path / "rows.jsonl", tmp_path / "out.json"
    assert suite.main([str(folder), "--rows", str(rows), "--only", "one"]) == 0
    assert suite.main([str(folder), "--rows", str(rows), "--json", str(out)]) == 1
    assert sorted(ran) == ["one", "three", "two"]
    assert len(json.loads(out.read_text())) == 3
    told = capsys.readouterr().out
    assert "3 of 3 tasks run; 1 with exit 0 within 20 s; median 30.00 s" in told


def test_a_portion_ends_after_its_time(suite, folder, monkeypatch):
    clock = iter([0.0, 0.0, 100.0])
    monkeypatch.setattr(suite.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(suite, "run_once", lambda task, place: suite.Row(task.stem, 0, 1.0, 1.0))
    tasks = sorted(folder.glob("*.yaml"))
    assert [r.task for r in suite.measure(tasks, folder, None, 60.0)] == ["one"]
