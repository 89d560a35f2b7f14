"""A process that runs trusted engines, one job at a time, and can be killed at any time.

Trusted: the engines that run here read source text and never execute it.
"""

from __future__ import annotations

import copyreg
import io
import os
import pickle
import resource
import signal
import struct
import threading
import time
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import IO, Any

from verify_agent.verifier import spawn
from verify_agent.verifier.engines.base import Engine, Findings, Limits
from verify_agent.verifier.errors import ToolMissing
from verify_agent.verifier.sandbox.libc import PR_SET_PDEATHSIG, prctl
from verify_agent.verifier.subject import Subject

_LENGTH = struct.Struct(">Q")
_GRACE_SECONDS = 5.0
_WATCH_SECONDS = 0.5
_ENTRY = "verify_agent.verifier.session.worker:main"


class Stopped(Exception):
    """The worker was stopped while it worked."""


@dataclass
class Worker:
    """Runs `engine.check` in a process of its own, which stays warm between jobs.

    `Stopped` from `check` where `stop` was called meanwhile, `TimeoutError` where the engine did
    not come back in its time and was killed, `ToolMissing` where its process broke.
    """

    _process: spawn.Process | None = None
    _stopped: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self, engine: Engine, subject: Subject, limits: Limits, seed: int) -> Findings:
        """The engine's findings, made in the other process."""
        with self._lock:
            self._stopped = False
            process = self._running()
        alarm = threading.Timer(limits.seconds + _GRACE_SECONDS, _kill, [process])
        alarm.daemon = True
        alarm.start()
        started = time.monotonic()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            _write(process.stdin, (engine, subject, limits, seed))
            answer = _read(process.stdout)
        except (EOFError, OSError) as broken:
            self._drop(process)
            if self._stopped:
                raise Stopped from broken
            if time.monotonic() - started >= limits.seconds + _GRACE_SECONDS:
                raise TimeoutError(f"no answer within {limits.seconds:g} s") from broken
            raise ToolMissing(f"the process of {engine.name} ended early") from broken
        finally:
            alarm.cancel()
        if not isinstance(answer, Findings):
            raise ToolMissing(f"{engine.name} broke: {answer}")
        return answer

    def start(self) -> None:
        """Start the process now, so that the first job finds it there."""
        with self._lock:
            self._running()

    def stop(self) -> None:
        """Kill the process, whatever it does. The next job starts another."""
        with self._lock:
            self._stopped = True
            process, self._process = self._process, None
        if process is not None:
            _kill(process)
            process.wait()

    def _running(self) -> spawn.Process:
        if self._process is None or self._process.poll() is not None:
            self._process = spawn.start(_ENTRY, piped=True)
        return self._process

    def _drop(self, process: spawn.Process) -> None:
        _kill(process)
        process.wait()
        with self._lock:
            if self._process is process:
                self._process = None


def _kill(process: spawn.Process) -> None:
    """The process and all that it started: its session is a process group of its own."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        process.kill()


def _write(stream: IO[bytes], message: Any) -> None:
    body = _pickled(message)
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def _pickled(message: Any) -> bytes:
    """As `pickle.dumps`, and read-only mappings too, which attempts have and pickle refuses."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer)
    pickler.dispatch_table = {
        **copyreg.dispatch_table,
        MappingProxyType: lambda mapping: (_read_only, (dict(mapping),)),
    }
    pickler.dump(message)
    return buffer.getvalue()


def _read_only(mapping: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(mapping)


def _read(stream: IO[bytes]) -> Any:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError("the stream ended")
    (length,) = _LENGTH.unpack(head)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError("the stream ended")
    return pickle.loads(body)


def main() -> None:
    """The worker's side: jobs from standard input, findings to where standard output was."""
    source = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    _end_with(os.getppid())
    while True:
        try:
            engine, subject, limits, seed = _read(source)
        except EOFError:
            return
        _limit_memory(limits.memory_mb)
        try:
            answer: Any = engine.check(subject, limits, seed)
        except Exception as broken:
            # The edge of the process: what broke is told, and shown as an error there.
            answer = f"{type(broken).__name__}: {broken}"
        _write(answers, answer)


def _limit_memory(megabytes: int) -> None:
    """Let this process take so much more address space than it has now."""
    with open("/proc/self/statm", encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + megabytes * 1024 * 1024, hard))


def _end_with(parent: int) -> None:
    """End this process and all that it started once the parent is gone."""
    if spawn.forked():
        # No thread: this process forks in its turn. Its parent forked it in its only thread.
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        return

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(_WATCH_SECONDS)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
