"""A package of other people, as it is installed: no crash, and every function accounted for."""

import ast
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.cli.check_files import selected
from verify_agent.agent.cli.check_settings import project_of, settings_of
from verify_agent.verifier.frontend.load import load


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


OTHERS = """\
import abc
from collections.abc import Sequence
from typing import overload

import icontract

positive = icontract.require(lambda x: x > 0)


@icontract.ensure(lambda result: result > 0)
def f(x: int) -> int:
    return x


@overload
def f(x: int) -> int: ...
@overload
def f(x: str) -> str: ...
@icontract.ensure(lambda x, result: result == x)
def f(x):
    return x


@positive
def g(x: int) -> int:
    return x


@icontract.ensure(lambda result: len(result) >= 0)
def h(x: Sequence) -> str:
    return ",".join(map(str, x))


@icontract.invariant(lambda self: self.x > 0)
class A(icontract.DBC):
    def __init__(self) -> None:
        self.x = 10

    @abc.abstractmethod
    def size(self) -> int: ...


match 1:
    case 1:
        def inside(x: int) -> int:
            return x
"""


def test_definitions_that_are_replaced_are_named(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(OTHERS)
    selection = selected((str(path),), settings_of(project_of(tmp_path)))
    reasons = {s.line: s.reason for s in selection.skipped}
    assert reasons[11].startswith("defined again later")
    assert reasons[16].startswith("an overload")
    checked = {s.line for m in selection.modules for s in m.subjects}
    assert len(checked | reasons.keys()) == len(checked) + len(reasons) == functions(tmp_path)


def test_a_contract_by_another_name_is_seen_but_not_read(tmp_path: Path) -> None:
    found = {s.qualname: s for s in load(OTHERS).subjects}
    assert [u.construct for u in found["g"].unread] == ["the decorator `@positive`"]


@pytest.mark.parametrize("name", ["h", "A.__init__"])
def test_no_engine_crashes_on_it(name: str, tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(OTHERS)
    file = tmp_path / "report.json"
    options = ["--engine", "properties", "--no-server", "--no-cache", "--quiet", "--timeout", "10"]
    run_command_line(["check", f"{path}::{name}", *options, "--report", f"json={file}"])
    (function,) = json.loads(file.read_text())["functions"]
    reasons = [a["reason"] for o in function["obligations"] for a in o["attempts"]]
    assert reasons
    assert not any(r.startswith("Crashed") for r in reasons)
    if name == "h":
        assert function["verdict"] == "tested"
    else:
        assert all("A is abstract" in r for r in reasons), reasons
