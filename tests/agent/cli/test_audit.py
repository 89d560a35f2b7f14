"""`verify-agent audit` from the command line: the project, an export, a bundle, bad input."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no-such-bundle"], "there is no such bundle"),
        (["--sample", "0"], "1 or more"),
        (["--proofs", "nowhere"], "it is no folder"),
    ],
)
def test_bad_input_exits_2(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["audit", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_a_file_that_is_no_bundle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bundle.tar.gz"
    path.write_text("no tar")
    assert run_command_line(["audit", str(path)]) == 2
    assert "can't be read as a bundle" in capsys.readouterr().err


def test_a_damaged_file_of_runs_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "state.sqlite").write_text("no database at all, but long enough to be read as one")
    assert run_command_line(["audit", "--state", str(tmp_path)]) == 2
    assert "the recorded runs can't be read" in capsys.readouterr().err


@pytest.mark.slow
def test_audit_export_and_the_second_opinion(tmp_path: Path) -> None:
    """A run is recorded, audited and exported; the bundle and the other checker agree."""

    def verify_agent(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "verify_agent", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert verify_agent("run", str(ROOT / "examples" / "clamp.yaml"), "--quiet").returncode == 0
    done = verify_agent("audit", "export", "--output", "audit.tar.gz", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "17 of 17 claims" in done.stdout
    with tarfile.open(tmp_path / "audit.tar.gz") as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    record = json.loads((tmp_path / "unpacked" / "report.json").read_text(encoding="utf-8"))
    assert len(json.loads((tmp_path / "unpacked" / "runs.json").read_text(encoding="utf-8"))) == 1
    assert all(len(o["answers"]) == 2 for c in record["claims"] for o in c["obligations"])
    assert record["ledger"]["present"] is False
    again = verify_agent("audit", "audit.tar.gz", "--quiet")
    assert again.returncode == 0, again.stdout + again.stderr
    script = ROOT / "proofs" / "independent_check.py"
    other = subprocess.run(
        [sys.executable, "-I", str(script), str(tmp_path / "unpacked")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert other.returncode == 0, other.stdout + other.stderr
    assert "no ledger" in other.stdout
