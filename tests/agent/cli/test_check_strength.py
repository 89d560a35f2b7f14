"""`check` notes what is odd about a contract; with `--mutants` what it allows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.cli.check_strength import with_notes
from verify_agent.verifier.evidence import (
    Attempt,
    FunctionReport,
    Obligation,
    Report,
    RunRecord,
    Verdict,
)
from verify_agent.verifier.frontend.load import load

SOURCE = """\
from icontract import ensure


@ensure(lambda x: x == x)
@ensure(lambda result: result >= 0)
def f(x: int) -> int:
    return abs(x) + 3
"""


def report_with(verdict: Verdict) -> Report:
    about = Obligation("f/ensure/1", "ensure", "t", attempts=(Attempt("deductive", verdict),))
    function = FunctionReport("candidate:f", "f.py", 6, (about,))
    return Report(RunRecord("1", "now", (), 0, "3", "linux", {}), (function,))


@pytest.mark.parametrize(("verdict", "told"), [(Verdict.PROVED, 1), (Verdict.VACUOUS, 0)])
def test_smoke_checks_change_no_verdict(verdict: Verdict, told: int) -> None:
    module = load(SOURCE)
    before = report_with(verdict)
    after = with_notes(before, [module], mutants=False, seed=0)
    assert after.verdict is before.verdict
    assert len(after.functions[0].notes) == told


@pytest.mark.slow
def test_mutants_that_live(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "f.py"
    path.write_text(SOURCE)
    assert run_command_line(["check", str(path), "--mutants", "--json"]) == 0
    (function,) = json.loads(capsys.readouterr().out)["functions"]
    assert function["verdict"] == "proved"
    notes = "\n".join(function["notes"])
    assert "the contract allows `return 0`: f(" in notes
    assert "the contract allows line 7: `3` becomes `4`: f(" in notes
    assert "contract strength: 3 of 7 other programs break it" in notes
