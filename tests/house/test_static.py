"""The project holds itself to its own rules: types, lint, layout of the text, doctests."""

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = ("contracts", "mdp", "verifier", "proofs", "agent")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_mypy_strict() -> None:
    done = run("mypy", "-p", "verify_agent")
    assert done.returncode == 0, done.stdout + done.stderr


def test_mypy_strict_of_benchmarks() -> None:
    done = run("mypy", "--explicit-package-bases", "benchmarks")
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_lint() -> None:
    done = run("ruff", "check", ".")
    assert done.returncode == 0, done.stdout


def test_ruff_format() -> None:
    done = run("ruff", "format", "--check", ".")
    assert done.returncode == 0, done.stdout


def modules() -> list[str]:
    paths = sorted(p for floor in FLOORS for p in (ROOT / floor).rglob("*.py"))
    return [
        "verify_agent." + ".".join(p.relative_to(ROOT).with_suffix("").parts)
        for p in paths
        if re.search(r"^ *>>> ", p.read_text(encoding="utf-8"), re.MULTILINE)
    ]


@pytest.mark.parametrize("name", modules())
def test_examples_in_docstrings(name: str) -> None:
    failures, tried = doctest.testmod(importlib.import_module(name.removesuffix(".__init__")))
    assert tried
    assert failures == 0
