"""`--python PATH`: code whose packages another environment has, the tool installed apart."""

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

PACKAGE = "def twice(x: int) -> int:\n    return 2 * x\n"
MODULE = """\
from icontract import ensure
from only_there import twice


@ensure(lambda x, result: result == x + x)
def f(x: int) -> int:
    return twice(x)
"""


def environment(folder: Path) -> Path:
    """An environment with a package that this one lacks, and what running contracts needs."""
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    package = site / "only_there"
    package.mkdir()
    (package / "__init__.py").write_text(PACKAGE)
    (package / "py.typed").write_text("")
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "verify_agent" not in entry.name and not (site / entry.name).exists():
            (site / entry.name).symlink_to(entry)
    return folder / "bin" / "python"


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["typing", "properties"])
def test_code_of_another_environment(engine: str, tmp_path: Path) -> None:
    python = environment(tmp_path / "env")
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "m.py").write_text(MODULE)
    command = [sys.executable, "-m", "verify_agent", "check", "m.py", "--engine", engine]
    here = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    there = subprocess.run(
        [*command, "--python", str(python), "--explain"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    told = there.stdout + there.stderr
    assert here.returncode != 0, here.stdout
    word = "proved" if engine == "typing" else "tested"
    assert f"{engine}: {word}" in told, told


def test_an_interpreter_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(MODULE)
    command = [sys.executable, "-m", "verify_agent", "check", "m.py", "--python", "no-such-python"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "`--python no-such-python` is no interpreter" in done.stderr
