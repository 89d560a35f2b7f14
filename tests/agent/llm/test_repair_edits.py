"""A model's edits: applied exactly or not at all, within the function, and never trusted."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from verify_agent.agent.llm.editor import MAX_ANSWERS, Editor, Editors
from verify_agent.agent.llm.edits import NoEdit, edited
from verify_agent.agent.llm.extract import Vocabulary
from verify_agent.agent.llm.provider import Piece, ProviderError, Request, Trouble
from verify_agent.agent.llm.spending import Spending
from verify_agent.agent.proposers import proposer_for
from verify_agent.agent.repair.proposer import RepairProposer
from verify_agent.agent.task import Task, parse_task
from verify_agent.contracts.model import Parameter, Signature
from verify_agent.verifier.evidence import Counterexample

TEXT = """from icontract import ensure

LIMIT = 3


@ensure(lambda x, result: result > x)
def up(x: int) -> int:
    y = x  # keep
    return y - 1


def other(x: int) -> int:
    return x - 1
"""
UP = Signature("up", (Parameter("x", "int"),), "int")


def block(search: str, replace: str) -> str:
    return f"<<<<<<< SEARCH\n{search}\n=======\n{replace}\n>>>>>>> REPLACE\n"


def done(answer: str, text: str = TEXT) -> str | NoEdit:
    return edited(text, "up", answer, UP, Vocabulary())


GOOD = block("    return y - 1", "    return y + 1")


def test_an_edit_changes_its_lines_and_no_byte_more() -> None:
    assert done(f"Here:\n{GOOD}Done.") == TEXT.replace("return y - 1", "return y + 1")
    windows = TEXT.replace("\n", "\r\n")
    assert done(GOOD, windows) == windows.replace("return y - 1", "return y + 1")
    end = TEXT[: TEXT.index("\n\n\ndef other")]
    assert done(GOOD, end) == end.replace("return y - 1", "return y + 1")


def test_edits_follow_each_other() -> None:
    second = block("    return y + 1", "    z = y + 1\n    return z")
    found = done(GOOD + second)
    assert isinstance(found, str)
    assert "    z = y + 1\n    return z\n\n\ndef other" in found


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("Change the minus to a plus.", "no block"),
        (block("return y - 1", "return y + 1"), "not at all"),
        (block("    return x - 1", "    return x + 1"), "not at all"),
        (block("    return y - 1", "    return y +"), "does not parse"),
        (block("", "    return 1"), "not at all"),
        (GOOD + GOOD, "block 2"),
        (GOOD * 9, "more than 8"),
        (block("def up(x: int) -> int:", "def up(x: int, y: int = 0) -> int:"), "signature"),
        (block("def up(x: int) -> int:", "def down(x: int) -> int:"), "does not parse"),
        (block("    return y - 1", "    return y + 1\n\n\nLIMIT = 4"), "not the function's"),
        (
            block("def up(x: int) -> int:", "@str\ndef up(x: int) -> int:"),
            "not the function's",
        ),
        (block("    return y - 1", "    import os\n    return os.getpid()"), "it imports"),
        (block("    return y - 1", "    return LIMIT + other(y)"), "a name"),
        (block("    return y - 1", "    return y.__class__"), "an attribute"),
        (block("@ensure(lambda x, result: result > x)", "@ensure(lambda x: True)"), "not at all"),
        (block("    return y - 1", "    global LIMIT\n    return 1"), "state"),
    ],
)
def test_what_is_no_edit_is_named(answer: str, told: str) -> None:
    found = done(answer)
    assert isinstance(found, NoEdit), found
    assert told in found.reason


def test_lines_that_stand_there_twice_are_refused() -> None:
    text = TEXT.replace("    y = x  # keep\n", "    y = x\n    y = x\n")
    found = done(block("    y = x", "    y = x + 2"), text)
    assert found == NoEdit("the lines that block 1 searches for stand there 2 times")


@dataclass
class Scripted:
    """A provider that says what is written down; an empty answer is an error."""

    answers: list[str]
    name: str = "openai"
    asked: list[Request] = field(default_factory=list)

    def stream(self, request: Request, deadline: float) -> Iterator[Piece]:
        self.asked.append(request)
        text = self.answers[min(len(self.asked), len(self.answers)) - 1]
        if not text:
            raise ProviderError(Trouble.REFUSED, self.name)
        yield Piece(text)
        yield Piece("", finish="stop", prompt_tokens=50, answer_tokens=20)


def repair(tmp_path: Path) -> Task:
    (tmp_path / "code.py").write_text(TEXT)
    text = "name: r\nkind: repair\ntarget: code.py::up\nprovider: openai\nmodel: m\n"
    return parse_task(text, tmp_path / "r.yaml")


def editor(tmp_path: Path, *answers: str) -> tuple[Editor, Scripted]:
    said = Scripted(list(answers))
    return Editor(repair(tmp_path), said, "m", Spending(20_000)), said


def proposing(tmp_path: Path, *answers: str) -> tuple[RepairProposer, Scripted]:
    asking, said = editor(tmp_path, *answers)
    editors = Editors([asking], asking.spending)
    return RepairProposer(asking.task, lambda: 0.0, editors=editors), said


def test_a_model_repairs_before_the_search_does(tmp_path: Path) -> None:
    useless = block("    return y - 1", "    return y - 2")
    better = block("    y = x  # keep\n    return y - 1", "    return x + 7")
    proposer, said = proposing(tmp_path, useless, better)
    found = proposer.propose((), 900.0)
    assert found is not None
    assert "    return x + 7\n" in found.source
    assert found.summary == "edits by openai m"
    assert len(said.asked) == 2, "what fails on a known input is sent back at once"
    assert proposer.notes[0].startswith("language model: 2 answers")


def test_where_the_model_has_no_more_to_say_the_search_repairs(tmp_path: Path) -> None:
    proposer, said = proposing(tmp_path, "I can't.")
    found = proposer.propose((), 900.0)
    assert found is not None
    assert found.strategy != "model"
    assert len(said.asked) == MAX_ANSWERS


def test_a_model_that_is_not_set_up_is_told_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    heard: list[str] = []
    proposer = proposer_for(repair(tmp_path), lambda: 0.0, heard.append, tmp_path / "state")
    assert isinstance(proposer, RepairProposer)
    assert proposer.propose((), 900.0) is not None
    assert any("OPENAI_BASE_URL" in note for note in proposer.notes)
    assert "on to the next provider" in heard[0]


SHOWN = Counterexample("up(0)", "-1", expected="result > x", replayed=True)


def later() -> float:
    return time.monotonic() + 60


def test_it_is_shown_the_function_and_what_fails(tmp_path: Path) -> None:
    asking, said = editor(tmp_path, GOOD)
    found = asking.propose(TEXT, (SHOWN,), later())
    assert found == TEXT.replace("return y - 1", "return y + 1")
    told = said.asked[0].messages[1].text
    assert "@ensure(lambda x, result: result > x)\ndef up(x: int) -> int:" in told
    assert "`up(0)` gave -1" in told
    assert "def other" not in told


def test_what_does_not_apply_or_fails_is_sent_back(tmp_path: Path) -> None:
    wrong = block("    return y - 1", "    return y")
    asking, said = editor(tmp_path, "No.", wrong, GOOD)
    first = asking.propose(TEXT, (SHOWN,), later())
    assert first == TEXT.replace("return y - 1", "return y")
    assert "no block" in said.asked[1].messages[-1].text
    second = asking.propose(TEXT, (Counterexample("up(5)", "5"),), later())
    assert second == TEXT.replace("return y - 1", "return y + 1")
    assert "`up(5)` gave 5" in said.asked[2].messages[-1].text


def test_it_comes_to_an_end(tmp_path: Path) -> None:
    asking, said = editor(tmp_path, "No.")
    assert asking.propose(TEXT, (), later()) is None
    assert len(said.asked) == MAX_ANSWERS
    assert max(len(r.messages) for r in said.asked) <= 8
    heard: list[str] = []
    failing, once = editor(tmp_path, "")
    failing.heard = heard.append
    assert failing.propose(TEXT, (), later()) is None
    assert failing.propose(TEXT, (), later()) is None
    assert len(once.asked) == 1
    assert "on without this model" in heard[0]
    poor, silent = editor(tmp_path, GOOD)
    poor.spending.limit = 100
    assert poor.propose(TEXT, (), later()) is None
    assert not silent.asked
