"""Every scalar task of the shared suite, from the command line: proved, correct and short."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

SUITES = Path(__file__).parents[3] / "shared" / "suites"
SCALARS = {"int", "bool"}
MOST = 2.0


def scalar_tasks() -> list[str]:
    """The tasks that ask for one new function from scalars to a scalar."""
    found = []
    for path in sorted((SUITES / "tasks").glob("*.yaml")):
        task = yaml.safe_load(path.read_text())
        if "signature" in task and task.get("kind", "implement") == "implement":
            function = ast.parse(f"def {task['signature']}: ...").body[0]
            assert isinstance(function, ast.FunctionDef)
            asked = [a.annotation for a in function.args.args] + [function.returns]
            if {ast.unparse(a) for a in asked if a} <= SCALARS:
                found.append(path.stem)
    return found


def size(source: str, name: str) -> int:
    """Syntax-tree nodes of a function's body without its docstring."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            return sum(1 for statement in body for _ in ast.walk(statement))
    raise AssertionError(f"there is no {name}")


def test_the_scalar_tasks_are_found() -> None:
    if not SUITES.is_dir():
        pytest.skip(f"the shared suites are not at {SUITES}")
    assert {"absolute", "clamp", "factorial", "leap_year", "sign"} <= set(scalar_tasks())


@pytest.mark.slow
@pytest.mark.parametrize("name", scalar_tasks())
def test_delivered(name: str, tmp_path: Path) -> None:
    task = SUITES / "tasks" / f"{name}.yaml"
    argv = ["run", str(task), "--output", f"{name}.py", "--report", "json=r.json", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "verify_agent", *argv],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    record = json.loads((tmp_path / "r.json").read_text())
    verdicts = {o["kind"]: o["verdict"] for f in record["functions"] for o in f["obligations"]}
    assert set(verdicts.values()) == {"proved"}, verdicts
    references = json.loads((SUITES / "reference_sizes.json").read_text())
    written = (tmp_path / f"{name}.py").read_text()
    function = yaml.safe_load(task.read_text())["signature"].partition("(")[0]
    if name in references:
        assert size(written, function) <= MOST * references[name], written
