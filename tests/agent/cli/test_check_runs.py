"""`check` over several runs: the cache, resuming, what changed, waivers, baselines, `explain`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.verifier.cache.store import FILE

MODULE = """\
from icontract import ensure


def helper(x: int) -> int:
    return x


@ensure(lambda x, result: result == x)
def direct(x: int) -> int:
    return helper(x)


@ensure(lambda x, result: result > x)
def alone(x: int) -> int:
    return x + 1
"""
WRONG = MODULE.replace("return x + 1", "return x")
FLAGS = ("--engine", "deductive", "--quiet")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text("")
    (tmp_path / "m.py").write_text(MODULE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def checked(*arguments: str) -> tuple[int, dict]:
    code = run_command_line(["check", "m.py", *FLAGS, "--report", "json=r.json", *arguments])
    return code, json.loads(Path("r.json").read_text())


def cached(record: dict) -> dict[str, bool]:
    return {
        f["id"]: all(a["cache"] for o in f["obligations"] for a in o["attempts"])
        for f in record["functions"]
    }


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.slow
def test_the_second_run_knows_and_a_change_is_shown_anew(project: Path) -> None:
    assert checked()[0] == 0
    code, record = checked()
    assert (code, cached(record)) == (0, {"m:direct": True, "m:alone": True})
    assert any("known from the cache" in note for note in record["notes"])
    (project / "m.py").write_text(MODULE.replace("    return x\n", "    return 1 * x\n", 1))
    assert cached(checked()[1]) == {"m:direct": False, "m:alone": True}
    assert cached(checked("--no-cache")[1]) == {"m:direct": False, "m:alone": False}
    assert (project / ".verify-agent" / ".gitignore").read_text() == "*\n"


@pytest.mark.slow
def test_a_known_refutation_is_run_again_and_nothing_else(project: Path) -> None:
    (project / "m.py").write_text(WRONG)
    assert checked()[0] == 1
    code, record = checked()
    assert code == 1
    (alone,) = (f for f in record["functions"] if f["id"] == "m:alone")
    assert alone["verdict"] == "refuted"
    (ensure,) = (o for o in alone["obligations"] if o["kind"] == "ensure")
    assert ensure["counterexample"]["replayed"]
    assert cached(record)["m:alone"]


def test_nothing_heavy_is_imported_where_nothing_changed(project: Path) -> None:
    assert checked()[0] == 0
    script = (
        "import sys\n"
        "from verify_agent.agent.cli import run_command_line\n"
        f"code = run_command_line(['check', 'm.py', *{FLAGS!r}])\n"
        "heavy = {'z3', 'cvc5', 'mypy', 'crosshair', 'hypothesis', 'icontract', 'pydantic'}\n"
        "print('loaded:', sorted(heavy & set(sys.modules)), code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "loaded: [] 0"


@pytest.mark.slow
def test_a_run_that_was_cut_goes_on_by_itself(project: Path) -> None:
    from verify_agent.verifier.cache import cache

    class Cut(Exception):
        """Stands for a process that is gone."""

    def cut(self: object, *, cut: bool) -> tuple[str, ...]:
        raise Cut

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache.Cache, "end", cut)
        with pytest.raises(Cut):
            run_command_line(["check", "m.py", *FLAGS, "--debug"])
    _, record = checked()
    assert any(note.startswith("resumed: 2 functions") for note in record["notes"])
    assert not any(note.startswith("resumed") for note in checked()[1]["notes"])


@pytest.mark.slow
def test_a_damaged_cache_changes_no_verdict(project: Path) -> None:
    assert checked()[0] == 0
    file = project / ".verify-agent" / FILE
    file.write_bytes(file.read_bytes()[:100] + b"\xff" * 5000)
    code, record = checked()
    assert code == 0
    assert any("damaged" in note for note in record["notes"])
    assert cached(checked()[1]) == {"m:direct": True, "m:alone": True}


@pytest.mark.slow
def test_since_checks_what_a_change_can_affect(project: Path) -> None:
    git(project, "init", "-q")
    git(project, "add", "m.py")
    git(project, "commit", "-qm", "one")
    (project / "m.py").write_text(MODULE.replace("    return x\n", "    return 1 * x\n", 1))
    code, record = checked("--since", "HEAD")
    assert code == 0
    assert [f["id"] for f in record["functions"]] == ["m:direct"]
    assert {s["id"]: s["reason"] for s in record["skipped"]} == {
        "m:helper": "no contract and no assert",
        "m:alone": "nothing that it rests on changed since HEAD",
    }
    assert run_command_line(["check", "m.py", "--since", "nowhere"]) == 2


@pytest.mark.slow
def test_a_baseline_fails_only_on_what_is_worse(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "m.py").write_text(WRONG)
    assert checked("--write-baseline", "base.json")[0] == 1
    assert checked("--baseline", "base.json")[0] == 0
    (project / "m.py").write_text(WRONG.replace("return helper(x)", "return helper(x) + 1"))
    code, record = checked("--baseline", "base.json")
    assert code == 1
    (change,) = record["changes"]
    assert (change["before"], change["after"]) == ("proved", "refuted")
    capsys.readouterr()
    assert run_command_line(["diff", "base.json", "r.json"]) == 1
    assert "1 worse, 0 better, 0 gone" in capsys.readouterr().out
    assert run_command_line(["diff", "r.json", "base.json"]) == 0
    assert "0 worse, 1 better, 0 gone" in capsys.readouterr().out
    assert run_command_line(["diff", "m.py", "base.json"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize(("until", "code"), [("2999-12-31", 0), ("2020-01-01", 1)])
def test_a_waiver_counts_until_it_expires(until: str, code: int, project: Path) -> None:
    (project / "m.py").write_text(WRONG)
    _, record = checked()
    (wrong,) = (
        o["id"] for f in record["functions"] for o in f["obligations"] if o["verdict"] == "refuted"
    )
    waiver = f'obligation = "m:{wrong}"\nwho = "Ada"\nwhy = "known"\nuntil = {until}\n'
    (project / "w.toml").write_text(f"[[waiver]]\n{waiver}")
    got, record = checked("--waivers", "w.toml")
    assert got == code
    (told,) = record["waived"]
    assert (told["verdict"], told["expired"]) == ("refuted", code == 1)


@pytest.mark.parametrize(
    "text",
    [
        "[[waiver]]\nwho = 'x'\n",
        "waiver = 1",
        "[[other]]",
        "no toml",
        "[[waiver]]\nobligation = 'a'\nwho = 'b'\nwhy = 'c'\nuntil = 'soon'\n",
    ],
)
def test_a_broken_file_of_waivers_is_refused(text: str, project: Path) -> None:
    (project / "w.toml").write_text(text)
    assert run_command_line(["check", "m.py", *FLAGS, "--waivers", "w.toml"]) == 2


@pytest.mark.slow
def test_explain_tells_all_about_one_obligation(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command_line(["explain", "m:alone/ensure", "m.py", "--engine", "deductive"]) == 0
    told = capsys.readouterr().out
    assert "  verdict:  proved\n" in told
    assert "    for all x: int\n    then result = alone(x)\n    gives: result > x\n" in told
    assert "    deductive z3-solver" in told
    assert "    - builtin types exactly\n" in told
    assert run_command_line(["explain", "m:none/ensure", "m.py"]) == 2
