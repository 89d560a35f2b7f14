"""The corpus: functions under contract that say at their `def` what the verdict must be."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from verify_agent.verifier.evidence import FunctionReport
from verify_agent.verifier.frontend.load import load_file
from verify_agent.verifier.options import Options
from verify_agent.verifier.session.module import check_modules

CORPUS = Path(__file__).parent
#: Folders of functions that are expected to be proved, each with a broken twin.
FAMILIES = ("tables", "objects", "texts", "recursion", "hard")
OPTIONS = Options(engines=("deductive",), seconds=20.0, jobs=2)
_EXPECTED = re.compile(r"# expect: (\w+)\s*$")

Check = Callable[[Sequence[Path]], Mapping[tuple[str, str], FunctionReport]]


@dataclass(frozen=True)
class Expected:
    """A function of the corpus and what is said of it."""

    path: Path
    qualname: str
    word: str


@pytest.fixture(scope="session")
def corpus() -> dict[str, tuple[Expected, ...]]:
    """The functions of each folder of the corpus."""
    return {
        name: tuple(e for p in sorted((CORPUS / name).glob("*.py")) for e in expected_in(p))
        for name in ("loops", "traps", *FAMILIES)
    }


def expected_in(path: Path) -> list[Expected]:
    """The functions of a file that say what is expected; every marker must belong to one."""
    text = path.read_text()
    lines = text.splitlines()
    marked = {i: m[1] for i, line in enumerate(lines, 1) if (m := _EXPECTED.search(line))}
    found: list[Expected] = []

    def look(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.ClassDef(name=name):
                    look(child, f"{prefix}{name}.")
                case ast.FunctionDef(name=name) if child.lineno in marked:
                    found.append(Expected(path, f"{prefix}{name}", marked.pop(child.lineno)))

    look(ast.parse(text), "")
    assert not marked, f"{path.name}: no function at lines {sorted(marked)}"
    return found


@pytest.fixture(scope="session")
def check() -> Check:
    """The reports of the deductive engine on files, by path and qualified name."""

    def run(paths: Sequence[Path]) -> dict[tuple[str, str], FunctionReport]:
        report = check_modules([load_file(path) for path in paths], options=OPTIONS)
        assert report.complete
        return {(f.path, f.id.partition(":")[2]): f for f in report.functions}

    return run
