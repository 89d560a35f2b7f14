"""`verify-agent draft`: what becomes of a model's specification, and of an answer that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify_agent.agent.cli import run_command_line
from verify_agent.agent.llm.drafting import Drafted, NoDraft, judged, template
from verify_agent.agent.task import load_task
from verify_agent.verifier.errors import BadTask

from .conftest import Fake

GOOD = """Here you are:
```yaml
name: larger
signature: "larger(a: int, b: int) -> int"
ensures: ["result >= a", "result >= b", "result == a or result == b"]
examples: ["larger(1, 2) == 2", "larger(3, -3) == 3"]
```
I hope this helps."""
WORDS = "the larger one of two numbers"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CEREBRAS_API_KEY", "OPENAI_API_KEY", "OPENROUTER_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("CEREBRAS_BASE_URL", raising=False)


def drafted(fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *more: str) -> int:
    monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    output = str(tmp_path / "task.yaml")
    return run_command_line(["draft", WORDS, "-o", output, "--model", "m", *more])


def test_a_draft_is_a_task_that_says_it_is_a_draft(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.answers = [GOOD]
    assert drafted(fake, tmp_path, monkeypatch) == 0
    said = capsys.readouterr()
    text = (tmp_path / "task.yaml").read_text()
    assert text.startswith("# Drafted by openai m. Nothing of it is checked")
    task = load_task(tmp_path / "task.yaml")
    assert task.description == WORDS
    assert len(task.contract.ensures) == 3
    assert task.contract.examples == ("larger(1, 2) == 2", "larger(3, -3) == 3")
    assert "to be confirmed by you" in said.out
    assert "secret" not in said.out + said.err + text
    assert WORDS in fake.asked[0]["messages"][1]["content"]


def test_what_is_wrong_is_sent_back(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = GOOD.replace("result >= b", "result >= zebra")
    fake.answers = ["I can't.", bad, GOOD]
    assert drafted(fake, tmp_path, monkeypatch) == 0
    assert "zebra" in fake.asked[2]["messages"][-1]["content"]


def test_no_draft_writes_nothing(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.answers = ["I can't."]
    assert drafted(fake, tmp_path, monkeypatch) == 1
    assert not list(tmp_path.iterdir())
    assert "no draft:" in capsys.readouterr().err
    assert len(fake.asked) == 4


def test_a_budget_is_kept(fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake.answers = [GOOD]
    assert drafted(fake, tmp_path, monkeypatch, "--tokens", "300") == 1
    assert not fake.asked


def test_what_is_there_is_kept(
    fake: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake.answers = [GOOD]
    (tmp_path / "task.yaml").write_text("mine")
    assert drafted(fake, tmp_path, monkeypatch) == 2
    assert (tmp_path / "task.yaml").read_text() == "mine"
    assert "--force" in capsys.readouterr().err
    assert drafted(fake, tmp_path, monkeypatch, "--force") == 0


def test_without_a_model_it_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "task.yaml"
    assert run_command_line(["draft", WORDS, "-o", str(output)]) == 4
    said = capsys.readouterr().err
    assert "CEREBRAS_API_KEY or OPENAI_BASE_URL" in said
    assert "--template" in said
    assert not output.exists()
    assert run_command_line(["draft", " ", "-o", str(output)]) == 2


def test_a_template_has_the_signature_and_demands_nothing_yet(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "task.yaml"
    words = "pick(xs: list[int], i: int) -> dict[str, int]: picks: 'x' # or \"y\""
    assert run_command_line(["draft", words, "-o", str(output), "--template"]) == 0
    assert "fill in" in capsys.readouterr().out
    with pytest.raises(BadTask, match="the task demands nothing of the result"):
        load_task(output)
    output.write_text(output.read_text().replace("ensures: []", 'ensures: ["len(result) >= 0"]'))
    task = load_task(output)
    assert [p.annotation for p in task.signature.parameters] == ["list[int]", "int"]
    assert task.signature.returns == "dict[str, int]"
    assert task.description == words
    assert "name_of_the_function" in template("no signature here")


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("output: /etc/passwd.py", "output"),
        ('reference: "secret.py::f"', "reference"),
        ('definitions: "import os"', "definitions"),
        ("budget: {seconds: 100000}", "budget"),
        ("provider: cerebras", "provider"),
    ],
)
def test_a_model_decides_nothing_else(line: str, word: str, tmp_path: Path) -> None:
    found = judged(
        GOOD.replace("name: larger", f"name: larger\n{line}"), WORDS, tmp_path / "t.yaml"
    )
    assert isinstance(found, Drafted)
    assert found.left_out == (word,)
    assert word not in found.text


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("", "empty"),
        ("```yaml\n- a\n- b\n```", "mapping"),
        ("```yaml\nname: [\n```", "YAML"),
        (GOOD.replace("name: larger", "name: larger\nname: other"), "twice"),
        (GOOD.replace("ensures:", "notes:"), "`ensures` is missing"),
        (GOOD.replace("examples:", "notes:"), "`examples` is missing"),
        (GOOD.replace("larger(1, 2) == 2", "__import__('os').system('x')"), "examples[0]"),
        (GOOD.replace("result >= a", "a ="), "ensures[0]"),
        (GOOD.replace("b: int", "a: int"), "`a` is there twice"),
    ],
)
def test_what_is_no_task_is_named(answer: str, told: str, tmp_path: Path) -> None:
    found = judged(answer, WORDS, tmp_path / "t.yaml")
    assert isinstance(found, NoDraft)
    assert told in found.reason
