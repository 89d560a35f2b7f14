"""A language model as a proposer: ask, take the function out of the answer, send back what failed.

It is trusted with nothing: an answer that is no candidate is named and sent back, everything else
goes through the engines like any candidate.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from verify_agent.agent.llm.answers import Answers
from verify_agent.agent.llm.client import patient
from verify_agent.agent.llm.extract import Refused, Vocabulary, function_in
from verify_agent.agent.llm.prompt import bounded, opening, refusal
from verify_agent.agent.llm.provider import Message, Provider, ProviderError, Reply, Request
from verify_agent.agent.llm.ranking import Share, ranked
from verify_agent.agent.llm.reading import CHARACTERS_A_TOKEN, Early, read
from verify_agent.agent.llm.spending import Spending
from verify_agent.agent.llm.windows import side_by_side
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task
from verify_agent.agent.tools.bench import Said
from verify_agent.verifier.evidence import Counterexample, Verdict

MAX_ANSWERS = 8
MAX_TOKENS = 800
TEMPERATURE = 0.2
HOTTER = 0.2
HOTTEST = 1.0


@dataclass
class ModelProposer:
    """Proposes what one model answers; `heard` is told in words what happens.

    `share` tells of a candidate on how many of the known cases it meets the contract.
    """

    task: Task
    provider: Provider
    model: str
    spending: Spending
    answers: Answers | None = None
    heard: Callable[[str], None] = lambda text: None
    clock: Callable[[], float] = time.monotonic
    share: Share = lambda source: None
    _messages: tuple[Message, ...] = field(default=(), init=False)
    _asked: int = field(default=0, init=False)
    _known: int = field(default=0, init=False)
    _seen: set[str] = field(default_factory=set, init=False)
    _failed: str = field(default="", init=False)
    _waiting: list[tuple[Reply, str | Refused]] = field(default_factory=list, init=False)

    def propose(
        self, counterexamples: tuple[Counterexample, ...], deadline: float
    ) -> Candidate | None:
        """The next candidate; None where the model has no more to say or its budget is spent.

        Raises `ProviderError` where the endpoint gives no answer.
        """
        fresh = counterexamples[self._known :]
        self._known = len(counterexamples)
        if self._messages:
            self._send_back(self._failed or "it was not proved", fresh)
        else:
            self._messages = opening(self.task)
        self._failed = ""
        until = time.monotonic() + max(0.0, deadline - self.clock())
        while time.monotonic() < until:
            if not self._waiting and not (self._asked < MAX_ANSWERS and self._ask(until)):
                return None
            reply, found = self._waiting.pop(0)
            self._messages = (*self._messages, Message("assistant", reply.text))
            if isinstance(found, str) and found not in self._seen:
                self._seen.add(found)
                return Candidate(found, f"{self.provider.name} {self.model}".strip(), _size(found))
            reason = str(found) if isinstance(found, Refused) else "it was tried already"
            self.heard(f"{self.provider.name}: the answer is no candidate: {reason}")
            self._send_back(reason, ())
        return None

    def learn(self, said: Mapping[str, Said]) -> None:
        """What the engines say of the last candidate: the first thing that failed is sent back."""
        for found in said.values():
            for _, attempt in found.attempts:
                bad = attempt.outcome in (Verdict.REFUTED, Verdict.CANDIDATE, Verdict.UNKNOWN)
                if bad and attempt.reason and not self._failed:
                    self._failed = f"{attempt.engine}: {attempt.reason}"

    def simplify(self, candidate: Candidate) -> Candidate:
        """The same: a model's words are its own."""
        return candidate

    @property
    def notes(self) -> tuple[str, ...]:
        """What was spent."""
        return tuple(filter(None, (self.spending.text,)))

    def close(self) -> None:
        """Give the connection back."""
        close = getattr(self.provider, "close", None)
        if close is not None:
            close()

    def _send_back(self, reason: str, fresh: tuple[Counterexample, ...]) -> None:
        if self._messages[-1].role == "user":
            return
        self._messages = bounded((*self._messages, refusal(reason, fresh)))

    def _ask(self, until: float) -> bool:
        """Have answers waiting, the likeliest first; false where none can be paid for."""
        count = min(self.task.samples, MAX_ANSWERS - self._asked)
        requests = [self._request(self._asked + i) for i in range(count)]
        replies = self._replies(requests, until)
        if replies is None:
            self.heard(f"{self.provider.name}: the budget of tokens is spent")
            return False
        self._asked += count
        known = vocabulary(self.task)
        read = [(reply, function_in(reply.text, self.task.signature, known)) for reply in replies]
        self._waiting = ranked(read, self.share) if len(read) > 1 else read
        return True

    def _replies(self, requests: list[Request], until: float) -> list[Reply] | None:
        """An answer to each request, those that fail left out; None where the budget is spent.

        Raises `ProviderError` where every one fails.
        """
        kept = [self._kept(request) for request in requests]
        open_ones = [r for r, known in zip(requests, kept, strict=True) if known is None]
        asked = sum(len(m.text) for r in open_ones for m in r.messages) // CHARACTERS_A_TOKEN
        if open_ones and not self.spending.affords(asked + sum(r.max_tokens for r in open_ones)):
            return None
        answers = iter(side_by_side(lambda r: self._read(r, until), open_ones))
        found: list[Reply] = []
        problem: ProviderError | None = None
        for request, known in zip(requests, kept, strict=True):
            reply = known or next(answers)
            if isinstance(reply, ProviderError):
                problem = reply
                continue
            self.spending.add(self.model, reply)
            if known is None and self.answers is not None:
                self.answers.keep(request, 0, reply)
            found.append(reply)
        if problem is not None and not found:
            raise problem
        return found

    def _read(self, request: Request, until: float) -> Reply:
        stream = patient(self.provider, request, until, self.heard)
        return read(stream, request, Early(self.task.signature))

    def _kept(self, request: Request) -> Reply | None:
        if self.answers is None:
            return None
        if self.provider.name == "replay":
            return self.answers.replayed(request, 0)
        return self.answers.find(request, 0)

    def _request(self, number: int) -> Request:
        """Hotter with every answer that was none, so that the same is not said for ever."""
        given = self.task.temperature
        heat = TEMPERATURE if given is None else given
        warmer = min(HOTTEST, heat + HOTTER * number) if given is None else heat
        return Request(
            self._messages,
            self.model,
            round(warmer, 3),
            self.task.max_tokens or MAX_TOKENS,
            self.task.seed + number,
        )


def vocabulary(task: Task) -> Vocabulary:
    """The names that the task exposes, and the attributes that its codebase knows."""
    if task.origin is None:
        return Vocabulary(frozenset(task.expose))
    tree = ast.parse(task.origin.text)
    attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    attributes |= {
        n.target.id
        for n in ast.walk(tree)
        if isinstance(n, ast.AnnAssign) and isinstance(n.target, ast.Name)
    }
    public = frozenset(a for a in attributes if not a.startswith("__"))
    defined = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    others = frozenset(defined) - {task.qualname.partition(".")[0]}
    return Vocabulary(frozenset(task.expose) | others, public)


def _size(source: str) -> int:
    return sum(1 for _ in ast.walk(ast.parse(source)))
