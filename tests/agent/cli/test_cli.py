"""The command line: quick, exact exit codes, errors on one line, never a traceback."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from verify_agent.agent import cli
from verify_agent.agent.cli import run_command_line
from verify_agent.agent.cli.gate import exit_code
from verify_agent.verifier.evidence import (
    Attempt,
    Counterexample,
    FunctionReport,
    Obligation,
    Report,
    RunRecord,
    Verdict,
)

ROOT = Path(__file__).resolve().parents[3]
#: All that may be imported to say what there is, and which version.
BUDGET = {
    "__future__",
    "verify_agent",
    "verify_agent.__main__",
    "verify_agent.agent",
    "verify_agent.agent.cli",
    "verify_agent.verifier",
    "verify_agent.verifier.errors",
    "verify_agent.verifier.own_folders",
}


@pytest.mark.parametrize("argument", ["--help", "--version"])
def test_help_and_version_import_next_to_nothing(argument):
    code = (
        "import os, sys; before = set(sys.modules)\n"
        f"sys.path.insert(0, {str(ROOT)!r}); sys.argv = ['verify-agent', {argument!r}]\n"
        "from verify_agent.__main__ import main\n"
        "assert main() == 0\n"
        "print('|', *sorted(set(sys.modules) - before))"
    )
    # Without `site` nothing has been imported that an installed package may have wanted.
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("|")[2].split())
    assert loaded <= BUDGET


@pytest.mark.parametrize("command", list(cli.COMMANDS))
def test_every_command_has_help(command, capsys):
    assert run_command_line([command, "--help"]) == 0
    assert f"usage: verify-agent {command}" in capsys.readouterr().out


def test_overview(capsys):
    assert run_command_line(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in cli.COMMANDS)
    assert run_command_line([]) == 2


@pytest.mark.parametrize(
    ("argv", "fragments"),
    [
        (["chekc"], ["error[VA001]", "`chekc` is no command", "did you mean `check`?"]),
        (["check", "--engine", "magic", "x"], ["invalid choice", "magic"]),
        (["check", "--nope", "x"], ["--nope"]),
        (["check", "no_such.py"], ["error[VA003]", "no_such.py", "no such file"]),
        (["check", "--timeout", "0", "x.py"], ["--timeout"]),
        (["check", "--seed", "-1", "x.py"], ["--seed"]),
        (["check", "--report", "text", "x.py"], ["--report text", "FORMAT=PATH"]),
        (["check", "--report", "pdf=x", "x.py"], ["`pdf` is no format"]),
        (["check", "--strict", "--allow-unknown", "x.py"], ["not allowed with"]),
        (["check", "--stability", "0", "x.py"], ["--stability 0", "1 or more"]),
        (["check", "--jobs", "0", "x.py"], ["--jobs 0", "1 or more"]),
        (["check", "--proofs", ".", "x.py"], ["--proofs", "a new or empty folder"]),
        (["replay", "no_such_folder"], ["error[VA001]", "no folder"]),
        (["schema", "poem"], ["invalid choice"]),
    ],
)
def test_wrong_usage(argv, fragments, capsys):
    assert run_command_line(argv) == 2
    told = capsys.readouterr().err
    assert all(fragment in told for fragment in fragments)
    assert all(line.startswith("error[VA") for line in told.splitlines())


def test_an_internal_error_is_one_line_and_a_log(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(cli, "_dispatch", lambda argv: 1 // 0)
    assert run_command_line(["check"]) == 4
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error[VA000]: internal error (ZeroDivisionError")
    assert "please report" in line
    (log,) = tmp_path.glob("verify-agent-*.log")
    assert "Traceback" in log.read_text()
    with pytest.raises(ZeroDivisionError):
        run_command_line(["check", "--debug"])


def test_an_interrupt_ends_with_130(monkeypatch, capsys):
    def interrupted(argv):
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_dispatch", interrupted)
    assert run_command_line(["check"]) == 130
    assert capsys.readouterr().err == "interrupted\n"


@pytest.mark.parametrize("of", ["task", "report"])
def test_schema(of, capsys):
    assert run_command_line(["schema", of]) == 0
    assert json.loads(capsys.readouterr().out)["title"] == f"verify-agent {of}"


RUN = RunRecord("id", "2026-01-01T00:00:00+00:00", (), 0, "3.11", "linux", {})


def report(*verdicts, complete=True):
    def function(verdict):
        found = Counterexample("f()", "x", replayed=True) if verdict is Verdict.REFUTED else None
        attempt = Attempt("e", verdict, counterexample=found)
        return FunctionReport("m:f", "m.py", 1, (Obligation("o", "k", "t", None, (attempt,)),))

    return Report(RUN, tuple(function(v) for v in verdicts), complete=complete)


V = Verdict


@pytest.mark.parametrize(
    ("verdicts", "least", "allowed", "code"),
    [
        ([V.PROVED, V.PROVED], V.PROVED, False, 0),
        ([V.PROVED, V.CONFIRMED], V.PROVED, False, 3),
        ([V.PROVED, V.TESTED], V.TESTED, False, 0),
        ([V.UNKNOWN], V.TESTED, False, 3),
        ([V.UNKNOWN], V.TESTED, True, 0),
        ([V.UNKNOWN, V.TESTED], V.PROVED, True, 3),
        ([V.CANDIDATE], V.TESTED, True, 3),
        ([V.UNKNOWN, V.REFUTED], V.TESTED, True, 1),
        ([V.VACUOUS, V.PROVED], V.TESTED, True, 1),
        ([V.ERROR, V.REFUTED], V.TESTED, True, 4),
        ([], V.TESTED, False, 3),
        ([], V.TESTED, True, 3),
    ],
)
def test_exit_codes(verdicts, least, allowed, code):
    assert exit_code(report(*verdicts), least, allow_unknown=allowed) == code


def test_an_incomplete_report_is_never_a_success():
    assert exit_code(report(V.PROVED, complete=False), V.TESTED) == 3
    assert exit_code(report(V.REFUTED, complete=False), V.TESTED) == 1


MODULE = """\
from icontract import ensure


@ensure(lambda result, x: result {op} x)
def f(x: int) -> int:
    return x + 1


@ensure(lambda result: y)
def g(y: int) -> int:
    return y
"""


def check(tmp_path, target, *options, op=">"):
    (tmp_path / "m.py").write_text(MODULE.format(op=op))
    return run_command_line(["check", str(tmp_path / target), "--engine", "properties", *options])


def test_check_holds_and_refutes_with_reports(tmp_path, capsys):
    out = tmp_path / "r.json"
    assert check(tmp_path, "m.py::f", "--quiet", "--report", f"json={out}") == 0
    assert capsys.readouterr().out == "tested: 1 function: 1 tested\n"
    record = json.loads(out.read_text())
    assert record["functions"][0]["id"] == "m:f"
    assert record["subjects"].keys() == {str(tmp_path / "m.py")}
    assert check(tmp_path, "m.py::f", "--json", op="<") == 1
    (function,) = json.loads(capsys.readouterr().out)["functions"]
    found = [o["counterexample"] for o in function["obligations"] if o["counterexample"]]
    assert found[0]["replayed"]
    assert found[0]["call"].startswith("f(")


def test_check_says_unknown_where_a_contract_cannot_be_read(tmp_path, capsys):
    assert check(tmp_path, "m.py::g") == 3
    told = capsys.readouterr().out
    assert "unsupported: a condition that reads a module's `y` at 9:23" in told
    assert check(tmp_path, "m.py::g", "--allow-unknown") == 0


def test_check_names_every_broken_file_of_a_folder(tmp_path, capsys):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text("def f(:\n")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "c.py").write_text("def f(:\n")
    assert run_command_line(["check", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_folder_without_contracts_is_inconclusive(tmp_path, capsys):
    (tmp_path / "a.py").write_text("def f(): ...\n")
    assert run_command_line(["check", str(tmp_path), "--engine", "properties"]) == 3
    assert "no function under contract" in capsys.readouterr().out


def test_ctrl_c_leaves_a_report_of_what_was_known(tmp_path, monkeypatch, capsys):
    def stopped_by_a_signal(modules, *, cancel, **rest):
        threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
        assert cancel.wait(10)
        return report(V.TESTED, complete=False)

    monkeypatch.setattr("verify_agent.verifier.session.module.check_modules", stopped_by_a_signal)
    before = signal.getsignal(signal.SIGINT)
    out = tmp_path / "r.json"
    assert check(tmp_path, "m.py::f", "--report", f"json={out}") == 130
    assert "incomplete" in capsys.readouterr().out
    assert not json.loads(out.read_text())["complete"]
    assert signal.getsignal(signal.SIGINT) is before
