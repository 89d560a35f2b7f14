"""How a process for a trusted engine starts: a new Python, or a fork of a warm one.

A warm process has imported the engines and has one thread. Only the server of the command line
makes one (`warm`); everywhere else a new Python starts. A forked child begins as a new process
would: a session of its own, nothing open but what it is given, signals as Python sets them.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import IO, NoReturn, Protocol

_ENTRY = (
    "import sys, json, importlib; sys.path[:] = json.loads(sys.argv[1]); "
    "module, _, name = sys.argv[2].partition(':'); "
    "getattr(importlib.import_module(module), name)(*sys.argv[3:])"
)
_TASKS = "/proc/self/task"
_state = {"warm": False, "forked": False}
_kept: set[int] = set()
_left: list[object] = []


class Process(Protocol):
    """What `subprocess.Popen` and `Forked` have in common."""

    @property
    def pid(self) -> int:
        """The process's number."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """Where its input is written, if it is piped."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """Where its output is read, if it is piped."""

    def poll(self) -> int | None:
        """Its exit code, or `None` while it runs."""

    def wait(self) -> int:
        """Its exit code, once it has ended."""

    def kill(self) -> None:
        """End it."""


@dataclass
class Forked:
    """A forked child. `wait` and `poll` may be called from several threads."""

    pid: int
    stdin: IO[bytes] | None = None
    stdout: IO[bytes] | None = None
    _code: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def poll(self) -> int | None:
        """The exit code (minus the signal's number where one ended it), or `None`."""
        with self._lock:
            return self._reap(os.WNOHANG)

    def wait(self) -> int:
        """The exit code, once there is one."""
        with self._lock:
            code = self._reap(0)
        assert code is not None
        return code

    def kill(self) -> None:
        """SIGKILL, unless it has been waited for."""
        with self._lock:
            if self._reap(os.WNOHANG) is None:
                os.kill(self.pid, signal.SIGKILL)

    def _reap(self, options: int) -> int | None:
        if self._code is None:
            try:
                pid, status = os.waitpid(self.pid, options)
            except ChildProcessError:
                self._code = 0  # somebody else waited for it; as `subprocess` has it
            else:
                self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code


def warm() -> None:
    """From now on children of this process are forks of it, while it has one thread."""
    _state["warm"] = True


def forkable() -> bool:
    """Whether the next child is a fork: this process is warm and no other thread is in it."""
    try:
        return _state["warm"] and len(os.listdir(_TASKS)) == 1
    except OSError:
        return False


def forked() -> bool:
    """Whether this process itself was forked from a warm one by `start`."""
    return _state["forked"]


def keep_open(descriptor: int) -> None:
    """Leave a descriptor open in every child that is forked: what warm processes share."""
    _kept.add(descriptor)


def start(
    target: str, arguments: Sequence[str] = (), *, keep: Sequence[int] = (), piped: bool = False
) -> Process:
    """Start a process that calls `module:function` with these texts.

    It inherits the descriptors of `keep` under their numbers. Its input and output are pipes if
    they are to be, else nothing; its errors go nowhere. It leads a session of its own.
    """
    if forkable():
        return _fork(target, arguments, keep, piped)
    path = json.dumps([os.path.abspath(p) for p in sys.path if p])
    pipe = subprocess.PIPE if piped else subprocess.DEVNULL
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _ENTRY, path, target, *arguments],
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        pass_fds=keep,
        start_new_session=True,
    )


def _fork(target: str, arguments: Sequence[str], keep: Sequence[int], piped: bool) -> Forked:
    def job() -> None:
        _state["forked"] = True
        module, _, name = target.partition(":")
        getattr(importlib.import_module(module), name)(*arguments)

    if not piped:
        return Forked(run_forked(job, {}, keep))
    child_in, ours_out = os.pipe()
    ours_in, child_out = os.pipe()
    pid = run_forked(job, {0: child_in, 1: child_out}, keep)
    os.close(child_in)
    os.close(child_out)
    return Forked(pid, os.fdopen(ours_out, "wb"), os.fdopen(ours_in, "rb"))


def run_forked(job: Callable[[], object], streams: dict[int, int], keep: Sequence[int]) -> int:
    """Fork a child that runs `job` and ends; the child's process number.

    `streams` maps 0, 1 and 2 to descriptors; what is missing is `/dev/null`. An integer that
    `job` returns is the exit code.
    """
    pid = os.fork()
    if pid == 0:
        _be_child(job, streams, keep)
    return pid


def _be_child(job: Callable[[], object], streams: dict[int, int], keep: Sequence[int]) -> NoReturn:
    code = 1
    try:
        os.setsid()
        _only(streams, keep)
        plain_signals()
        answer = job()
        code = answer if isinstance(answer, int) else 0
    except BaseException:
        code = 1  # the edge of a process that nobody listens to; the broken pipe is told above
    finally:
        os._exit(code)


def _only(streams: dict[int, int], keep: Sequence[int]) -> None:
    """Nothing stays open but the streams, what is to be kept, and what warm processes share.

    What goes is not closed but made `/dev/null`: objects of the parent's that still hold a
    number can't close what got that number later.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(streams.get(number, nothing), number)
    spared = {0, 1, 2, nothing, *keep, *_kept}
    for number in map(int, os.listdir("/proc/self/fd")):
        if number not in spared:
            os.dup2(nothing, number, inheritable=False)
    # What the parent had not flushed is the parent's to write: the old objects stay as they are.
    _left.append((sys.stdin, sys.stdout, sys.stderr))
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)


def plain_signals() -> None:
    """Signals as they are in a Python that has just started."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.set_wakeup_fd(-1)
