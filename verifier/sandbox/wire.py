"""Messages between the host, the keeper's supervisors and a job: length, then JSON."""

from __future__ import annotations

import hmac
import json
import socket
import struct
from typing import Any

_LENGTH = struct.Struct(">Q")
TOKEN_BYTES = 32


def send(channel: socket.socket, message: Any) -> None:
    """Send one message; blocks until all of it is taken."""
    body = json.dumps(message).encode()
    channel.sendall(_LENGTH.pack(len(body)) + body)


def receive(channel: socket.socket) -> Any:
    """The next message; `EOFError` where the other side is gone, `TimeoutError` when late."""
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size))
    return json.loads(_exactly(channel, length))


def _exactly(channel: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = channel.recv(min(count, 1 << 20))
        if not part:
            raise EOFError("the other side of the channel is gone")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def seal(token: bytes, body: bytes) -> bytes:
    """A job's result as it stands on its pipe: token, length, body and nothing else."""
    return token + _LENGTH.pack(len(body)) + body


def unseal(token: bytes, data: bytes) -> tuple[list[bytes], bool]:
    """The bodies of sealed records, and whether there is nothing else between or after them.

    >>> unseal(b"t" * 32, seal(b"t" * 32, b"{}") + seal(b"t" * 32, b"[]"))
    ([b'{}', b'[]'], True)
    >>> unseal(b"t" * 32, seal(b"t" * 32, b"{}") + b"forged")
    ([b'{}'], False)
    """
    head = TOKEN_BYTES + _LENGTH.size
    bodies: list[bytes] = []
    while data:
        if len(data) < head or not hmac.compare_digest(data[:TOKEN_BYTES], token):
            return bodies, False
        (length,) = _LENGTH.unpack(data[TOKEN_BYTES:head])
        if len(data) < head + length:
            return bodies, False
        bodies.append(data[head : head + length])
        data = data[head + length :]
    return bodies, True
