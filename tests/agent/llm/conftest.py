"""A server on loopback that speaks the protocol, or misbehaves in the way that the model names."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

FENCED = "Here it is.\n```python\ndef double(x):\n    return x * 2\n```\nIt doubles x, and more."


@dataclass
class Fake:
    """What the server says, in turn, and what it was asked."""

    url: str = ""
    answers: list[str] = field(default_factory=lambda: [FENCED])
    asked: list[dict[str, Any]] = field(default_factory=list)
    sent: int = 0
    hangs: float = 1.0


def chunk(text: str, finish: str | None = None) -> bytes:
    choice = {
        "index": 0,
        "delta": {"content": text},
        "finish_reason": finish,
        "logprobs": {"content": [{"token": text, "logprob": -0.1, "bytes": None}]},
    }
    record = {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "m",
        "system_fingerprint": "s",
        "choices": [choice],
    }
    return b"data: " + json.dumps(record).encode() + b"\n\n"


class _Handler(BaseHTTPRequestHandler):
    fake: Fake

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.fake.asked.append(body)
        model = str(body["model"])
        if model.startswith("status-"):
            return self._status(int(model.partition("-")[2]))
        if model == "busy-once" and len(self.fake.asked) == 1:
            return self._status(429, {"retry-after": "0"})
        if model == "silent":
            time.sleep(self.fake.hangs)
            return None
        if model == "gone":
            return self.connection.close()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        return self._stream(model)

    def _status(self, code: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(code)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"error": {"message": "no"}}')

    def _stream(self, model: str) -> None:
        number = min(len(self.fake.asked), len(self.fake.answers)) - 1
        text = self.fake.answers[number]
        match model:
            case "not-json":
                self.wfile.write(b"data: {not json\n\n")
            case "wrong-shape":
                self.wfile.write(b'data: {"choices": [{"delta": 7}]}\n\n')
            case "html":
                self.wfile.write(b"<html>hello</html>")
            case "cut":
                self.wfile.write(chunk(text[:20]))
            case "stalls":
                self.wfile.write(chunk(text[:20]))
                self.wfile.flush()
                time.sleep(self.fake.hangs)
            case _:
                self._tokens(text, endless=model == "endless")

    def _tokens(self, text: str, *, endless: bool) -> None:
        try:
            for i in range(0, len(text), 4):
                self.wfile.write(chunk(text[i : i + 4]))
                self.wfile.flush()
                self.fake.sent += 1
            while endless:
                self.wfile.write(chunk("# and on\n"))
                self.fake.sent += 1
            self.wfile.write(chunk("", "stop") + b"data: [DONE]\n\n")
        except OSError:  # the client has heard enough
            return


@pytest.fixture
def fake() -> Iterator[Fake]:
    told = Fake()
    handler = type("Handler", (_Handler,), {"fake": told})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()
