"""The house itself: imports point down, heavy libraries stay off the start-up path."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("contracts", "mdp", "verifier", "proofs", "agent")
ALLOWED = {
    "contracts": {"contracts"},
    "mdp": {"mdp"},
    "verifier": {"contracts", "verifier"},
    "proofs": {"contracts", "verifier", "proofs"},
    "agent": set(FLOORS),
}
SOURCES = sorted(p for floor in FLOORS for p in (ROOT / floor).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    floor = path.relative_to(ROOT).parts[0]
    for name in imported(path):
        parts = name.split(".")
        assert parts[0] not in FLOORS, f"flat import of {name}"
        if parts[0] == "verify_agent" and len(parts) > 1 and parts[1] in FLOORS:
            assert parts[1] in ALLOWED[floor], f"{floor} imports {name}"


@pytest.mark.parametrize("floor", ["contracts", "verifier", "mdp", "proofs"])
def test_only_the_agent_knows_language_models(floor: str) -> None:
    for path in (ROOT / floor).rglob("*.py"):
        assert "agent.llm" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    script = (
        "import sys\n"
        "from verify_agent.agent.cli import run_command_line\n"
        "try:\n"
        f"    run_command_line({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "print('modules:', *sorted(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd="/"
    )
    loaded = set(done.stdout.split("modules:")[1].split())
    heavy = {"z3", "cvc5", "mypy", "crosshair", "hypothesis", "libcst", "networkx", "numpy"}
    assert not loaded & (heavy | {"mdptoolbox", "pydantic", "rich", "yaml", "icontract"})
    assert len(loaded) < 150


def test_size_of_files() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in SOURCES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long, "a file over 400 lines has two subjects"


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent
