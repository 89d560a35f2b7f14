"""Queries of concurrent runs in batches: formula (3) with half-open, consecutive windows.

A query waits until its window closes, at most one width. Then all queries of that window are sent
side by side, and equal ones once. Which window is whose, and when it closes, is decided by the
core in `batching`, which this project's prover proves: each query is in exactly one (claim C10).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from threading import Condition, Thread

from verify_agent.agent.llm.batching import batch_of, closes_at
from verify_agent.agent.llm.provider import ProviderError, Reply, Request

WIDTH = 20
MOST_AT_ONCE = 8

Send = Callable[[Request], Reply]


@dataclass(frozen=True)
class Batch:
    """A window that was sent off: its number, its queries, and how many different ones."""

    number: int
    queries: int
    different: int


@dataclass
class Windows:
    """Takes queries from any thread; `send` asks one, `width` is in milliseconds.

    `milliseconds` is the clock, whole and never going back. A query that fails gives its error to
    those who asked it, and to nobody else.
    """

    send: Send
    width: int = WIDTH
    at_once: int = MOST_AT_ONCE
    milliseconds: Callable[[], int] = lambda: math.floor(time.monotonic() * 1000)
    sent: list[Batch] = field(default_factory=list, init=False)
    _open: dict[int, list[tuple[Request, Future[Reply]]]] = field(default_factory=dict, init=False)
    _changed: Condition = field(default_factory=Condition, init=False, repr=False)
    _closed: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.at_once, "queries")
        self._thread = Thread(target=self._serve, name="windows", daemon=True)
        self._thread.start()

    def ask(self, request: Request) -> Future[Reply]:
        """The answer to come. Raises `RuntimeError` after `close`."""
        answer: Future[Reply] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("the windows are closed")
            number = batch_of(self.milliseconds(), self.width)
            self._open.setdefault(number, []).append((request, answer))
            self._changed.notify()
        return answer

    def close(self) -> None:
        """Send off what is waiting, and wait for the answers."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()
        self._pool.shutdown()

    def _serve(self) -> None:
        while True:
            with self._changed:
                due = self._due()
                if not due and self._closed:
                    return
                if not due:
                    self._changed.wait(self._seconds())
            for number, asked in due:
                self._send_off(number, asked)

    def _due(self) -> list[tuple[int, list[tuple[Request, Future[Reply]]]]]:
        """Windows that are over (all of them where no more are taken), the oldest first."""
        now = batch_of(self.milliseconds(), self.width)
        over = sorted(n for n in self._open if n < now or self._closed)
        return [(n, self._open.pop(n)) for n in over]

    def _seconds(self) -> float | None:
        """Until the first open window closes; None where none is open."""
        if not self._open:
            return None
        closes = closes_at(min(self._open) * self.width, self.width)
        return max(0.0, closes - self.milliseconds()) / 1000

    def _send_off(self, number: int, asked: list[tuple[Request, Future[Reply]]]) -> None:
        waiting: dict[str, tuple[Request, list[Future[Reply]]]] = {}
        for request, answer in asked:
            if answer.set_running_or_notify_cancel():
                waiting.setdefault(request.digest, (request, []))[1].append(answer)
        self.sent.append(Batch(number, len(asked), len(waiting)))
        for request, answers in waiting.values():
            self._pool.submit(self._answer, request, answers)

    def _answer(self, request: Request, answers: list[Future[Reply]]) -> None:
        try:
            reply = self.send(request)
        except BaseException as problem:  # the edge of a thread: whoever asked must hear of it
            for answer in answers:
                answer.set_exception(problem)
            return
        for answer in answers:
            answer.set_result(reply)


def side_by_side(send: Send, requests: list[Request]) -> list[Reply | ProviderError]:
    """The answers to some requests in their order, asked as one batch; errors in their place.

    A single one is asked here, without waiting for a window.
    """
    if len(requests) < 2:
        return [_or_error(partial(send, request)) for request in requests]
    windows = Windows(send, at_once=len(requests))
    try:
        asked = [windows.ask(request) for request in requests]
    finally:
        windows.close()
    return [_or_error(answer.result) for answer in asked]


def _or_error(result: Callable[[], Reply]) -> Reply | ProviderError:
    try:
        return result()
    except ProviderError as problem:
        return problem
