"""The command line's side: hand a command to the warm server, pass signals on, take its exit code.

Whatever does not fit ends in `None` before anything has run: then the command runs here.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
import sys
from collections.abc import Sequence

from verify_agent.agent.server import wire
from verify_agent.agent.server.place import is_private, project_root, socket_path

ALONE = "--no-server"
_CONNECT_SECONDS = 1.0
_HELLO_SECONDS = 15.0
_CREDENTIALS = struct.Struct("3i")
_PASSED_ON = (
    signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2,
    signal.SIGWINCH,
)  # fmt: skip
_LOST = 4


def served(argv: Sequence[str]) -> int | None:
    """The exit code of a command that the server ran, or `None`: nothing has run."""
    if ALONE in argv:
        return None
    try:
        channel = connected(project_root(os.getcwd()))
    except OSError:
        return None
    if channel is None:
        return None
    with channel:
        if not _accepted(channel, argv):
            return None
        return _wait(channel)


def connected(root: str) -> socket.socket | None:
    """A connection to the project's server, if this user's own is there."""
    path = socket_path(root)
    if not is_private(os.path.dirname(path)) or not os.path.exists(path):
        return None
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        channel.settimeout(_CONNECT_SECONDS)
        channel.connect(path)
        if _peer(channel)[1] == os.geteuid():
            return channel
    except OSError:
        channel.close()
        return None
    channel.close()
    return None


def answers(root: str) -> bool:
    """Whether a server for the project is there and takes commands."""
    channel = connected(root)
    if channel is None:
        return False
    with channel:
        channel.settimeout(_HELLO_SECONDS)
        try:
            hello, _ = wire.receive(channel)
        except (OSError, EOFError, wire.BadMessage):
            return False
    return hello.get("protocol") == wire.PROTOCOL


def server_of(channel: socket.socket) -> int:
    """The process number of the server at the other end."""
    return _peer(channel)[0]


def _peer(channel: socket.socket) -> tuple[int, int]:
    size = _CREDENTIALS.size
    data = channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    process, user, _ = _CREDENTIALS.unpack(data)
    return process, user


def _accepted(channel: socket.socket, argv: Sequence[str]) -> bool:
    """Whether the server has taken the command and was told to go on; else it runs nothing.

    Before its hello nothing is sent.
    """
    handles: list[int] = []
    try:
        for number in (0, 1, 2):
            os.fstat(number)
        channel.settimeout(_HELLO_SECONDS)
        hello, _ = wire.receive(channel)
        if hello.get("protocol") != wire.PROTOCOL:
            return False
        handles = [0, 1, 2, os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)]
        wire.send(channel, _request(argv), tuple(handles))
        answer, _ = wire.receive(channel)
        if answer.get("accepted") is not True:
            return False
        channel.sendall(wire.GO)
    except (OSError, EOFError, wire.BadMessage):
        return False
    finally:
        for handle in handles[3:]:
            os.close(handle)
    return True


def _request(argv: Sequence[str]) -> dict[str, object]:
    from verify_agent.agent.server.identity import identity

    mask = os.umask(0o077)
    os.umask(mask)
    own = identity(project_root(os.getcwd()))
    return {
        "identity": own,
        "argv": [sys.argv[0], *argv],
        "first": [] if sys.flags.safe_path else sys.path[:1],
        "environment": dict(os.environ),
        "umask": mask,
        "nice": os.getpriority(os.PRIO_PROCESS, 0),
        "cores": sorted(os.sched_getaffinity(0)),
        "ignored": [int(n) for n in _PASSED_ON if signal.getsignal(n) is signal.SIG_IGN],
    }


def _wait(channel: socket.socket) -> int:
    """Pass signals on until the job has ended; its exit code."""
    channel.settimeout(None)

    def pass_on(number: int, frame: object) -> None:
        _send(channel, number)

    def pause(number: int, frame: object) -> None:
        _send(channel, signal.SIGSTOP)
        os.kill(os.getpid(), signal.SIGSTOP)
        _send(channel, signal.SIGCONT)

    for number in _PASSED_ON:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, pass_on)
    if signal.getsignal(signal.SIGTSTP) is not signal.SIG_IGN:
        signal.signal(signal.SIGTSTP, pause)
    try:
        ended, _ = wire.receive(channel)
    except (OSError, EOFError, wire.BadMessage):
        ended = {}
    match ended:
        case {"exit": int(code)}:
            return code
        case {"signal": int(fatal)}:
            signal.signal(fatal, signal.SIG_DFL)
            os.kill(os.getpid(), fatal)
    print(
        "error[VA008]: the warm server ended before the command did; "
        f"run it again, with {ALONE} to do without",
        file=sys.stderr,
    )
    return _LOST


def _send(channel: socket.socket, number: int) -> None:
    try:
        channel.send(bytes([number]))
    except OSError:
        return  # the end will be told by the missing answer
