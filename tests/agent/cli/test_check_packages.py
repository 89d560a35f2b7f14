"""A package of other people, as it is installed: no crash, and every function accounted for."""

import ast
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest


def examples() -> Path:
    """CrossHair's own examples, some right and some wrong."""
    spec = find_spec("crosshair")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "examples" / "icontract"


def functions(folder: Path) -> int:
    """How many functions there are, those inside of others included."""
    trees = (ast.parse(p.read_text()) for p in folder.rglob("*.py"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return sum(isinstance(node, kinds) for tree in trees for node in ast.walk(tree))


@pytest.mark.slow
def test_crosshairs_examples(tmp_path: Path) -> None:
    files = {f: tmp_path / f for f in ("json", "sarif", "junit", "markdown", "html", "github")}
    command = [sys.executable, "-m", "verify_agent", "check", str(examples()), "--timeout", "4"]
    for name, path in files.items():
        command += ["--report", f"{name}={path}"]
    done = subprocess.run(
        [*command, "--engine", "deductive", "--engine", "properties", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    record = json.loads(files["json"].read_text())
    refuted = {f["id"] for f in record["functions"] if f["verdict"] == "refuted"}
    assert refuted
    assert not any(f["verdict"] == "error" for f in record["functions"])
    assert all(s["reason"] for s in record["skipped"])
    accounted = {f["id"] for f in record["functions"]} | {s["id"] for s in record["skipped"]}
    assert len(accounted) == functions(examples())
    for path in files.values():
        assert path.stat().st_size > 0
