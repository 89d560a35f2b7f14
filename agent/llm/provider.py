"""What a language model is to the agent: something that streams text for a conversation."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Protocol

from verify_agent.verifier.errors import ToolMissing


class Trouble(enum.Enum):
    """What went wrong with an endpoint; every kind is told apart and none is silent."""

    NO_CLIENT = "the client library is not installed"
    NO_KEY = "there is no key in the environment"
    BAD_KEY = "the key was refused"
    UNKNOWN_MODEL = "the model is not known there"
    RATE_LIMITED = "the endpoint asks to slow down"
    UNREACHABLE = "the endpoint can't be reached"
    TIMEOUT = "the endpoint did not answer in time"
    CUT = "the answer broke off"
    MALFORMED = "the answer is not of the protocol"
    REFUSED = "the request was refused"
    SERVER = "the endpoint broke"
    NOT_RECORDED = "there is no recorded answer for this request"

    @property
    def passing(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self in (
            Trouble.RATE_LIMITED,
            Trouble.UNREACHABLE,
            Trouble.CUT,
            Trouble.MALFORMED,
            Trouble.SERVER,
        )


class ProviderError(ToolMissing):
    """A language model gave no answer; `trouble` says why, and `wait` how long it asked to wait."""

    code = "VA020"

    def __init__(
        self, trouble: Trouble, where: str, detail: str = "", wait: float | None = None
    ) -> None:
        found = f"{trouble.value}: {detail}" if detail else trouble.value
        super().__init__(found, where=where)
        self.trouble = trouble
        self.wait = wait


@dataclass(frozen=True)
class Message:
    """One turn of a conversation; `role` is `system`, `user` or `assistant`."""

    role: str
    text: str


@dataclass(frozen=True)
class Request:
    """All that decides an answer; `max_tokens` limits the answer alone."""

    messages: tuple[Message, ...]
    model: str
    temperature: float
    max_tokens: int
    seed: int

    @property
    def digest(self) -> str:
        """The SHA-256 of everything in it, in hexadecimal."""
        return _digest(asdict(self))

    @property
    def conversation(self) -> str:
        """The SHA-256 of all but the model: what a replayed run knows, too."""
        return _digest({**asdict(self), "model": ""})


def _digest(record: object) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class Piece:
    """A piece of streamed text; `probability` is the token's, None where it is not told.

    The last piece has the endpoint's own count of tokens, where there is one.
    """

    text: str
    probability: float | None = None
    finish: str = ""
    prompt_tokens: int | None = None
    answer_tokens: int | None = None


@dataclass(frozen=True)
class Reply:
    """An answer and what it took; `seconds` are wall time, `first` until the first piece came.

    `stopped_early` where reading ended before the model's own end; `counted` where the endpoint
    itself counted the tokens, else they are estimated.
    """

    text: str
    prompt_tokens: int
    answer_tokens: int
    finish: str = ""
    seconds: float = 0.0
    first: float = 0.0
    stopped_early: bool = False
    counted: bool = False
    cached: bool = False

    @property
    def tokens(self) -> int:
        """Tokens both ways, those of a cached answer left out: they cost nothing."""
        return 0 if self.cached else self.prompt_tokens + self.answer_tokens


class Provider(Protocol):
    """An endpoint."""

    @property
    def name(self) -> str:
        """`cerebras`, `openai`, `replay`."""

    def stream(self, request: Request, deadline: float) -> Iterator[Piece]:
        """The answer as it comes; `ProviderError` for every way to fail.

        `deadline` is a time of `time.monotonic` in seconds. Closing the iterator ends the request.
        """
