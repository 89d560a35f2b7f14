"""Answers kept on disk: an LRU cache by bytes, and the record from which a run is replayed.

An answer's key is the digest of everything that decides it and a number, for several samples of
one request. A replayed run knows no model: it takes whichever answered that conversation. What is
evicted is decided by the core in `lru`, which this project's prover proves.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from verify_agent.agent.artifacts import write_atomically
from verify_agent.agent.llm.lru import entries_kept, may_enter
from verify_agent.agent.llm.provider import Piece, ProviderError, Reply, Request, Trouble

CAPACITY = 64 * 1024 * 1024
FORMAT = 1


@dataclass(frozen=True)
class Answers:
    """A folder of answers; `capacity` in bytes."""

    folder: Path
    capacity: int = CAPACITY

    def find(self, request: Request, number: int) -> Reply | None:
        """The answer that was kept; None where there is none that can be read."""
        return _read(self._path(request, number), request)

    def replayed(self, request: Request, number: int) -> Reply | None:
        """The answer that some model gave to this conversation, the last one used first."""
        wanted = f"{request.conversation[:32]}-*-{number}.json"
        kept = [p for p in self._entries() if p.match(wanted)]
        return next((r for p in kept if (r := _read(p, request, any_model=True))), None)

    def keep(self, request: Request, number: int, reply: Reply) -> None:
        """Keep an answer, in the place of those least recently used."""
        record = {
            "format": FORMAT,
            "digest": request.digest,
            "conversation": request.conversation,
            "request": asdict(request),
            "reply": asdict(reply),
        }
        text = json.dumps(record, indent=1)
        size = len(text.encode())
        if not may_enter(size, self.capacity):
            return
        path = self._path(request, number)
        others = [p for p in self._entries() if p != path]
        sizes = [p.stat().st_size for p in others]
        for gone in others[entries_kept(sizes, self.capacity, size) :]:
            gone.unlink(missing_ok=True)
        write_atomically(path, text)

    def _entries(self) -> list[Path]:
        """The files, the one used last first."""
        if not self.folder.is_dir():
            return []
        found = [(p.stat().st_mtime_ns, p.name, p) for p in self.folder.glob("*.json")]
        return [p for *_, p in sorted(found, reverse=True)]

    def _path(self, request: Request, number: int) -> Path:
        name = f"{request.conversation[:32]}-{request.digest[:16]}-{number}.json"
        return self.folder / name


def _read(path: Path, request: Request, *, any_model: bool = False) -> Reply | None:
    key = "conversation" if any_model else "digest"
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT or data[key] != getattr(request, key):
            return None
        reply = Reply(**{**data["reply"], "cached": True})
        os.utime(path)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return reply


@dataclass(frozen=True)
class Replay:
    """A provider that has nothing but answers of an earlier run."""

    name: str = "replay"

    def stream(self, request: Request, deadline: float) -> Iterator[Piece]:
        """Never an answer of its own: what was recorded was looked up before."""
        raise ProviderError(Trouble.NOT_RECORDED, self.name, request.digest[:12])
