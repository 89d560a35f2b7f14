"""Memory over runs: bounded, least recently used goes first, safe for several processes.

Nothing here raises because of what is stored: a record that was changed is dropped, a file that
is damaged is set aside, and a folder that can't be written leaves memory empty, with a note.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from verify_agent.agent.llm.lru import entries_kept, may_enter
from verify_agent.agent.memory.database import TABLE, opened
from verify_agent.agent.memory.records import (
    Damaged,
    Failure,
    Record,
    Solved,
    from_text,
    to_text,
)

CAPACITY = 64 * 1024 * 1024
MOST_FAILURES = 64


@dataclass
class Memory:
    """The open memory of a project; `capacity` is in bytes of records, `notes` are for people."""

    folder: Path
    capacity: int = CAPACITY
    notes: list[str] = field(default_factory=list)
    _connection: sqlite3.Connection | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        try:
            self._connection = opened(self.folder, self.notes)
        except (sqlite3.Error, OSError) as problem:
            self.notes.append(f"memory can't be used: {problem}")

    def solved(self, key: str) -> Solved | None:
        """The program that met the contract of that normal form."""
        found = self._read("kind = 'solved' and key = ?", (key,))
        return next((r for r in found if isinstance(r, Solved)), None)

    def relatives(self, family: str) -> tuple[Solved, ...]:
        """The solved contracts over the same types, the one used last first."""
        found = self._read("kind = 'solved' and family = ?", (family,), touch=False)
        return tuple(r for r in found if isinstance(r, Solved))

    def failures(self, key: str) -> tuple[Failure, ...]:
        """What was refuted under a contract, the latest first."""
        found = self._read("kind = 'failed' and key = ?", (key,))
        return tuple(r for r in found if isinstance(r, Failure))

    def everything(self) -> tuple[Record, ...]:
        """All records, the one used last first."""
        return tuple(self._read("1", (), touch=False))

    def keep(self, *records: Record) -> int:
        """Keep records, in the place of those least recently used; how many were kept."""
        if self._connection is None:
            return 0
        with self._changing() as connection:
            return sum(self._put(connection, record) for record in records)
        return 0

    def forget(self, *, key: str | None = None, kind: str | None = None) -> int:
        """Forget what begins with a key and is of a kind, all without either; how many."""
        where = "key >= ? and key < ? and (? is null or kind = ?)"
        start = key or ""
        with self._changing() as connection:
            gone = connection.execute(
                f"delete from memory where {where}", (start, start + "\U0010ffff", kind, kind)
            )
            return gone.rowcount
        return 0

    @property
    def size(self) -> int:
        """Bytes of all records."""
        with self._changing() as connection:
            (total,) = connection.execute("select total(bytes) from memory").fetchone()
            return int(total)
        return 0

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _put(self, connection: sqlite3.Connection, record: Record) -> bool:
        text = to_text(record)
        size = len(text.encode())
        if not may_enter(size, self.capacity):
            return False
        place = (record.kind, record.key, record.item)
        connection.execute("delete from memory where kind = ? and key = ? and item = ?", place)
        self._make_room(connection, size)
        if isinstance(record, Failure):
            _thin_out(connection, record.key)
        connection.execute(
            "insert into memory values (?, ?, ?, ?, ?, ?, ?)",
            (*place, record.family, text, size, _now(connection)),
        )
        return True

    def _make_room(self, connection: sqlite3.Connection, incoming: int) -> None:
        (total,) = connection.execute("select total(bytes) from memory").fetchone()
        if total + incoming <= self.capacity:
            return
        rows = connection.execute("select bytes, used from memory order by used desc").fetchall()
        kept = entries_kept([size for size, _ in rows], self.capacity, incoming)
        connection.execute("delete from memory where used <= ?", (rows[kept][1],))

    def _read(self, where: str, values: tuple[str, ...], *, touch: bool = True) -> list[Record]:
        """The records of some rows; one that was changed is dropped."""
        query = f"select kind, key, item, record from memory where {where} order by used desc"
        found: list[Record] = []
        with self._changing() as connection:
            for *place, text in connection.execute(query, values).fetchall():
                record = self._checked(connection, tuple(place), text)
                if record is not None:
                    found.append(record)
            for record in reversed(found if touch else []):
                connection.execute(
                    "update memory set used = ? where kind = ? and key = ? and item = ?",
                    (_now(connection), record.kind, record.key, record.item),
                )
        return found

    def _checked(
        self, connection: sqlite3.Connection, place: tuple[str, ...], text: str
    ) -> Record | None:
        try:
            record = from_text(text)
            if (record.kind, record.key, record.item) != place:
                raise Damaged("it stands in another's place")
        except Damaged as problem:
            self.notes.append(f"a record of memory was damaged and is forgotten: {problem}")
            connection.execute("delete from memory where kind = ? and key = ? and item = ?", place)
            return None
        return record

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; trouble with the file ends the use of memory, and is told."""
        connection = self._connection
        if connection is None:
            connection = _empty()
        try:
            with connection:
                connection.execute("begin immediate")
                yield connection
        except sqlite3.OperationalError as problem:
            self.notes.append(f"memory can't be used: {problem}")
        except sqlite3.DatabaseError as problem:
            self.notes.append(f"memory is damaged and not used: {problem}")
            self.close()
        finally:
            if connection is not self._connection:
                connection.close()


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(TABLE)
    return connection


def _thin_out(connection: sqlite3.Connection, key: str) -> None:
    """Of one contract's failures only the latest stay."""
    query = "select item from memory where kind = 'failed' and key = ? order by used desc"
    items = connection.execute(query, (key,)).fetchall()
    for (item,) in items[MOST_FAILURES - 1 :]:
        connection.execute(
            "delete from memory where kind = 'failed' and key = ? and item = ?", (key, item)
        )


def _now(connection: sqlite3.Connection) -> int:
    """A number above all that were used: the clock of the order of use."""
    (last,) = connection.execute("select coalesce(max(used), 0) from memory").fetchone()
    return int(last) + 1
