"""Endpoints through cerebras-cloud-sdk: Cerebras itself, and any that speaks the same protocol.

The SDK's own retries and its warming of connections are off: what is tried again, how often and
after how long is decided here, in sight (`patient`).
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from verify_agent.agent.llm.endpoint import Endpoint
from verify_agent.agent.llm.provider import Piece, Provider, ProviderError, Request, Trouble

TRIES = 3
FIRST_WAIT = 0.5
LONGEST_WAIT = 8.0
SILENCE_SECONDS = 30.0


@dataclass
class Client:
    """A provider over HTTP, for several threads; connections are kept between requests."""

    endpoint: Endpoint
    silence: float = SILENCE_SECONDS
    _sdk: Any = field(default=None, init=False, repr=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False)

    @property
    def name(self) -> str:
        """The endpoint's name."""
        return self.endpoint.name

    def close(self) -> None:
        """Give the connection back."""
        if self._sdk is not None:
            self._sdk.close()

    def stream(self, request: Request, deadline: float) -> Iterator[Piece]:
        """The answer as it comes; an endpoint that falls silent is given up at the deadline."""
        sdk = self._client()
        left = max(0.05, deadline - time.monotonic())
        with self._told(), self._told_by_sdk():
            chunks = sdk.chat.completions.create(
                model=request.model,
                messages=[{"role": m.role, "content": m.text} for m in request.messages],
                temperature=request.temperature,
                max_tokens=request.max_tokens,
                seed=request.seed,
                stream=True,
                logprobs=True,
                timeout=min(left, self.silence),
            )
            with contextlib.closing(chunks):
                yield from self._pieces(chunks, deadline)

    def _pieces(self, chunks: Any, deadline: float) -> Iterator[Piece]:
        ended = False
        for chunk in chunks:
            if time.monotonic() > deadline:
                raise ProviderError(Trouble.TIMEOUT, self.name)
            piece = piece_of(chunk.to_dict())
            ended = ended or bool(piece.finish)
            yield piece
        if not ended:
            raise ProviderError(Trouble.CUT, self.name, "it ended without a reason to finish")

    def _client(self) -> Any:
        with self._lock:  # several samples may be the first at once
            return self._connected()

    def _connected(self) -> Any:
        if self._sdk is None:
            try:
                from cerebras.cloud.sdk import Cerebras
            except ImportError as problem:
                detail = "install `verify-agent[llm]`"
                raise ProviderError(Trouble.NO_CLIENT, self.name, detail) from problem
            self._sdk = Cerebras(
                api_key=self.endpoint.key,
                base_url=self.endpoint.url,
                max_retries=0,
                warm_tcp_connection=False,
            )
        return self._sdk

    @contextlib.contextmanager
    def _told_by_sdk(self) -> Iterator[None]:
        """The SDK's errors in our words; a key never comes into them."""
        from cerebras.cloud import sdk

        try:
            yield
        except sdk.APITimeoutError as problem:
            raise ProviderError(Trouble.TIMEOUT, self.name) from problem
        except sdk.APIConnectionError as problem:
            raise ProviderError(Trouble.UNREACHABLE, self.name, self.endpoint.url) from problem
        except sdk.APIStatusError as problem:
            trouble = _trouble(problem.status_code)
            wait = _seconds(problem.response.headers.get("retry-after"))
            detail = f"status {problem.status_code}"
            raise ProviderError(trouble, self.name, detail, wait) from problem
        except sdk.APIError as problem:
            raise ProviderError(Trouble.SERVER, self.name, type(problem).__name__) from problem

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """What breaks inside of a stream, where the SDK lets the transport's errors through."""
        import httpx

        try:
            yield
        except httpx.TimeoutException as problem:
            raise ProviderError(Trouble.TIMEOUT, self.name) from problem
        except httpx.RemoteProtocolError as problem:
            raise ProviderError(Trouble.CUT, self.name) from problem
        except httpx.HTTPError as problem:
            raise ProviderError(Trouble.CUT, self.name, type(problem).__name__) from problem
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as problem:
            # The SDK builds its objects without checking them: a wrong shape shows on use.
            raise ProviderError(Trouble.MALFORMED, self.name, type(problem).__name__) from problem


def piece_of(chunk: Mapping[str, Any]) -> Piece:
    """A chunk of the protocol as a piece; `TypeError` and the like for another shape.

    >>> piece_of({"choices": [{"delta": {"content": "a"}, "finish_reason": None}]}).text
    'a'
    """
    usage = chunk.get("usage") or {}
    counted = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if not chunk["choices"]:
        return Piece("", None, "", *counted)
    choice = chunk["choices"][0]
    text = choice["delta"].get("content") or ""
    if not isinstance(text, str):
        raise TypeError("the text of a chunk is no text")
    told = (choice.get("logprobs") or {}).get("content")
    chance = math.exp(min(0.0, float(told[0]["logprob"]))) if told else None
    return Piece(text, chance, choice.get("finish_reason") or "", *counted)


def patient(
    provider: Provider,
    request: Request,
    deadline: float,
    heard: Callable[[str], None] = lambda text: None,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Piece]:
    """The answer, asked for again after troubles that pass, as long as nothing of it came.

    Waits double from half a second, or are what the endpoint asks for; never past the deadline.
    """
    wait = FIRST_WAIT
    for attempt in range(1, TRIES + 1):
        begun = False
        try:
            for piece in provider.stream(request, deadline):
                begun = True
                yield piece
            return
        except ProviderError as problem:
            pause = min(problem.wait if problem.wait is not None else wait, LONGEST_WAIT)
            late = time.monotonic() + pause > deadline
            if begun or not problem.trouble.passing or attempt == TRIES or late:
                raise
            heard(f"{provider.name}: {problem.trouble.value}; again in {pause:.1f} s")
            sleep(pause)
            wait *= 2


def _trouble(status: int) -> Trouble:
    match status:
        case 401 | 403:
            return Trouble.BAD_KEY
        case 404:
            return Trouble.UNKNOWN_MODEL
        case 408:
            return Trouble.TIMEOUT
        case 429:
            return Trouble.RATE_LIMITED
        case _ if status >= 500:
            return Trouble.SERVER
        case _:
            return Trouble.REFUSED


def _seconds(header: str | None) -> float | None:
    try:
        return max(0.0, float(header)) if header else None
    except ValueError:
        return None
