"""Every snippet of the manual is run or read by what it is for; pages made from code are fresh."""

import importlib
import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from verify_agent.agent.cli import COMMANDS
from verify_agent.agent.cli.parser import command_parser
from verify_agent.agent.task import parse_task

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BLOCK = re.compile(r"(?:^<!-- (\w+): (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Programs that stand in the manual and are no command of this project.
OTHERS = ("python3", "pip", ".venv/bin/pip", "pytest", "mkdocs")


@dataclass(frozen=True)
class Snippet:
    """A block of a page; `mark` and `value` stand in the comment before it."""

    page: str
    number: int
    mark: str
    value: str
    language: str
    text: str


def snippets(*languages: str) -> list[Snippet]:
    found = []
    for page in sorted(DOCS.glob("*.md")):
        blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
        made = (Snippet(page.name, number, *block) for number, block in enumerate(blocks))
        found += [s for s in made if not languages or s.language in languages]
    return found


def named(snippet: Snippet) -> str:
    return f"{snippet.page}-{snippet.number}"


def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_is_no_snippet_that_nobody_looks_at() -> None:
    assert {s.language for s in snippets()} == {"sh", "yaml", "python", "json", "toml", "lua"}


@pytest.mark.parametrize("snippet", snippets("python"), ids=named)
def test_python_runs(snippet: Snippet, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", snippet.text], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("snippet", snippets("yaml"), ids=named)
def test_yaml_is_what_it_is_for(snippet: Snippet, tmp_path: Path) -> None:
    value = yaml.safe_load(snippet.text)
    if "signature" in value:
        assert parse_task(snippet.text, tmp_path / "task.yaml").name == value["name"]
    elif "target" in value:
        shown = next(s.text for s in snippets("python") if s.value == "prices.py")
        (tmp_path / "prices.py").write_text(shown)
        assert parse_task(snippet.text, tmp_path / "task.yaml").kind == value["kind"]
    elif "jobs" in value:
        assert (ROOT / "action.yml").is_file()
        assert any("uses" in step for job in value["jobs"].values() for step in job["steps"])
    else:
        hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
        wanted = {h["id"] for repo in value["repos"] for h in repo["hooks"]}
        assert wanted <= {h["id"] for h in hooks}


@pytest.mark.parametrize("snippet", snippets("toml"), ids=named)
def test_settings_are_read(snippet: Snippet, tmp_path: Path) -> None:
    from verify_agent.agent.cli.check_settings import settings_of

    table = tomllib.loads(snippet.text)["tool"]["verify-agent"]
    (tmp_path / "pyproject.toml").write_text(snippet.text)
    settings = settings_of(tmp_path)
    assert all(getattr(settings, key) in (value, tuple(value) if isinstance(value, list) else value)
               for key, value in table.items())  # fmt: skip


@pytest.mark.parametrize("snippet", snippets("json", "lua"), ids=named)
def test_other_programs_start_a_command_that_exists(snippet: Snippet) -> None:
    if snippet.language == "json":
        json.loads(snippet.text)
    words = re.findall(r'"([^"]+)"', snippet.text)
    after = words[words.index("verify-agent", words.index("verify-agent") + 1) + 1 :] if (
        words.count("verify-agent") > 1
    ) else words[words.index("verify-agent") + 1 :]  # fmt: skip
    assert next(w for w in after if w in COMMANDS) in ("lsp", "mcp")


def commands(snippet: Snippet) -> list[list[str]]:
    return [shlex.split(line, comments=True) for line in snippet.text.splitlines() if line.strip()]


@pytest.mark.parametrize("snippet", snippets("sh"), ids=named)
def test_commands_and_their_options_exist(snippet: Snippet) -> None:
    for program, *words in commands(snippet):
        if program != "verify-agent":
            assert program in OTHERS
            continue
        name, *arguments = words
        parser = command_parser(name, COMMANDS[name])
        importlib.import_module(f"verify_agent.agent.cli.{name}").add_arguments(parser)
        parser.parse_args(arguments)


def test_pages_are_made_from_the_code() -> None:
    from verify_agent.agent.audit.trusted_base import PARTS
    from verify_agent.agent.task_model import TaskFile

    made = generator()
    tasks = made.tasks()
    assert all(f"| `{name}` |" in tasks for name in TaskFile.model_fields)
    claims = made.claims()
    files = sorted((ROOT / "proofs" / "claims").glob("c*.py"))
    assert len(files) >= 17
    assert all(f"| `{path.name}` |" in claims for path in files)
    assert all(f"| {part.name} |" in made.trusted_base() for part in PARTS)


def test_the_prover_is_asked_what_it_supports() -> None:
    made = generator()
    assert made._asked("x: int", "return x * x") == "modelled"
    assert made._asked("x: int", "match x:\n    case _:\n        return 1").startswith("no: match")


@pytest.mark.slow
def test_the_site_is_built(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "tutorial" / "index.html").is_file()
    assert not (tmp_path / "generate.py").exists()
    table = (tmp_path / "supported" / "index.html").read_text(encoding="utf-8")
    assert table.count("<td>modelled</td>") >= 20


@pytest.mark.slow
def test_the_tutorial_works_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "setup.cfg").write_text("")
    program = [sys.executable, "-P", "-m", "verify_agent"]
    ran = 0
    for snippet in (s for s in snippets() if s.page == "tutorial.md"):
        match snippet.mark:
            case "file":
                (tmp_path / snippet.value).write_text(snippet.text)
            case "run":
                for _, *words in commands(snippet):
                    done = subprocess.run(
                        [*program, *words], cwd=tmp_path, capture_output=True, text=True,
                        env={**os.environ, "COLUMNS": "100"},
                    )  # fmt: skip
                    assert done.returncode == int(snippet.value), done.stdout + done.stderr
                    ran += 1
    assert ran == 4
    assert "def clamp" in (tmp_path / "clamp.py").read_text()
