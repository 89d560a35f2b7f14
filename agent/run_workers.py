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
    _asked: Request | None = None

    def start(self) -> None:
        """Start the process; it imports and warms up by itself."""
        ours, theirs = Pipe()
        end = theirs.fileno()
        self._process = spawn.start(_ENTRY, [str(end), self.warm_up], keep=[end])
        theirs.close()
        self._pipe = ours

    @property
    def busy(self) -> bool:
        """Whether an answer is to come that nobody has taken yet."""
        return self._asked is not None

    def send(self, request: Request) -> Connection:
        """Hand over a request; the connection on which the answer comes.

        An equal request that was sent before and not taken is the same request. Another one is
        waited for, and given up where it takes longer than a new process does.
        """
        if self._asked == request and self._pipe is not None:
            return self._pipe
        if self._asked is not None:
            self._give_up()
        if self._pipe is None or self._process is None or self._process.poll() is not None:
            self.close()
            self.start()
        if self._pipe is None:
            raise RuntimeError(f"the worker {self.label} did not start")
        self._pipe.send(request)
        self._asked = request
        return self._pipe

    def receive(self) -> Answer:
        """The answer that has come; raises `EOFError` or `OSError` where the process ended."""
        if self._pipe is None:
            raise EOFError
        answer: Answer = self._pipe.recv()
        self._asked = None
        return answer

    def _give_up(self) -> None:
        try:
            if self._pipe is not None and self._pipe.poll(PATIENCE_SECONDS):
                self.receive()
        except (EOFError, OSError):
            pass
        if self._asked is not None:
            self.close()

    def close(self) -> None:
        """Kill the process and all that it started; returns at once."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = self._asked = None


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

    def ahead(self, label: str, request: Request) -> None:
        """Have a request answered before anybody waits for it; not where the worker is busy.

        `call` with an equal request takes the answer.
        """
        self.start(label)
        if not self._workers[label].busy:
            self._workers[label].send(request)

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
            open_pipes[self._workers[label].send(request)] = label
        while open_pipes:
            ready = wait(list(open_pipes), max(0.0, deadline - time.monotonic()))
            if not ready:
                for label in open_pipes.values():
                    self._workers.pop(label).close()
                    answers[label] = Answer(problem="timeout")
                return
            for pipe in ready:
                label = open_pipes.pop(pipe)
                answers[label] = self._receive(label)
                answered(label)

    def _receive(self, label: str) -> Answer:
        try:
            answer = self._workers[label].receive()
        except (EOFError, OSError):
            self._workers.pop(label).close()
            return Answer(problem="its process ended")
        return answer

    def close(self) -> None:
        """Kill all of them."""
        for label in list(self._workers):
            self._workers.pop(label).close()


class Interrupted(KeyboardInterrupt):
    """Ctrl-C while answers were awaited; `answers` are those that had come."""

    def __init__(self, answers: dict[str, Answer]) -> None:
        super().__init__("interrupted")
        self.answers = answers
