"""`python -m benchmarks`: sums rows up, records them, compares with the last record."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITE = """
import argparse, json, pathlib
parser = argparse.ArgumentParser()
parser.add_argument("--json", type=pathlib.Path)
parser.add_argument("--count", type=int, default=0)
given = parser.parse_args()
if given.count < 0:
    raise SystemExit("it can't be measured")
rows = [{"seconds": 1.0 + n, "answer": "proved", "wrong": False} for n in range(given.count)]
given.json.write_text(json.dumps(rows))
"""


@pytest.fixture
def command(tmp_path, monkeypatch):
    path = ROOT / "benchmarks" / "__main__.py"
    spec = importlib.util.spec_from_file_location("benchmarks_command", path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "benchmarks_command", module)
    spec.loader.exec_module(module)
    for name in ("one", "broken"):
        (tmp_path / "suites" / name).mkdir(parents=True)
        (tmp_path / "suites" / name / "run.py").write_text(SUITE)
    monkeypatch.setattr(module, "HERE", tmp_path / "suites")
    suites = {
        "one": module.Suite("a suite", ("--count", "3"), ("--count", "5")),
        "broken": module.Suite("another", ("--count", "-1"), ("--count", "-1")),
        "absent": module.Suite("not there", (), ()),
    }
    monkeypatch.setattr(module, "SUITES", suites)
    return module


def test_a_run_is_recorded_and_compared(command, tmp_path, capsys):
    records = tmp_path / "records"
    assert command.main(["one", "--record", str(records)]) == 0
    told = capsys.readouterr().out
    assert "nothing to compare with" in told
    assert "| one | median seconds | 2 |  |  |" in told
    command.SUITES["one"] = command.Suite("a suite", ("--count", "5"), ())
    (first,) = records.glob("*.json")
    first.rename(records / "2020-01-01T000000+0000-small.json")
    assert command.main(["one", "--record", str(records)]) == 0
    told = capsys.readouterr().out
    assert "| one | median seconds | 3 | 2 | +1 |" in told
    assert "| one | answer proved | 5 | 3 | +2 |" in told
    assert "| one | wrong False | 5 | 3 | +2 |" in told
    newest = max(records.glob("*.json"))
    record = json.loads(newest.read_text())
    assert record["size"] == "small"
    assert record["versions"]["z3-solver"]
    assert record["machine"]["processors"]
    assert newest.with_suffix(".md").read_text() in told


def test_a_suite_that_breaks_is_told_and_the_rest_goes_on(command, tmp_path, capsys):
    assert command.main(["--record", str(tmp_path / "records")]) == 1
    told = capsys.readouterr().out
    assert "| broken | broke | it can't be measured | | |" in told
    assert "| one | rows | 3 |" in told
    assert "absent" not in told


def test_another_size_and_a_spoilt_record_are_passed_over(command, tmp_path, capsys):
    records = tmp_path / "records"
    assert command.main(["one", "--size", "full", "--record", str(records)]) == 0
    (records / "9999-small.json").write_text("{")
    assert command.main(["one", "--record", str(records)]) == 0
    assert capsys.readouterr().out.count("nothing to compare with") == 2


def test_an_unknown_suite_is_refused(command, capsys):
    with pytest.raises(SystemExit) as refused:
        command.main(["absent"])
    assert refused.value.code == 2
    assert "no such suite: absent; there are one, broken" in capsys.readouterr().err


def test_programs_out_of_the_corpus_have_their_verdicts(command, tmp_path):
    command.programs_of_corpus(tmp_path, 30)
    names = [p.name for p in tmp_path.glob("*.py")]
    assert len(names) == 60
    assert any(n.endswith("__holds.py") for n in names)
    for path in tmp_path.glob("*__holds.py"):
        assert not set(command.EXPECTED.findall(path.read_text())) - command.HOLDS
    for path in tmp_path.glob("*__violated.py"):
        assert not set(command.EXPECTED.findall(path.read_text())) - command.VIOLATED
