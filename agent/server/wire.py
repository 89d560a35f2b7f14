"""Messages between the command line and the server: a length, then JSON; bounded on both sides."""

from __future__ import annotations

import json
import socket
import struct

PROTOCOL = 2
#: What a client says when it has read that its command is accepted: only then it runs.
GO = b"\0"
#: A request holds arguments and environment, which the system itself keeps under this.
MOST_BYTES = 4 << 20
_LENGTH = struct.Struct(">Q")


class BadMessage(ValueError):
    """What came is no message."""


def send(channel: socket.socket, message: dict[str, object], handles: tuple[int, ...] = ()) -> None:
    """Send one message, with descriptors; `BadMessage` where it is too long."""
    body = json.dumps(message).encode("ascii")
    if len(body) > MOST_BYTES:
        raise BadMessage(f"{len(body)} bytes")
    data = _LENGTH.pack(len(body)) + body
    sent = socket.send_fds(channel, [data], list(handles)) if handles else channel.send(data)
    if sent < len(data):  # sending nothing fails, too, where the other side is done already
        channel.sendall(data[sent:])


def receive(channel: socket.socket, handles: int = 0) -> tuple[dict[str, object], list[int]]:
    """One message and its descriptors, at most so many.

    `BadMessage` for what is none, `EOFError` where the other side is gone; `OSError`.
    """
    head, found = b"", list[int]()
    try:
        while len(head) < _LENGTH.size:
            part, more, _, _ = socket.recv_fds(channel, _LENGTH.size - len(head), handles)
            found += more
            if not part:
                raise EOFError("the other side is gone")
            head += part
        (length,) = _LENGTH.unpack(head)
        if length > MOST_BYTES:
            raise BadMessage(f"a message of {length} bytes is refused")
        return _parsed(_exactly(channel, length)), found
    except BaseException:
        for handle in found:
            socket.close(handle)
        raise


def _exactly(channel: socket.socket, count: int) -> bytes:
    data = bytearray()
    while len(data) < count:
        part = channel.recv(count - len(data))
        if not part:
            raise EOFError("the other side is gone")
        data += part
    return bytes(data)


def _parsed(body: bytes) -> dict[str, object]:
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise BadMessage(f"no JSON: {problem}") from problem
    if not isinstance(message, dict):
        raise BadMessage("no JSON object")
    return message
