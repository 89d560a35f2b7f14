"""The README's commands and the wheel, as a stranger would meet them."""

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def commands(mark: str) -> list[str]:
    """The lines of the README's block after a mark."""
    block = re.search(rf"<!-- {mark} -->\n```sh\n(.*?)```", README, re.DOTALL)
    assert block, f"no block marked {mark}"
    return block[1].strip().splitlines()


def test_first_run_installs_and_runs_a_real_task() -> None:
    assert commands("first-run")[-1].endswith("verify-agent run examples/clamp.yaml")


def test_ci_runs_the_commands_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "command_after first-run" in script
    assert "command_after tests" in script


@pytest.mark.parametrize("name", sorted(set(re.findall(r"^verify-agent (\w+)", README, re.M))))
def test_every_command_of_the_readme_exists(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    from verify_agent.agent.cli import run_command_line

    assert run_command_line([name, "--help"]) == 0
    assert f"verify-agent {name}" in capsys.readouterr().out


def test_every_example_is_a_task() -> None:
    from verify_agent.agent.task import load_task

    names = {load_task(path).name for path in sorted((ROOT / "examples").glob("*.yaml"))}
    assert len(names) >= 15


@pytest.mark.slow
def test_the_wheel_works_alone(tmp_path: Path) -> None:
    """Built, installed into an empty environment, run from another folder."""
    source = tmp_path / "source"
    left_out = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__", "tests")
    shutil.copytree(ROOT, source, symlinks=True, ignore=left_out)
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir"]
    subprocess.run([*build, str(tmp_path), str(source)], check=True)
    (wheel,) = tmp_path.glob("verify_agent-*.whl")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    task = elsewhere / "clamp.yaml"
    task.write_text((ROOT / "examples" / "clamp.yaml").read_text(encoding="utf-8"))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    done = subprocess.run(
        [tmp_path / "env" / "bin" / "verify-agent", "run", task.name],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "proved" in done.stdout
    delivered = (elsewhere / "clamp.py").read_text(encoding="utf-8")
    assert "def clamp(x: int, lo: int, hi: int) -> int:" in delivered


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples").glob("*.yaml")), ids=lambda path: path.stem
)
def test_every_example_is_delivered(path: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "verify_agent", "run", str(path), "--quiet"]
    done = subprocess.run(
        [*command, "--output", str(tmp_path / f"{path.stem}.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
