"""The project's own tools under its own check: nothing refuted, nothing worse than committed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BASELINE = ROOT / "verify-agent.baseline.json"


def test_the_baseline_has_nothing_refuted_and_names_every_tool() -> None:
    verdicts = json.loads(BASELINE.read_text())["obligations"]
    assert not {"refuted", "vacuous", "error", "candidate"} & set(verdicts.values())
    files = (ROOT / "agent" / "tools").glob("*.py")
    tools = {p.stem for p in files if "\n@ensure" in p.read_text()}
    assert {name.partition(":")[0].rpartition(".")[2] for name in verdicts} == tools


def test_most_of_the_tools_conditions_are_proved() -> None:
    verdicts = json.loads(BASELINE.read_text())["obligations"]
    promises = [verdict for name, verdict in verdicts.items() if "/ensure/" in name]
    assert promises.count("proved") >= 0.7 * len(promises)


@pytest.mark.slow
def test_check_passes_on_the_project_itself(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "verify_agent", "check", "--baseline", str(BASELINE)]
    done = subprocess.run(
        [*command, "--timeout", "60", "--report", f"json={report}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    record = json.loads(report.read_text())
    assert record["complete"]
    for function in record["functions"]:
        for obligation in function["obligations"]:
            assert obligation["verdict"] == "proved" or obligation["reason"], obligation["id"]
