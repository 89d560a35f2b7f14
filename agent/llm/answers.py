"""Answers kept on disk: an LRU cache by bytes, and the record from which a run is replayed.

An answer's key is the digest of everything that decides it and a number, for several samples of
one request. A replayed run knows no model: it takes whichever answered that conversation. What is
evicted is decided by the core in `lru`, which this project's prover proves. A file that is damaged
is set aside under another name, and said.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from verify_agent.agent.artifacts import write_atomically
from verify_agent.agent.llm.lru import entries_kept, may_enter
from verify_agent.agent.llm.memory import Memory
from verify_agent.agent.llm.provider import Piece, ProviderError, Reply, Request, Trouble

CAPACITY = 64 * 1024 * 1024
FORMAT = 2
DAMAGED = ".damaged"
MOST_SET_ASIDE = 8


@dataclass(frozen=True)
class Answers:
    """A folder of answers; `capacity` in bytes. `memory` is asked before it."""

    folder: Path
    capacity: int = CAPACITY
    memory: Memory | None = None
    heard: Callable[[str], None] = lambda text: None

    def find(self, request: Request, number: int) -> Reply | None:
        """The answer that was kept; None where there is none that can be read."""
        path = self._path(request, number)
        near = self.memory.find(path.name) if self.memory else None
        if near is not None:
            if path.is_file():
                with contextlib.suppress(OSError):
                    os.utime(path)
            else:  # a replay reads it there
                self.keep(request, number, near)
            return near
        found = self._read(path, request, "digest")
        if found is not None and self.memory:
            self.memory.keep(path.name, found, len(found.text.encode("utf-8", "replace")))
        return found

    def replayed(self, request: Request, number: int) -> Reply | None:
        """The answer that some model gave to this conversation, the last one used first."""
        wanted = f"{request.conversation[:32]}-*-{number}.json"
        kept = [p for p in self._entries() if p.match(wanted)]
        return next((r for p in kept if (r := self._read(p, request, "conversation"))), None)

    def keep(self, request: Request, number: int, reply: Reply) -> None:
        """Keep an answer, in the place of those least recently used."""
        said = asdict(reply)
        record = {
            "format": FORMAT,
            "sha256": _sum(said),
            "digest": request.digest,
            "conversation": request.conversation,
            "request": asdict(request),
            "reply": said,
        }
        text = json.dumps(record, indent=1)
        size = len(text.encode())
        path = self._path(request, number)
        if self.memory:
            near = replace(reply, cached=True)
            self.memory.keep(path.name, near, len(reply.text.encode("utf-8", "replace")))
        if not may_enter(size, self.capacity):
            return
        others = [(p, s) for p in self._entries() if p != path and (s := _size(p)) is not None]
        stay = entries_kept([s for _, s in others], self.capacity, size)
        for gone, _ in others[stay:]:
            gone.unlink(missing_ok=True)
        write_atomically(path, text)

    def _entries(self) -> list[Path]:
        """The files, the one used last first; those that another run takes away are left out."""
        if not self.folder.is_dir():
            return []
        found = []
        for path in self.folder.glob("*.json"):
            with contextlib.suppress(OSError):
                found.append((path.stat().st_mtime_ns, path.name, path))
        return [p for *_, p in sorted(found, reverse=True)]

    def _path(self, request: Request, number: int) -> Path:
        name = f"{request.conversation[:32]}-{request.digest[:16]}-{number}.json"
        return self.folder / name

    def _read(self, path: Path, request: Request, key: str) -> Reply | None:
        try:
            text = path.read_bytes()
        except OSError:
            return None
        try:
            data = json.loads(text)
            if data["format"] != FORMAT:
                return None
            if data["sha256"] != _sum(data["reply"]):
                raise ValueError("the sum is another")
            if data[key] != getattr(request, key):
                return None
            reply = Reply(**{**data["reply"], "cached": True})
        except (ValueError, KeyError, TypeError) as problem:
            self._set_aside(path, type(problem).__name__)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return reply

    def _set_aside(self, path: Path, why: str) -> None:
        """Out of the way, for whoever wants to look; only the last few are kept."""
        aside = path.with_suffix(DAMAGED)
        try:
            path.replace(aside)
            older = sorted(self.folder.glob(f"*{DAMAGED}"), key=lambda p: (p != aside, p.name))
            for gone in older[MOST_SET_ASIDE:]:
                gone.unlink(missing_ok=True)
        except OSError:
            self.heard(f"a kept answer is damaged ({why}) and can't be moved: {path.name}")
            return
        self.heard(f"a kept answer was damaged ({why}) and is set aside: {aside.name}")


def _sum(reply: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(reply, sort_keys=True).encode()).hexdigest()


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


@dataclass(frozen=True)
class Replay:
    """A provider that has nothing but answers of an earlier run."""

    name: str = "replay"

    def stream(self, request: Request, deadline: float) -> Iterator[Piece]:
        """Never an answer of its own: what was recorded was looked up before."""
        raise ProviderError(Trouble.NOT_RECORDED, self.name, request.digest[:12])
