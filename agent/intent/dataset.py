"""The labelled queries, and which of them are held out.

One file a kind, one query a line. What is held out is decided by the query's own digest, so that
a new query never moves another one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.intent.kinds import KINDS

FOLDER = Path(__file__).with_name("queries")
CONTEXTS = "contexts.json"
#: One in so many is held out.
HELD_OUT = 4


@dataclass(frozen=True)
class Query:
    """A query with its kind, and the marks of a target that goes with it."""

    text: str
    kind: str
    marks: tuple[str, ...] = ()

    @property
    def held_out(self) -> bool:
        """Whether training must not see it."""
        return hashlib.sha256(self.text.encode()).digest()[0] % HELD_OUT == 0


def queries(folder: Path = FOLDER) -> list[Query]:
    """All of them without targets; `ValueError` where one has two kinds or stands there twice."""
    found: dict[str, Query] = {}
    for kind in KINDS:
        for line in (folder / f"{kind}.txt").read_text(encoding="utf-8").splitlines():
            text = line.strip()
            if not text:
                continue
            if text in found:
                raise ValueError(f"`{text}` is both {found[text].kind} and {kind}")
            found[text] = Query(text, kind)
    return list(found.values())


def with_targets(plain: list[Query], folder: Path = FOLDER) -> list[Query]:
    """Each query with one of the targets that go with its kind, in turn.

    Which do is our opinion, not a measurement: one asks to implement what has no body.
    """
    contexts = json.loads((folder / CONTEXTS).read_text(encoding="utf-8"))
    made, turn = [], dict.fromkeys(KINDS, 0)
    for query in plain:
        marks = contexts[query.kind][turn[query.kind] % len(contexts[query.kind])]
        turn[query.kind] += 1
        made.append(Query(query.text, query.kind, tuple(marks.split())))
    return made


def digest(folder: Path = FOLDER) -> str:
    """The SHA-256 of the data set, in hexadecimal."""
    files = [folder / f"{kind}.txt" for kind in KINDS] + [folder / CONTEXTS]
    return hashlib.sha256(b"\0".join(f.read_bytes() for f in files)).hexdigest()
