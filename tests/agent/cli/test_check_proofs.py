"""`check --proofs` writes what was proved; `replay` checks it again and notices every change."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line

MODULE = """\
from icontract import ensure, require


@require(lambda n: n >= 0)
@ensure(lambda n, result: result == n)
def counted(n: int) -> int:
    i = 0
    while i < n:
        i += 1
    return i


@ensure(lambda x, result: result > x)
def wrong(x: int) -> int:
    return x
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("source") / "m.py"
    path.write_text(MODULE)
    return path


@pytest.fixture(scope="module")
def proofs(source: Path) -> Path:
    folder = source.parent / "proofs"
    argv = ["check", str(source), "--engine", "deductive", "--quiet", "--proofs", str(folder)]
    assert run_command_line(argv) == 1
    return folder


@pytest.fixture
def copied(proofs: Path, tmp_path: Path) -> Path:
    for path in proofs.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def first(folder: Path) -> Path:
    return sorted(folder.glob("*.smt2"))[0]


def test_every_file_names_its_function_and_obligation(proofs: Path) -> None:
    texts = [path.read_text() for path in proofs.glob("*.smt2")]
    assert any("; obligation: counted/ensure/" in text for text in texts)
    assert any("; states: result == n\n" in text for text in texts)
    assert {line for text in texts for line in text.splitlines() if "; function:" in line} == {
        "; function: m:counted"
    }


def test_replay_holds(proofs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command_line(["replay", str(proofs), "--quiet"]) == 0
    assert capsys.readouterr().out.endswith(" hold, 0 do not\n")


def test_replay_notices_a_changed_file(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = first(copied)
    path.write_text(path.read_text().replace("(check-sat)", "(assert true)\n(check-sat)"))
    assert run_command_line(["replay", str(copied), "--quiet"]) == 3
    told = capsys.readouterr().out
    assert f"FAILS  {path.name}  the file was changed" in told
    assert "1 do not" in told


def test_replay_notices_a_proof_that_is_none(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from hashlib import sha256

    from verify_agent.verifier.smt.store import SUMS

    path = first(copied)
    before = path.read_text()
    after = "".join(line for line in before.splitlines(True) if not line.startswith("(assert"))
    path.write_text(after)
    sums = copied / SUMS
    old, new = (sha256(text.encode()).hexdigest() for text in (before, after))
    sums.write_text(sums.read_text().replace(old, new))
    assert run_command_line(["replay", str(copied), "--quiet"]) == 3
    assert "z3 says sat" in capsys.readouterr().out


def test_replay_notices_a_lost_file(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = first(copied)
    path.unlink()
    assert run_command_line(["replay", str(copied), "--quiet"]) == 3
    assert f"FAILS  {path.name}  can't be read" in capsys.readouterr().out


def test_explain_shows_the_invariants_and_what_decreases(
    source: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    argv = ["check", f"{source}::counted", "--engine", "deductive", "--explain"]
    assert run_command_line(argv) == 0
    told = capsys.readouterr().out
    assert "loop at line 8 keeps: i <= n\n" in told
    assert "at line 8 ends: what decreases is n - i\n" in told
    assert "terminates" not in told
