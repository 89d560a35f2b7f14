"""Targets and settings: what is found where, under which name, and what is refused."""

from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.cli.check_files import Selection, selected
from verify_agent.agent.cli.check_settings import project_of, settings_of
from verify_agent.verifier.errors import BadInput

ONE = """\
from icontract import ensure

@ensure(lambda x, result: result == x)
def f(x: int) -> int:
    return x
"""


def written(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def found(root: Path, *targets: str) -> Selection:
    return selected(targets or (str(root),), settings_of(project_of(root)))


def ids(selection: Selection) -> list[str]:
    return [s.id for m in selection.modules for s in m.subjects]


@pytest.mark.parametrize(
    ("file", "text", "name", "above"),
    [
        ("src/pkg/m.py", ONE, "pkg.m", "src"),
        ("src/ns/pkg/m.py", ONE, "ns.pkg.m", "src"),
        ("ns/pkg/m.py", f"from ns.pkg import other\n{ONE}", "ns.pkg.m", "."),
        ("ns/pkg/m.py", ONE, "pkg.m", "ns"),
        ("scripts/m.py", ONE, "m", "scripts"),
        ("lib/ns/pkg/m.py", ONE, "ns.pkg.m", "lib"),
    ],
    ids=["src", "namespace in src", "namespace by import", "flat", "script", "root of settings"],
)
def test_names_and_roots(file: str, text: str, name: str, above: str, tmp_path: Path) -> None:
    project = '[tool.verify-agent]\nroots = ["lib"]\n'
    files = {"pyproject.toml": project, file: text}
    if "pkg" in file:
        files[str(Path(file).parent / "__init__.py")] = ""
    root = written(tmp_path, files)
    (module,) = (m for m in found(root).modules if m.subjects)
    assert module.name == name
    assert module.roots == (str((root / above).resolve()),)


@pytest.mark.parametrize("target", ["pkg", "pkg.m", "pkg.m::f", "src/pkg/m.py::f"])
def test_targets(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, {"pyproject.toml": "", "src/pkg/__init__.py": "", "src/pkg/m.py": ONE})
    monkeypatch.chdir(tmp_path)
    assert ids(found(tmp_path, target)) == ["pkg.m:f"]


def test_asserts_are_obligations_but_not_those_of_tests(tmp_path: Path) -> None:
    text = "def f(x: int) -> int:\n    assert x * x >= 0\n    return x\n"
    test = text.replace("def f", "def test_f")
    root = written(
        tmp_path, {"pyproject.toml": "", "m.py": f"{text}\ndef g(): ...\n", "n.py": test}
    )
    selection = found(root)
    assert ids(selection) == ["m:f"]
    assert {s.id: s.reason for s in selection.skipped} == {
        "m:g": "no contract and no assert",
        "n:test_f": "a test: its asserts are examples, no contract",
    }


def test_exclude_and_overrides(tmp_path: Path) -> None:
    project = (
        '[tool.verify-agent]\nexclude = ["old", "*/gen_*.py"]\ntimeout = 3\n'
        '[[tool.verify-agent.overrides]]\npath = "hard"\ntimeout = 9.5\nevidence = "proved"\n'
    )
    names = ("a/m.py", "old/n.py", "a/gen_o.py", "hard/p.py")
    root = written(tmp_path, {"pyproject.toml": project, **dict.fromkeys(names, ONE)})
    assert ids(found(root)) == ["m:f", "p:f"]
    settings = settings_of(root)
    assert settings.of_file(root / "hard" / "p.py").timeout == 9.5
    assert settings.of_file(root / "hard" / "p.py").evidence == "proved"
    assert settings.of_file(root / "a" / "m.py").timeout == 3.0


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("evidnce = 1", "no setting `evidnce`"),
        ('evidence = "sure"', "tested, confirmed, proved"),
        ("timeout = 0", "a number above 0"),
        ("timeout = true", "a number above 0"),
        ('paths = "src"', "a list of texts"),
        ('engines = ["magic"]', "deductive"),
        ("strict = 1", "true or false"),
        ("jobs = 0", "a whole number above 0"),
        ("seed = -1", "a whole number from 0 on"),
        ("overrides = 3", "a list of tables"),
        ("[[tool.verify-agent.overrides]]\ntimeout = 3", "a pattern of files"),
        ('[[tool.verify-agent.overrides]]\npath = "x"\npaths = []', "no setting `paths`"),
        ("not toml", "no TOML"),
    ],
)
def test_wrong_settings_are_refused(table: str, told: str, tmp_path: Path) -> None:
    written(tmp_path, {"pyproject.toml": f"[tool.verify-agent]\n{table}\n"})
    with pytest.raises(BadInput) as refused:
        settings_of(tmp_path)
    assert told in str(refused.value)
    assert "pyproject.toml" in str(refused.value)


def test_nothing_to_check_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command_line(["check"]) == 2
    assert "there is nothing to check" in capsys.readouterr().err


def test_init_looks_at_the_project_and_check_follows_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = '[project]\nname = "p"\n'
    written(tmp_path, {"pyproject.toml": text, "src/pkg/__init__.py": "", "src/pkg/m.py": ONE})
    monkeypatch.chdir(tmp_path)
    assert run_command_line(["init"]) == 0
    assert "1 functions with something to show in src" in capsys.readouterr().out
    assert (tmp_path / "pyproject.toml").read_text().startswith(text)
    assert settings_of(tmp_path).paths == ("src",)
    assert run_command_line(["init"]) == 2
    assert run_command_line(["init", "--force"]) == 0
    assert (tmp_path / "pyproject.toml").read_text().count("[tool.verify-agent]") == 1
    assert run_command_line(["check", "--engine", "deductive", "--quiet"]) == 0
    assert "1 proved" in capsys.readouterr().out
