"""The ways in: pytest's plugin, the pre-commit hooks, the GitHub Action."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from verify_agent.agent.cli import COMMANDS
from verify_agent.agent.cli.check import add_arguments
from verify_agent.agent.cli.parser import command_parser

ROOT = Path(__file__).resolve().parents[2]
MODULE = """\
from icontract import ensure


@ensure(lambda x, result: result == x)
def good(x: int) -> int:
    return x


@ensure(lambda x, result: result > x)
def wrong(x: int) -> int:
    return x


@ensure(lambda result: result)
async def strange() -> bool:
    return True
"""


def ran(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-rfs", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_contracts_are_test_items(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.verify-agent]\nengines = ["deductive"]\n')
    (tmp_path / "m.py").write_text(MODULE)
    (tmp_path / "test_m.py").write_text("def test_x():\n    assert True\n")
    plain = ran(tmp_path)
    assert "1 passed" in plain.stdout
    done = ran(tmp_path, "--verify-agent", "-v")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed, 2 passed, 1 skipped" in done.stdout
    assert "FAILED m.py::wrong keeps its contract" in done.stdout
    assert ">>> wrong(" in done.stdout
    assert "unsupported: async function" in done.stdout
    assert "Traceback" not in done.stdout
    one = ran(tmp_path, "--verify-agent", "-k", "good")
    assert one.returncode == 0, one.stdout
    assert "1 passed" in one.stdout


def parsed(command: str) -> object:
    words = shlex.split(command)
    assert words[:2] == ["verify-agent", "check"]
    assert "check" in COMMANDS
    parser = command_parser("verify-agent check", "")
    add_arguments(parser)
    return parser.parse_args(words[2:])


def test_the_hooks_are_commands_that_exist() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [h["id"] for h in hooks] == ["verify-agent", "verify-agent-project"]
    for hook in hooks:
        assert hook["language"] == "python"
        parsed(hook["entry"])


def test_the_action_calls_what_exists_and_hands_inputs_over_as_text() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    steps = {step["name"]: step for step in action["runs"]["steps"]}
    script = steps["Check"]["run"]
    (command,) = re.findall(r'bin/verify-agent" (check .*?\$ARGUMENTS)', script, re.DOTALL)
    plain = re.sub(r'\$\{PYTHON:\+--python "\$PYTHON"\}|\$PATHS|\$ARGUMENTS|\\\n', "", command)
    parsed(f"verify-agent {plain}")
    assert all("${{" not in step.get("run", "") for step in steps.values())
    assert steps["Upload findings"]["with"]["sarif_file"] == "verify-agent.sarif"
