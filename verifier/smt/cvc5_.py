"""cvc5 as a solver, behind a warm child process that can be killed.

cvc5 does not always keep its time limit and may end the process that it runs in, so it never
runs in ours.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import selectors
import threading
import time
import weakref
from dataclasses import replace
from typing import IO, Any

from verify_agent.verifier import spawn
from verify_agent.verifier.smt.cvc5_models import model_commands, read_values
from verify_agent.verifier.smt.query import Answer, Budget, Cause, Query, Status
from verify_agent.verifier.smt.to_smtlib import script

NAME = "cvc5"
_ENTRY = "verify_agent.verifier.smt.cvc5_worker:main"

#: Z3's units over cvc5's, roughly: on one non-linear query 13 million against 0.9 million a
#: second. It only keeps the two limits in one order of size.
_Z3_UNITS_A_UNIT = 16
_START_SECONDS = 30.0
_GRACE_SECONDS = 1.0
_CAUSES = {
    "TIMEOUT": Cause.TIMEOUT,
    "RESOURCEOUT": Cause.RESOURCES,
    "MEMOUT": Cause.MEMORY,
    "INTERRUPTED": Cause.CANCELED,
}


class _Dead(Exception):
    """The child broke or was killed."""


class _Late(Exception):
    """The child did not answer in time."""


class _Missing(Exception):
    """There is no cvc5 to start."""


class Cvc5:
    """A worker process, started with the first query and again whenever it was lost.

    Safe to use from several threads (they wait for each other). The child dies with the thread
    that started it, at the latest with this process; losing it costs a restart, no answer.
    """

    def __init__(self) -> None:
        self._child: spawn.Process | None = None
        self._lock = threading.Lock()
        self._jobs = 0
        self._buffer = b""
        self._owner = os.getpid()

    @property
    def name(self) -> str:
        """`cvc5`."""
        return NAME

    @property
    def pid(self) -> int | None:
        """The child's process number, if one is alive."""
        child = self._child
        return child.pid if child is not None and child.poll() is None else None

    def solve(
        self, query: Query, budget: Budget, seed: int = 0, *, want_core: bool = False
    ) -> Answer:
        """Decide a query; with a model where its variables are scalars without quantifiers."""
        commands = model_commands(query)
        text = script(query, named=want_core, models=bool(commands), commands=commands)
        answer, outputs = self._ask(text, budget, seed)
        if answer.status is Status.SAT and "get-value" in outputs:
            return replace(answer, model=read_values(query, outputs["get-value"]))
        if answer.status is Status.UNSAT and "get-unsat-core" in outputs:
            return replace(answer, core=_core(outputs["get-unsat-core"]))
        return answer

    def solve_text(self, text: str, budget: Budget, seed: int = 0) -> Answer:
        """Decide a script."""
        return self._ask(text, budget, seed)[0]

    def start(self) -> None:
        """Start the child now, so that the first query finds it there."""
        with self._lock:
            self._start()

    def close(self) -> None:
        """End the child; the next query starts another."""
        child, self._child = self._child, None
        self._buffer = b""
        if child is not None:
            _end(child, self._owner)

    def __enter__(self) -> Cvc5:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the conversation ----------------------------------------------------------------------

    def _ask(self, text: str, budget: Budget, seed: int) -> tuple[Answer, dict[str, str]]:
        """The answer, and the outputs by command (a command that failed has none)."""
        started = time.perf_counter()
        try:
            with self._lock:
                reply = self._converse(text, budget, seed)
        except _Late:
            reply = {"failed": (Cause.TIMEOUT, "no answer at the deadline; the worker was killed")}
        except _Dead as error:
            reply = {"failed": (Cause.CRASH, str(error))}
        except _Missing as error:
            reply = {"failed": (Cause.MISSING, str(error))}
        outputs = {
            name: text for name, text in reply.get("outputs", []) if not text.startswith("(error")
        }
        return _answer(reply, time.perf_counter() - started, seed), outputs

    def _converse(self, text: str, budget: Budget, seed: int) -> dict[str, Any]:
        self._jobs += 1
        options = _options(budget, seed)
        memory = budget.memory_mb
        job = {"id": self._jobs, "text": text, "options": options, "memory_mb": memory}
        try:
            self._start()
            self._send(json.dumps(job).encode() + b"\n")
            seconds = budget.timeout_ms / 1000 + _GRACE_SECONDS if budget.timeout_ms else None
            reply = self._receive(seconds)
            if reply.get("id") != self._jobs:
                raise _Dead(f"an answer to another question: {reply}")
        except BaseException:
            # Also for Ctrl-C: a child in an unknown state is no use.
            self.close()
            raise
        if "memory" in reply:
            self.close()
        return reply

    def _start(self) -> None:
        if self._owner != os.getpid():
            # A fork copied this object; the pipes belong to the parent.
            self._child, self._buffer, self._owner = None, b"", os.getpid()
        if self.pid is not None:
            return
        self.close()
        # In a session of its own, so that Ctrl-C at a terminal reaches the parent only.
        self._child = spawn.start(_ENTRY, [str(os.getpid())], piped=True)
        weakref.finalize(self, _end, self._child, os.getpid())
        hello = self._receive(_START_SECONDS)
        if "ready" not in hello:
            raise _Missing(str(hello.get("missing", hello)))

    def _send(self, data: bytes) -> None:
        stream = _pipe(None if self._child is None else self._child.stdin)
        try:
            stream.write(data)
            stream.flush()
        except OSError as error:
            raise _Dead(f"the worker takes no input: {error}") from error

    def _status(self) -> int | None:
        return self._child.wait() if self._child is not None else None

    def _receive(self, seconds: float | None) -> dict[str, Any]:
        deadline = None if seconds is None else time.monotonic() + seconds
        stream = _pipe(None if self._child is None else self._child.stdout)
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while b"\n" not in self._buffer:
                left = None if deadline is None else deadline - time.monotonic()
                if (left is not None and left <= 0) or not selector.select(left):
                    raise _Late
                chunk = os.read(stream.fileno(), 1 << 16)
                if not chunk:
                    raise _Dead(f"the worker ended with status {self._status()}")
                self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        reply: dict[str, Any] = json.loads(line)
        return reply


def _pipe(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise _Dead("the worker is not running")
    return stream


def _end(child: spawn.Process, owner: int) -> None:
    if owner != os.getpid():
        return
    with contextlib.suppress(OSError):
        child.kill()
    for stream in (child.stdin, child.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
    child.wait()


def _options(budget: Budget, seed: int) -> dict[str, str]:
    options = {"seed": str(seed % 2**31), "sat-random-seed": str(seed % 2**31)}
    if budget.timeout_ms:
        options["tlimit-per"] = str(budget.timeout_ms)
    if budget.rlimit:
        options["rlimit-per"] = str(max(1, budget.rlimit // _Z3_UNITS_A_UNIT))
    return options


def _answer(reply: dict[str, Any], seconds: float, seed: int) -> Answer:
    units = int(reply.get("units", 0))
    outputs = reply.get("outputs", [])
    errors = [text for _, text in outputs if text.startswith("(error")]
    # Only what `check-sat` prints is an answer: a script could `echo` anything.
    said = (text for name, text in outputs if name == "check-sat" and text not in errors)
    first = next(said, "")
    if "failed" in reply:
        cause, reason = reply["failed"]
    elif "memory" in reply:
        cause, reason = Cause.MEMORY, str(reply["memory"])
    elif first in ("sat", "unsat"):
        # An error after the answer (no core, no model) does not take the answer back.
        return Answer(Status(first), NAME, seconds=seconds, units=units, seed=seed)
    elif not first and ("refused" in reply or errors):
        cause, reason = Cause.REFUSED, str(reply.get("refused") or errors[0])
    else:
        found = [name for name in _CAUSES if name in first]
        cause = _CAUSES[found[0]] if found else Cause.INCOMPLETE
        reason = first or "no answer"
    return Answer(
        Status.UNKNOWN, NAME, reason=reason, cause=cause, seconds=seconds, units=units, seed=seed
    )


def _core(text: str) -> tuple[int, ...]:
    return tuple(sorted(int(name[1:]) for name in text.strip("()\n ").split()))


@functools.cache
def _worker_of(pid: int) -> Cvc5:
    return Cvc5()


def shared_worker() -> Cvc5:
    """This process's own warm worker; a forked child gets another, for pipes can't be shared."""
    return _worker_of(os.getpid())


def prepare() -> None:
    """Start this process's worker now where that is a fork: later, with Z3's threads, it isn't."""
    if spawn.forkable():
        with contextlib.suppress(_Dead, _Late, _Missing):  # the first query tells
            shared_worker().start()
