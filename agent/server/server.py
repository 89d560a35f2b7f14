"""The server: accepts, forks, and knows when to go. It reads nothing of what a client sends."""

from __future__ import annotations

import contextlib
import enum
import fcntl
import os
import resource
import selectors
import signal
import socket
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from verify_agent.agent.server.attend import Command, attend
from verify_agent.agent.server.fingerprint import fingerprint
from verify_agent.agent.server.place import is_private, socket_path
from verify_agent.verifier import spawn
from verify_agent.verifier.errors import BadInput, ToolMissing

_BACKLOG = 64
_TICK_SECONDS = 1.0


class Why(enum.Enum):
    """Why a server ended."""

    IDLE = "nobody asked for a while"
    CHANGED = "its code, Python or the project's settings changed"
    WORN = "it has done its share of jobs"
    TOLD = "it was told to"
    GONE = "its socket is gone"


@dataclass(frozen=True)
class Terms:
    """`idle` in seconds; so many jobs altogether and at a time; memory in mebibytes."""

    idle: float = 1800.0
    jobs: int = 500
    at_once: int = 2
    memory: int = 2048


@dataclass
class Place:
    """The socket, held by a lock: of two servers that start one has it. Use in a `with`."""

    path: str
    _lock: int = -1
    listener: socket.socket = field(default_factory=lambda: socket.socket(socket.AF_UNIX))

    @classmethod
    def of(cls, root: str) -> Place:
        """The place of the server for a project."""
        return cls(socket_path(root))

    def __enter__(self) -> Place:
        """`BadInput` where a server is there already, or the folder is not this user's alone."""
        folder = os.path.dirname(self.path)
        with contextlib.suppress(FileExistsError):
            os.mkdir(folder, 0o700)
        if not is_private(folder):
            raise BadInput(
                "it is no folder that only you can enter", where=folder, advice="remove it"
            )
        self._lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise BadInput(
                "a server for this project is running already", where=self.path
            ) from None
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)  # of a server that was killed: ours is the lock
        mask = os.umask(0o177)
        try:
            self.listener.bind(self.path)
        finally:
            os.umask(mask)
        return self

    def __exit__(self, *_: object) -> None:
        self.listener.close()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        os.close(self._lock)

    @property
    def there(self) -> bool:
        """Whether the socket is still where clients look for it."""
        try:
            return stat.S_ISSOCK(os.lstat(self.path).st_mode)
        except OSError:
            return False


@dataclass
class Server:
    """Serves `command` for the project in `root`, from a warm process (`warm.warm_up`).

    `own` is its identity as it was before it was warmed.
    """

    root: str
    own: dict[str, str]
    place: Place
    command: Command
    terms: Terms = field(default_factory=Terms)
    done: int = 0
    _running: dict[int, int] = field(default_factory=dict)
    _told: bool = False

    def serve(self, ready: Callable[[], None]) -> Why:
        """Serve until there is a reason to end; jobs that run go on by themselves.

        `ready` is called once clients can connect.
        """
        rests_on = fingerprint(self.root)
        self.place.listener.listen(_BACKLOG)
        self.place.listener.setblocking(False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._tell)
        ready()
        last = time.monotonic()
        with selectors.DefaultSelector() as selector:
            while True:
                if self._running:
                    last = time.monotonic()
                if why := self._reason(last):
                    return why
                if self._wait(selector):
                    if fingerprint(self.root) != rests_on:
                        return Why.CHANGED
                    self._accept()
                    last = time.monotonic()

    def _tell(self, number: int, frame: object) -> None:
        self._told = True

    def _reason(self, last: float) -> Why | None:
        if self._told:
            return Why.TOLD
        if not self.place.there:
            return Why.GONE
        if self.done >= self.terms.jobs or _memory() > self.terms.memory:
            return Why.WORN
        return Why.IDLE if time.monotonic() - last > self.terms.idle else None

    def _wait(self, selector: selectors.BaseSelector) -> bool:
        """Whether a client waits; those that had to look after one are reaped meanwhile."""
        watched = [*self._running]
        listening = len(watched) < self.terms.at_once
        for handle in watched:
            selector.register(handle, selectors.EVENT_READ)
        if listening:
            selector.register(self.place.listener, selectors.EVENT_READ)
        ready = {key.fileobj for key, _ in selector.select(_TICK_SECONDS)}
        for key in [*selector.get_map().values()]:
            selector.unregister(key.fileobj)
        for handle in watched:
            if handle in ready:
                os.waitpid(self._running.pop(handle), 0)
                os.close(handle)
        return self.place.listener in ready

    def _accept(self) -> None:
        try:
            channel, _ = self.place.listener.accept()
        except OSError:
            return  # it went away again
        with channel:
            pid = spawn.run_forked(
                lambda: attend(channel, self.own, self.command), {}, keep=[channel.fileno()]
            )
        self._running[os.pidfd_open(pid)] = pid
        self.done += 1


def _memory() -> int:
    """Mebibytes that this process has in memory."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError as problem:
        raise ToolMissing(f"/proc can't be read: {problem}") from problem
    return pages * resource.getpagesize() >> 20
