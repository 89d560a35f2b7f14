"""The real commands, warm and cold: the same words, the same files, the same exit code."""

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BROKEN = """
from icontract import ensure


@ensure(lambda x, result: result > x)
def half(x: int) -> int:
    return x // 2
"""


def steady(text: str) -> str:
    """A text without what differs from run to run: times, and the order that they make."""
    text = re.sub(r"\d+\.\d+ s", "T s", text)
    text = re.sub(r"(check: )[a-z+ ]+(?= \()", r"\1engines", text)
    return re.sub(r" +(?=T s)", " ", text)


def verdicts(path: Path) -> object:
    report = json.loads(path.read_text())
    return [
        (f["id"], [(o["id"], o["verdict"], o["reason"]) for o in f["obligations"]])
        for f in report["functions"]
    ]


@pytest.fixture
def real(project, request):
    """A project with the real server; a parameter says how many jobs make it start afresh."""
    command = [sys.executable, "-m", "verify_agent", "serve"]
    given = {"cwd": project.root, "env": project.environment, "text": True, "check": True}
    jobs = ["--jobs", str(request.param)] if hasattr(request, "param") else []
    subprocess.run([*command, "--background", *jobs], capture_output=True, **given)
    yield project
    until, told = time.monotonic() + 60, ""
    while not told.startswith("stopped") and time.monotonic() < until:  # it may be starting afresh
        told = subprocess.run([*command, "--stop"], capture_output=True, **given).stdout
    assert told == f"stopped the server of {project.root}\n"


@pytest.mark.slow
def test_run_is_the_same_warm_and_cold(real):
    seen = {}
    for way, more in (("served", ()), ("alone", ("--no-server",))):
        task = str(ROOT / "examples" / "clamp.yaml")
        output = real.root / way / "clamp.py"
        output.parent.mkdir()
        argv = ("run", task, "--output", "clamp.py", "--budget-seconds", "900", *more)
        if way == "served":
            code, out, err = real.ask(*argv, cwd=output.parent)
            assert err == "served 0\n"
        else:
            command = [sys.executable, "-m", "verify_agent", *argv]
            done = subprocess.run(
                command, cwd=output.parent, env=real.environment, capture_output=True, text=True
            )
            code, out = done.returncode, done.stdout
        assert "def clamp(x: int, lo: int, hi: int) -> int:" in output.read_text()
        # Which of the right bodies comes first, and how it is noted, hangs on the clock.
        report = json.loads((output.parent / "clamp.report.json").read_text())
        (function,) = report["functions"]
        seen[way] = (code, {o["id"]: o["verdict"] for o in function["obligations"]})
        assert "proved: 1 function: 1 proved" in out
    assert seen["served"] == seen["alone"]


@pytest.mark.slow
def test_check_is_the_same_warm_and_cold(real):
    (real.root / "m.py").write_text(BROKEN)
    argv = ("check", "m.py", "--no-cache", "--quiet", "--report")
    code, out, err = real.ask(*argv, "json=warm.json")
    assert (code, err) == (1, "served 1\n")
    command = [sys.executable, "-m", "verify_agent", *argv, "json=cold.json", "--no-server"]
    done = subprocess.run(
        command, cwd=real.root, env=real.environment, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert steady(done.stdout) == steady(out)
    assert verdicts(real.root / "warm.json") == verdicts(real.root / "cold.json")
    assert "refuted" in (real.root / "warm.json").read_text()


@pytest.mark.slow
@pytest.mark.parametrize("real", [1], indirect=True)
def test_a_server_that_starts_afresh_serves_again(real):
    served, until = 0, time.monotonic() + 120
    while served < 3 and time.monotonic() < until:
        code, out, err = real.ask("schema")
        assert (code, out[:1]) == (0, "{") or err == "alone\n"
        served += err == "served 0\n"
        time.sleep(0.1)
    assert served == 3
