"""`verify-agent improve`: what it shows of nothing, and bad input."""

import argparse
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.cli.improve import duration
from verify_agent.agent.improve.archive import shipped_generation
from verify_agent.agent.skills.active import FILE, FOLDER, active_text
from verify_agent.agent.skills.registry import shipped_sources


def improve(*arguments: object) -> int:
    """The exit code of the command."""
    return run_command_line(["improve", *map(str, arguments)])


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("10m", 600), ("1h", 3600), ("5", 5)])
def test_times_are_read(text: str, seconds: float) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "ten", "5d", "-3s"])
def test_other_times_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="is no time"):
        duration(text)


def test_before_anything_was_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = ("--state-folder", tmp_path)
    assert improve("log", *folder) == 0
    assert improve("tree", *folder) == 0
    assert improve("show", "0", *folder) == 0
    assert improve("diff", "0", *folder) == 0
    shown = capsys.readouterr().out
    hash_ = shipped_generation().hash
    assert "nothing was tried yet" in shown
    assert f"* {hash_[:12]}  shipped" in shown
    assert f"generation 0  {hash_}" in shown
    assert "no skill differs" in shown
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["show"], "needs an argument"),
        (["show", "77"], "names 0 generations"),
        (["log", "more"], "is not asked for"),
        (["--tasks", "0"], "an open suite of 0 tasks"),
        (["--budget", "soon"], "is no time"),
        (["--start", "steep"], "`steep` is no generation to start from"),
        (["grow"], "invalid choice"),
    ],
)
def test_bad_input_is_named(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert improve(*arguments, "--state-folder", tmp_path) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_run_uses_the_active_generation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = Path(__file__).resolve().parents[3]
    state = tmp_path / "state"
    (state / FOLDER).mkdir(parents=True)
    bad = shipped_sources()["leaf_cost"].replace("return 1\n", "return 0\n", 1)
    (state / FOLDER / FILE).write_text(active_text({"leaf_cost": bad}))
    task = tmp_path / "clamp.yaml"
    task.write_text((root / "examples" / "clamp.yaml").read_text())
    report = tmp_path / "report.md"
    options = ["--state-folder", str(state), "--report", f"markdown={report}", "--no-memory"]
    assert run_command_line(["run", str(task), *options]) == 0
    shown = capsys.readouterr().out + report.read_text()
    assert "skill leaf_cost failed, the shipped one was used" in shown
