"""The cache of `check` is not trusted: its proofs are made again, and a forged one is named."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from verify_agent.agent.audit.cached_proofs import cached_proofs
from verify_agent.agent.cli import run_command_line
from verify_agent.verifier.cache.entry import from_text, to_text
from verify_agent.verifier.evidence import Verdict
from verify_agent.verifier.frontend.load import load_file
from verify_agent.verifier.smt.store import SUMS

HOLDS = """from icontract import ensure


@ensure(lambda x, result: result >= x)
def up(x: int) -> int:
    return x + 1


@ensure(lambda x, result: result < x)
def down(x: int) -> int:
    return x - 1
"""
BROKEN = HOLDS.replace("x - 1", "x")


@pytest.fixture
def checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose proofs are in the cache."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "steps.py").write_text(HOLDS)
    assert run_command_line(["check", "steps.py", "--engine", "deductive"]) == 0
    return tmp_path


def test_cached_proofs_are_made_again(checked: Path) -> None:
    found = cached_proofs(checked / ".verify-agent", [load_file(Path("steps.py"))])
    assert (found.total, found.looked_at, found.problems) == (2, 2, ())
    assert SUMS in found.files
    assert len(found.files) > 2


def test_a_sample_looks_at_fewer(checked: Path) -> None:
    found = cached_proofs(checked / ".verify-agent", [load_file(Path("steps.py"))], sample=1)
    assert (found.total, found.looked_at) == (2, 1)


def test_nothing_is_written(checked: Path) -> None:
    state = checked / ".verify-agent"
    before = {p: p.read_bytes() for p in state.rglob("*") if p.is_file()}
    cached_proofs(state, [load_file(Path("steps.py"))])
    assert {p: p.read_bytes() for p in state.rglob("*") if p.is_file()} == before


def test_a_forged_proof_is_named(checked: Path) -> None:
    """Proofs of a right function, put under the key of a wrong one with a checksum that fits."""
    forge(checked)
    found = cached_proofs(checked / ".verify-agent", [load_file(Path("steps.py"))])
    assert any("down" in p and "cached as proved" in p for p in found.problems)
    assert not any("::up" in p for p in found.problems)


def forge(project: Path) -> None:
    """Make the code wrong, and the cache say that it is proved."""
    database = project / ".verify-agent" / "cache.sqlite"
    with sqlite3.connect(database) as connection:
        old = dict(connection.execute("SELECT key, text FROM entries").fetchall())
    (project / "steps.py").write_text(BROKEN)
    assert run_command_line(["check", "steps.py", "--engine", "deductive"]) == 1
    with sqlite3.connect(database) as connection:
        new = dict(connection.execute("SELECT key, text FROM entries").fetchall())
        (key,) = [
            k
            for k, text in new.items()
            if k not in old
            and any(
                o.startswith("down/") and a.outcome is Verdict.REFUTED
                for o, attempts in from_text(text).attempts.items()
                for a in attempts
            )
        ]
        right = next(
            from_text(text)
            for text in old.values()
            if any(o.startswith("down/") for o in from_text(text).attempts)
        )
        connection.execute("UPDATE entries SET text = ? WHERE key = ?", (to_text(right), key))


def test_the_audit_names_a_forged_proof(checked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from verify_agent.agent.cli import audit
    from verify_agent.agent.cli.parser import command_parser

    forge(checked)
    parser = command_parser("verify-agent audit", "")
    audit.add_arguments(parser)
    args = parser.parse_args(["--code", "steps.py", "--quiet"])
    from verify_agent.agent.audit.bundle import inputs_of_project

    inputs = audit._with_cache(args, inputs_of_project(Path(".verify-agent"), {}))
    assert any("down" in p for p in inputs.problems)
    assert SUMS in inputs.proofs["cache"]
