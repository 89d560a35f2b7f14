"""Warm processes, one an engine, started at once so that their imports overlap with the search.

Each is the leader of a process group of its own: closing it kills all that it started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from types import MappingProxyType
from typing import Any

from verify_agent.agent.run_worker import Answer, Request
from verify_agent.verifier import spawn

_ENTRY = "verify_agent.agent.run_worker:main"
#: An answer that nobody wants any more is waited for so long before its process is ended.
PATIENCE_SECONDS = 0.5


#: What each engine's process calls first; they are started in this order.
WARM_UPS: Mapping[str, str] = MappingProxyType(
    {
        name: f"verify_agent.agent.run_engines:warm_{name}"
        for name in ("deductive", "typing", "symbolic", "properties")
    }
)


@dataclass
class Worker:
    """One warm process. `label` is for people; closed and started anew after a time-out."""

    label: str
    warm_up: str
    _process: spawn.Process | None = None
    _pipe: Connection | None = None
    _asked: list[Request] = field(default_factory=list)
    _early: list[tuple[Request, Answer]] = field(default_factory=list)

    def start(self) -> None:
        """Start the process; it imports and warms up by itself."""
        ours, theirs = Pipe()
        end = theirs.fileno()
        self._process = spawn.start(_ENTRY, [str(end), self.warm_up], keep=[end])
        theirs.close()
        self._pipe = ours

    @property
    def busy(self) -> bool:
        """Whether an answer is still to come."""
        return bool(self._asked)

    def send(self, request: Request) -> Connection:
        """Hand over a request; the connection on which the answer comes.

        An equal request that was sent before is the same request. Others are waited for, and given
        up where they take longer than a new process does.
        """
        if request in self._asked and self._pipe is not None:
            return self._pipe
        while self._asked:
            self._give_up()
        return self.add(request)

    def add(self, request: Request) -> Connection:
        """Hand over a request that is answered after those before it."""
        if self._pipe is None or self._process is None or self._process.poll() is not None:
            self.close()
            self.start()
        if self._pipe is None:
            raise RuntimeError(f"the worker {self.label} did not start")
        self._pipe.send(request)
        self._asked.append(request)
        return self._pipe

    def receive(self, wanted: Request) -> Answer | None:
        """The answer that has come, or None where it is not the one that is wanted: it is kept.

        Raises `EOFError` or `OSError` where the process ended.
        """
        if self._pipe is None:
            raise EOFError
        answer: Answer = self._pipe.recv()
        request = self._asked.pop(0)
        if request == wanted:
            return answer
        self._early.append((request, answer))
        return None

    def take(self, request: Request) -> Answer | None:
        """The answer to that request, if it was asked for and has been received already."""
        for number, (asked, answer) in enumerate(self._early):
            if asked == request:
                del self._early[number]
                return answer
        return None

    def _give_up(self) -> None:
        try:
            if self._pipe is not None and self._pipe.poll(PATIENCE_SECONDS):
                self.receive(self._asked[0])
                return
        except (EOFError, OSError):
            pass
        self.close()

    def close(self) -> None:
        """Kill the process and all that it started; returns at once."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None
        self._asked.clear()


@dataclass
class Workers:
    """The warm processes of one run, by label."""

    warm_ups: Mapping[str, str] = field(default_factory=lambda: WARM_UPS)
    _workers: dict[str, Worker] = field(default_factory=dict)

    def start(self, label: str) -> None:
        """Start one, if it is not running yet."""
        if label not in self._workers:
            self._workers[label] = Worker(label, self.warm_ups[label])
            self._workers[label].start()

    def send(self, requests: Mapping[str, Request]) -> None:
        """Hand requests over; `call` with the same ones takes the answers."""
        for label, request in requests.items():
            self.start(label)
            self._workers[label].send(request)

    def ahead(self, label: str, *requests: Request) -> None:
        """Have requests answered before anybody waits for them; not where the worker is busy.

        `call` with an equal request takes the answer.
        """
        self.start(label)
        if not self._workers[label].busy:
            for request in requests:
                self._workers[label].add(request)

    def call(
        self,
        requests: Mapping[str, Request],
        seconds: float,
        answered: Callable[[str], None],
        came: Callable[[str, Answer], None] = lambda label, answer: None,
    ) -> dict[str, Answer]:
        """Answers by label; one that is late is killed and has a problem instead of a value.

        `answered` hears the label of each as it comes, `came` gets the answer too. On Ctrl-C the
        exception carries what was answered so far (`Interrupted`).
        """
        answers: dict[str, Answer] = {}

        def told(label: str) -> None:
            answered(label)
            came(label, answers[label])

        try:
            self._collect(requests, time.monotonic() + seconds, told, answers)
        except KeyboardInterrupt:
            raise Interrupted(answers) from None
        return answers

    def _collect(
        self,
        requests: Mapping[str, Request],
        deadline: float,
        answered: Callable[[str], None],
        answers: dict[str, Answer],
    ) -> None:
        open_pipes: dict[Any, str] = {}
        for label, request in requests.items():
            self.start(label)
            early = self._workers[label].take(request)
            if early is None:
                open_pipes[self._workers[label].send(request)] = label
            else:
                answers[label] = early
                answered(label)
        while open_pipes:
            ready = wait(list(open_pipes), max(0.0, deadline - time.monotonic()))
            if not ready:
                for label in open_pipes.values():
                    self._workers.pop(label).close()
                    answers[label] = Answer(problem="timeout")
                return
            for pipe in ready:
                label = open_pipes[pipe]
                answer = self._receive(label, requests[label])
                if answer is not None:
                    del open_pipes[pipe]
                    answers[label] = answer
                    answered(label)

    def _receive(self, label: str, wanted: Request) -> Answer | None:
        try:
            return self._workers[label].receive(wanted)
        except (EOFError, OSError):
            self._workers.pop(label).close()
            return Answer(problem="its process ended")

    def close(self) -> None:
        """Kill all of them."""
        for label in list(self._workers):
            self._workers.pop(label).close()


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while answers were awaited; `answers` are those that had come."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        super().__init__("interrupted")
        self.answers = answers
