"""What every engine says of a task's candidates, recorded once: a suite to judge policies on.

Each engine was run alone and warm, so that any order of tools can be replayed without running
one (`policy_replay`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

#: CrossHair once all is proved and tested has a shorter limit: its words are recorded apart.
SYMBOLIC_AFTER_PROOF = "symbolic after proof"


@dataclass(frozen=True)
class Words:
    """What an engine said and how long it took: (obligation, verdict, reason, call) each."""

    seconds: float
    attempts: tuple[tuple[str, str, str, str], ...]
    unsupported: str = ""


@dataclass(frozen=True)
class Proposed:
    """A candidate, what it took to find it, and every engine's words about it."""

    source: str
    strategy: str
    cost: int
    seconds: float
    words: Mapping[str, Words]


@dataclass(frozen=True)
class Recording:
    """One task: its file's text, the contract's examination, its candidates in their order.

    `last_seconds` is what the search took that found no more; 0 where none was made.
    """

    name: str
    task: str
    standing: str
    explanation: str
    unsupported: str
    examine_seconds: float
    candidates: tuple[Proposed, ...]
    last_seconds: float = 0.0


def write_recordings(path: Path, recordings: Iterable[Recording]) -> None:
    """Write a suite as JSON, one task a line."""
    lines = (json.dumps(asdict(r), separators=(",", ":")) for r in recordings)
    path.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def read_recordings(path: Path) -> tuple[Recording, ...]:
    """A suite that was written; raises `OSError`, `ValueError`, `KeyError` or `TypeError`."""
    return tuple(_recording(raw) for raw in json.loads(path.read_text(encoding="utf-8")))


def _recording(raw: Mapping[str, Any]) -> Recording:
    candidates = tuple(
        Proposed(**{**c, "words": {e: _words(w) for e, w in c["words"].items()}})
        for c in raw["candidates"]
    )
    return Recording(**{**raw, "candidates": candidates})


def _words(raw: Mapping[str, Any]) -> Words:
    attempts = tuple((i, verdict, reason, call) for i, verdict, reason, call in raw["attempts"])
    return Words(raw["seconds"], attempts, raw["unsupported"])
