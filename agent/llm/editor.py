"""A language model that repairs: it is shown the function and what fails, and answers with edits.

Its edits are candidates: they must apply exactly, survive the inputs that are known, and are then
judged by the engines like any other repair.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from verify_agent.agent.llm.answers import Answers
from verify_agent.agent.llm.client import patient
from verify_agent.agent.llm.edits import NoEdit, edited
from verify_agent.agent.llm.prompt import bounded, refusal
from verify_agent.agent.llm.proposer import HOTTER, HOTTEST, MAX_TOKENS, TEMPERATURE, vocabulary
from verify_agent.agent.llm.provider import Message, Provider, ProviderError, Reply, Request
from verify_agent.agent.llm.reading import CHARACTERS_A_TOKEN, read
from verify_agent.agent.llm.spending import Spending
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import find_node
from verify_agent.verifier.evidence import Counterexample

MAX_ANSWERS = 6
SYSTEM = (
    "You repair one Python function that breaks its contract, with as small a change as possible. "
    "Answer with blocks of this form and nothing else; the lines to search for must be copied "
    "exactly, with their spaces:\n"
    "<<<<<<< SEARCH\n    return x - 1\n=======\n    return x + 1\n>>>>>>> REPLACE\n"
    "Change neither the signature nor the contract, and import nothing. The result is checked by "
    "a prover."
)


@dataclass
class Editor:
    """Asks one model for edits of a task's function; `heard` is told in words what happens."""

    task: Task
    provider: Provider
    model: str
    spending: Spending
    answers: Answers | None = None
    heard: Callable[[str], None] = lambda text: None
    _messages: tuple[Message, ...] = field(default=(), init=False)
    _asked: int = field(default=0, init=False)

    @property
    def name(self) -> str:
        """Who proposes, for the report."""
        return f"{self.provider.name} {self.model}".strip()

    def propose(self, text: str, failing: tuple[Counterexample, ...], until: float) -> str | None:
        """The module's text after edits; None where the model has no more to say.

        `text` is the module as it is, `failing` are calls on which the last proposal (or, at
        first, the function as it is) breaks its contract; `until` is a time of `time.monotonic`.
        """
        if self._messages:
            self._say(refusal("", failing).text.replace("function.", "blocks."))
        else:
            self._messages = (Message("system", SYSTEM), Message("user", self._task(text, failing)))
        while self._asked < MAX_ANSWERS and time.monotonic() < until:
            reply = self._reply(until)
            if reply is None:
                return None
            self._messages = (*self._messages, Message("assistant", reply.text))
            found = edited(
                text, self.task.qualname, reply.text, self.task.signature, vocabulary(self.task)
            )
            if isinstance(found, str) and found != text:
                return found
            reason = found.reason if isinstance(found, NoEdit) else "it changes nothing"
            self.heard(f"{self.provider.name}: the answer is no repair: {reason}")
            self._say(f"That is not right: {reason}. Give all blocks again.")
        return None

    def close(self) -> None:
        """Give the connection back."""
        close = getattr(self.provider, "close", None)
        if close is not None:
            close()

    def _say(self, text: str) -> None:
        if self._messages[-1].role == "assistant":
            self._messages = bounded((*self._messages, Message("user", text)))

    def _task(self, text: str, failing: tuple[Counterexample, ...]) -> str:
        node = find_node(text, self.task.qualname)
        first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
        shown = "\n".join(text.splitlines()[first - 1 : node.end_lineno])
        calls = refusal("", failing).text.splitlines()[1:-1]
        wanted = [self.task.description] if self.task.description else []
        return "\n".join([*wanted, "Repair this function:", "```python", shown, "```", *calls])

    def _reply(self, until: float) -> Reply | None:
        request = self._request()
        kept = self._kept(request)
        asked = sum(len(m.text) for m in request.messages) // CHARACTERS_A_TOKEN
        if kept is None and not self.spending.affords(asked + request.max_tokens):
            self.heard(f"{self.provider.name}: the budget of tokens is spent")
            return None
        self._asked += 1
        try:
            stream = patient(self.provider, request, until, self.heard)
            reply = kept or read(stream, request)
        except ProviderError as problem:
            self.heard(f"{problem}; on without this model")
            self._asked = MAX_ANSWERS
            return None
        self.spending.add(self.model, reply)
        if kept is None and self.answers is not None:
            self.answers.keep(request, 0, reply)
        return reply

    def _kept(self, request: Request) -> Reply | None:
        if self.answers is None:
            return None
        look = self.answers.replayed if self.provider.name == "replay" else self.answers.find
        return look(request, 0)

    def _request(self) -> Request:
        given = self.task.temperature
        heat = min(HOTTEST, TEMPERATURE + HOTTER * self._asked) if given is None else given
        tokens = self.task.max_tokens or MAX_TOKENS
        seed = self.task.seed + self._asked
        return Request(self._messages, self.model, round(heat, 3), tokens, seed)


@dataclass
class Editors:
    """Editors in order of preference, with the account that they share."""

    editors: list[Editor]
    spending: Spending
    problems: list[str] = field(default_factory=list)
    last: str = field(default="", init=False)

    def propose(self, text: str, failing: tuple[Counterexample, ...], until: float) -> str | None:
        """As of an `Editor`: of the first that has something to say."""
        while self.editors:
            self.last = self.editors[0].name
            found = self.editors[0].propose(text, failing, until)
            if found is not None:
                return found
            self.editors.pop(0).close()
        return None

    def close(self) -> None:
        """Close those that are left."""
        for editor in self.editors:
            editor.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """For the report: what the models cost, and the endpoints that can't be asked."""
        return tuple(filter(None, (self.spending.text, *self.problems)))
