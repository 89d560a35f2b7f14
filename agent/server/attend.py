"""The process that looks after one client: takes its request, forks the job, watches both.

It is a fork of the server with one thread. What a client sends is read here, never in the
server. The job and all that it started are gone when this process ends.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from verify_agent.agent.server import wire
from verify_agent.agent.server.identity import difference
from verify_agent.verifier import spawn
from verify_agent.verifier.own_folders import keep_bytecode
from verify_agent.verifier.sandbox.libc import (
    PR_SET_CHILD_SUBREAPER,
    PR_SET_PDEATHSIG,
    prctl,
)
from verify_agent.verifier.sandbox.supervisor import children

#: A client has so many seconds for its request.
PATIENCE_SECONDS = 5.0
_CLEARING_SECONDS = 5.0
_STREAMS = 3

Command = Callable[[list[str]], int]


@dataclass(frozen=True)
class Request:
    """What a client asks for, checked."""

    argv: tuple[str, ...]
    first: tuple[str, ...]
    environment: dict[str, str]
    umask: int
    nice: int
    cores: frozenset[int]
    ignored: frozenset[int]


def attend(channel: socket.socket, own: dict[str, str], command: Command) -> int:
    """Serve the client of a channel with `command`; the exit code of this process.

    `own` is the server's identity.
    """
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    handles: list[int] = []
    channel.settimeout(PATIENCE_SECONDS)
    try:
        wire.send(channel, {"protocol": wire.PROTOCOL, "server": os.getppid()})
        message, handles = wire.receive(channel, _STREAMS + 1)
        request = read(message, own, len(handles))
        os.fchdir(handles[_STREAMS])
        wire.send(channel, {"accepted": True})
        if channel.recv(len(wire.GO)) != wire.GO:
            return 0  # it did not wait, and does the work itself
    except wire.BadMessage as problem:
        with contextlib.suppress(OSError):
            wire.send(channel, {"refused": str(problem)})
        return 1
    except (OSError, EOFError):
        return 0  # it went away
    channel.settimeout(None)
    pid = spawn.run_forked(
        lambda: _job(request, command), dict(enumerate(handles[:_STREAMS])), keep=()
    )
    for handle in handles:
        os.close(handle)
    status = _watched(pid, channel)
    clear()
    if status is not None:
        with contextlib.suppress(OSError):
            wire.send(channel, status)
    return 0


def read(message: dict[str, object], own: dict[str, str], handles: int) -> Request:
    """The request of a message; `BadMessage` for one that is none, or not for this server."""
    match message:
        case {
            "identity": dict(theirs),
            "argv": list(argv),
            "first": list(first),
            "environment": dict(environment),
            "umask": int(umask),
            "nice": int(nice),
            "cores": list(cores),
            "ignored": list(ignored),
        } if handles == _STREAMS + 1:
            pass
        case _:
            raise wire.BadMessage("no request")
    texts = (*argv, *first, *environment, *environment.values())
    numbers = (*cores, *ignored)
    if not argv or not all(isinstance(t, str) and "\0" not in t for t in texts):
        raise wire.BadMessage("an argument is no text")
    if not cores or not all(isinstance(n, int) for n in numbers):
        raise wire.BadMessage("a number is none")
    if other := difference(theirs, own):
        raise wire.BadMessage(f"this server is for another {other}")
    return Request(
        tuple(argv),
        tuple(first),
        environment,
        umask & 0o777,
        nice,
        frozenset(cores),
        frozenset(ignored),
    )


def _job(request: Request, command: Command) -> int:
    """In the forked child: become what the client would have been, and run the command."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.environ.clear()
    os.environ.update(request.environment)
    time.tzset()
    os.umask(request.umask)
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, request.cores)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, request.nice)
    for number in request.ignored:
        signal.signal(number, signal.SIG_IGN)
    sys.dont_write_bytecode = "PYTHONDONTWRITEBYTECODE" in request.environment
    sys.pycache_prefix = request.environment.get("PYTHONPYCACHEPREFIX")
    keep_bytecode()
    sys.argv[:] = request.argv
    if request.first:
        sys.path[:1] = request.first
    _streams()
    code = command(list(request.argv[1:]))
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    return code


def _streams() -> None:
    """Standard streams as Python makes them at its start."""
    was = [(s.encoding, s.errors) for s in (_STDIN, _STDOUT, _STDERR)]
    modes = ("r", "w", "w")
    made: list[Any] = [
        os.fdopen(n, mode, encoding=encoding, errors=errors, closefd=False)
        for n, (mode, (encoding, errors)) in enumerate(zip(modes, was, strict=True))
    ]
    sys.stdin, sys.stdout, sys.stderr = made
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = made  # type: ignore[misc]
    unbuffered = "PYTHONUNBUFFERED" in os.environ
    made[1].reconfigure(line_buffering=os.isatty(1) or unbuffered, write_through=unbuffered)
    made[2].reconfigure(line_buffering=True, write_through=unbuffered)


_STDIN, _STDOUT, _STDERR = sys.stdin, sys.stdout, sys.stderr


def _watched(pid: int, channel: socket.socket) -> dict[str, object] | None:
    """How the job ended; `None` where the client went away, and the job was killed."""
    ended = os.pidfd_open(pid)
    gone = False
    with selectors.DefaultSelector() as selector:
        selector.register(ended, selectors.EVENT_READ)
        selector.register(channel, selectors.EVENT_READ)
        while not gone:
            ready = {key.fileobj for key, _ in selector.select()}
            if ended in ready:
                break
            gone = not _passed_on(pid, channel)
    if gone:
        os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    os.close(ended)
    if gone:
        return None
    code = os.waitstatus_to_exitcode(status)
    return {"exit": code} if code >= 0 else {"signal": -code}


def _passed_on(pid: int, channel: socket.socket) -> bool:
    """Give the job the signals that the client sends; false where the client is gone."""
    try:
        numbers = channel.recv(64)
    except OSError:
        return False
    for number in numbers:
        with contextlib.suppress(OSError, ValueError):
            os.kill(pid, number)
    return bool(numbers)


def clear() -> None:
    """Kill all that is left of the job. As the nearest subreaper this process has its orphans."""
    until = time.monotonic() + _CLEARING_SECONDS
    while time.monotonic() < until:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for child in children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(child, signal.SIGKILL)
        time.sleep(0.002)
