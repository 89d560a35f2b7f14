"""A model as a proposer: what is sent back to it, what stops it, and what is kept of it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from verify_agent.agent.llm.answers import Answers, Replay
from verify_agent.agent.llm.extract import Flaw, Refused, function_in
from verify_agent.agent.llm.proposer import ModelProposer
from verify_agent.agent.llm.provider import Message, Piece, ProviderError, Reply, Request, Trouble
from verify_agent.agent.llm.ranking import Answer, ranked, share_passed
from verify_agent.agent.llm.spending import PRICES, Spending, price_of
from verify_agent.agent.proposers import SearchProposer
from verify_agent.agent.run import Options, run_task
from verify_agent.agent.state import Ending
from verify_agent.agent.task import Task, parse_task
from verify_agent.contracts.model import Parameter, Signature
from verify_agent.verifier.engines.base import Limits
from verify_agent.verifier.engines.deductive import Deductive
from verify_agent.verifier.evidence import Counterexample, Verdict
from verify_agent.verifier.frontend.load import subject

from .conftest import FENCED, Fake

TASK = """
name: double
signature: "double(x: int) -> int"
ensures: ["result == 2 * x"]
provider: openai
model: m
budget: {seconds: 300, tokens: 5000}
"""
WRONG = "```python\ndef double(x):\n    return x + 1\n```\n"


NEAR = "```python\ndef double(x):\n    return x * 2 if x > 0 else x + 1\n```\n"
OTHER = "```python\ndef double(x):\n    return 2 * x\n```\n"


@dataclass
class BySeed:
    """A provider whose answer depends on the seed alone; an empty one is an error."""

    answers: list[str]
    name: str = "openai"
    asked: list[int] = field(default_factory=list)

    def stream(self, request: Request, deadline: float) -> Iterator[Piece]:
        self.asked.append(request.seed)
        text = self.answers[request.seed]
        if not text:
            raise ProviderError(Trouble.REFUSED, self.name)
        yield Piece(text)
        yield Piece("", finish="stop", prompt_tokens=50, answer_tokens=20)


@dataclass
class Scripted:
    """A provider that says what is written down."""

    answers: list[str]
    name: str = "openai"
    asked: list[Request] = field(default_factory=list)

    def stream(self, request: Request, deadline: float) -> Iterator[Piece]:
        self.asked.append(request)
        yield Piece(self.answers[len(self.asked) - 1])
        yield Piece("", finish="stop", prompt_tokens=50, answer_tokens=20)


def task(tmp_path: Path, text: str = TASK) -> Task:
    return parse_task(text.encode(), tmp_path / "double.yaml")


def proposer(task: Task, *answers: str, limit: int = 5_000) -> tuple[ModelProposer, Scripted]:
    said = Scripted(list(answers))
    return ModelProposer(task, said, "m", Spending(limit)), said


def later() -> float:
    return time.monotonic() + 30


def test_what_failed_is_sent_back(tmp_path: Path) -> None:
    model, said = proposer(task(tmp_path), WRONG, FENCED)
    first = model.propose((), later())
    assert first is not None
    assert "x + 1" in first.source
    broken = Counterexample("double(0)", "1", expected="result == 2 * x", replayed=True)
    second = model.propose((broken,), later())
    assert second is not None
    assert "x * 2" in second.source
    last = said.asked[1].messages[-1]
    assert last.role == "user"
    assert "`double(0)` gave 1" in last.text
    assert "result == 2 * x" in said.asked[0].messages[1].text


def test_an_answer_that_is_no_candidate_is_named_and_sent_back(tmp_path: Path) -> None:
    model, said = proposer(task(tmp_path), "No.", "```\nimport os\n```", FENCED)
    assert model.propose((), later()) is not None
    assert "there is no code" in said.asked[1].messages[-1].text
    assert "it imports" in said.asked[2].messages[-1].text


def test_the_same_answer_is_proposed_once(tmp_path: Path) -> None:
    model, said = proposer(task(tmp_path), *[WRONG] * 8)
    assert model.propose((), later()) is not None
    assert model.propose((), later()) is None
    assert len(said.asked) == 8


def test_a_conversation_is_bounded(tmp_path: Path) -> None:
    model, said = proposer(task(tmp_path), *["No."] * 8)
    assert model.propose((), later()) is None
    assert max(len(r.messages) for r in said.asked) <= 8


def test_the_budget_of_tokens_stops_it_before_it_is_passed(tmp_path: Path) -> None:
    model, said = proposer(task(tmp_path), *["No."] * 8, limit=1_200)
    assert model.propose((), later()) is None
    assert 1 <= len(said.asked) < 8
    assert model.spending.tokens <= 1_200
    nothing, silent = proposer(task(tmp_path), FENCED, limit=0)
    assert nothing.propose((), later()) is None
    assert not silent.asked


def sampled(tmp_path: Path, answers: list[str]) -> tuple[ModelProposer, BySeed]:
    text = TASK.replace("tokens: 5000", "tokens: 9000") + f"samples: {min(len(answers), 4)}\n"
    said = BySeed(answers)
    kept = Answers(tmp_path / "answers")
    return ModelProposer(task(tmp_path, text), said, "m", Spending(9_000), kept), said


def test_of_several_samples_what_most_agree_on_is_tried_first(tmp_path: Path) -> None:
    model, said = sampled(tmp_path, [WRONG, "No.", FENCED, FENCED])
    first, second = model.propose((), later()), model.propose((), later())
    assert first is not None
    assert second is not None
    assert "x * 2" in first.source
    assert "x + 1" in second.source
    assert sorted(said.asked) == [0, 1, 2, 3]
    assert model.spending.answers == 4
    again, silent = sampled(tmp_path, [WRONG, "No.", FENCED, FENCED])
    assert again.propose((), later()) == first
    assert silent.asked == []


def test_of_several_samples_what_passes_comes_before_what_most_agree_on(tmp_path: Path) -> None:
    model, _ = sampled(tmp_path, [WRONG, WRONG, NEAR, FENCED])
    search = SearchProposer(model.task, time.monotonic)
    model.share = share_passed(lambda: search.searching().context)
    found = [model.propose((), later()) for _ in range(3)]
    search.close()
    assert [c is not None and c.source.rpartition("return ")[2] for c in found] == [
        "x * 2",
        "x * 2 if x > 0 else x + 1",
        "x + 1",
    ]


def test_where_nothing_is_known_of_an_answer_it_stands_in_the_middle() -> None:
    reply = Reply("", 0, 0)
    answers: list[Answer] = [(reply, text) for text in ("half", "unknown", "unknown", "all")]
    shares = {"half": 0.5, "all": 1.0}
    found = ranked([(reply, Refused(Flaw.PROSE)), *answers], shares.get)
    assert [code for _, code in found[:4]] == ["all", "unknown", "unknown", "half"]
    assert isinstance(found[4][1], Refused)


def test_a_table_of_prices_and_a_model_that_is_not_in_it() -> None:
    account = Spending(100_000)
    account.add("llama3.1-8b", Reply("", 20_000, 10_000))
    assert account.money == pytest.approx(0.003)
    assert account.text.endswith("0.003000 USD")
    account.add("llama3.1-8b", Reply("", 20_000, 10_000, cached=True))
    assert account.money == pytest.approx(0.003)
    account.add("nobody-knows-it", Reply("", 10, 10))
    assert price_of("nobody-knows-it") is None
    assert account.text.endswith("price not known")
    assert account.affords(100_000 - account.tokens)
    assert not account.affords(100_001 - account.tokens)


def test_every_price_is_a_pair_of_dollars() -> None:
    table = json.loads(PRICES.read_text())["models"]
    assert table
    for model in table:
        into, out = price_of(model) or (-1.0, -1.0)
        assert 0 <= into <= out


INVARIANT = """```python
def total(n):
    s = 0
    i = 0
    while i < n:
        assert s * 2 == i * (i - 1) and i <= n
        s += i
        i += 1
    return s
```
"""


@pytest.mark.slow
@pytest.mark.parametrize(("invariant", "proved"), [("i <= n", True), ("s == 0", False)])
def test_asserts_at_a_loops_head_are_tried_as_invariants_and_never_assumed(
    invariant: str, proved: bool
) -> None:
    text = INVARIANT.replace("i <= n\n", f"{invariant}\n")
    wanted = Signature("total", (Parameter("n", "int"),), "int")
    code = function_in(text, wanted)
    assert isinstance(code, str)
    contract = "@require(lambda n: 0 <= n)\n@ensure(lambda result, n: result * 2 == n * (n - 1))\n"
    source = f"from icontract import ensure, require\n\n\n{contract}{code}\n"
    said = Deductive().check(subject(source, "total"), Limits(seconds=60), 0).attempts
    words = {a.outcome for a in said.values()}
    assert (words == {Verdict.PROVED}) is proved


def test_samples_that_fail_are_left_out_and_where_all_do_it_is_said(tmp_path: Path) -> None:
    model, _ = sampled(tmp_path, ["", OTHER, ""])
    found = model.propose((), later())
    assert found is not None
    assert "2 * x" in found.source
    with pytest.raises(ProviderError):
        sampled(tmp_path / "other", ["", ""])[0].propose((), later())


def test_samples_are_not_asked_for_where_the_budget_has_no_room_for_all(tmp_path: Path) -> None:
    model, said = sampled(tmp_path, [FENCED] * 4)
    model.spending.limit = 2_000
    assert model.propose((), later()) is None
    assert said.asked == []


def request(text: str, model: str = "m") -> Request:
    return Request((Message("user", text),), model, 0.0, 10, 0)


def test_answers_are_kept_within_their_capacity(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "answers", capacity=2_000)
    for number in range(12):
        answers.keep(request(str(number)), 0, Reply("word " * 20, 1, 1))
        sizes = sum(p.stat().st_size for p in (tmp_path / "answers").iterdir())
        assert sizes <= 2_000
    assert answers.find(request("11"), 0) is not None
    assert answers.find(request("0"), 0) is None
    answers.keep(request("huge"), 0, Reply("word " * 1_000, 1, 1))
    assert answers.find(request("huge"), 0) is None


def test_an_answer_is_found_under_all_that_decides_it(tmp_path: Path) -> None:
    answers = Answers(tmp_path)
    answers.keep(request("a"), 0, Reply("said", 1, 1))
    assert answers.find(request("a"), 1) is None
    assert answers.find(request("a", "other"), 0) is None
    replayed = answers.replayed(request("a", ""), 0)
    assert replayed is not None
    assert replayed.text == "said"
    (path,) = tmp_path.iterdir()
    path.write_text(path.read_text().replace('"user"', '"user'))
    assert answers.find(request("a"), 0) is None


def test_a_replay_has_no_answer_of_its_own() -> None:
    with pytest.raises(ProviderError) as caught:
        next(Replay().stream(request("a"), later()))
    assert caught.value.trouble is Trouble.NOT_RECORDED


def test_a_run_from_a_model_and_its_replay_without_one(
    tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"{fake.url}/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "very-secret")
    fake.answers = [WRONG, FENCED]
    options = Options(folder=tmp_path / "state")
    done = run_task(task(tmp_path), options)
    assert done.ending is Ending.DELIVERED
    assert len(fake.asked) == 2
    assert any(n.startswith("language model: 2 answers") for n in done.report.notes)
    assert any("was refuted" in n for n in done.report.notes)
    delivered = done.task.output.read_text()
    written = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert not [p for p in written if b"very-secret" in p.read_bytes()]

    again = run_task(task(tmp_path, TASK.replace("openai", "replay")), options)
    assert again.ending is Ending.DELIVERED
    assert len(fake.asked) == 2
    assert again.task.output.read_text() == delivered


@pytest.mark.slow
def test_where_no_model_answers_the_search_does(
    tmp_path: Path, fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CEREBRAS_API_KEY", raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", fake.url)
    several = TASK.replace("openai", "[cerebras, openai]").replace("model: m", "model: status-401")
    done = run_task(task(tmp_path, several), Options(folder=tmp_path / "state"))
    assert done.ending is Ending.DELIVERED
    told = [n for n in done.report.notes if "key" in n]
    assert [n.partition(":")[0] for n in told] == ["cerebras", "openai"]
    assert json.loads((tmp_path / "double.report.json").read_text())["functions"]
