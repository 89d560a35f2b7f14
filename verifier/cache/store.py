"""Where entries are kept: a SQLite file in the project, and behind it any place fsspec knows."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from verify_agent.verifier.errors import BadInput, ToolMissing

FILE = "cache.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS journal (
    run TEXT NOT NULL, function TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (run, function)
) WITHOUT ROWID;
"""
_BUSY_SECONDS = 10.0


class Store(Protocol):
    """Texts by key."""

    def get(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The texts that are there."""

    def put(self, key: str, text: str) -> None:
        """Keep a text; a later one under the same key takes its place."""

    def drop(self, key: str) -> None:
        """Forget a key."""

    def close(self) -> None:
        """No more."""


class Local:
    """A SQLite file that a killed process leaves whole. A damaged one is put aside.

    `notes` says what a person must know: that a damaged file was put aside, or that the folder
    can't be written, so that nothing is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.notes: list[str] = []
        self._lock = threading.Lock()
        self._connection = self._opened()

    def get(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The texts that are there."""
        found: dict[str, str] = {}
        with self._guarded() as connection:
            for key in keys:
                row = connection.execute("SELECT text FROM entries WHERE key = ?", (key,))
                found.update((key, text) for (text,) in row.fetchall())
        return found

    def put(self, key: str, text: str) -> None:
        """Keep a text, at once."""
        self._change("INSERT OR REPLACE INTO entries VALUES (?, ?)", (key, text))

    def drop(self, key: str) -> None:
        """Forget a key."""
        self._change("DELETE FROM entries WHERE key = ?", (key,))

    def journal(self, run: str) -> Mapping[str, str]:
        """What a run that was cut had done: texts by function."""
        with self._guarded() as connection:
            rows = connection.execute("SELECT function, text FROM journal WHERE run = ?", (run,))
            return dict(rows.fetchall())
        return {}

    def note_done(self, run: str, function: str, text: str) -> None:
        """A function of a run is done."""
        self._change("INSERT OR REPLACE INTO journal VALUES (?, ?, ?)", (run, function, text))

    def end(self, run: str) -> None:
        """The run came to its end: there is nothing to resume."""
        self._change("DELETE FROM journal WHERE run = ?", (run,))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _change(self, statement: str, values: tuple[str, ...]) -> None:
        with self._guarded() as connection, connection:
            connection.execute(statement, values)

    @contextlib.contextmanager
    def _guarded(self) -> Any:
        """The connection for one step; damage that shows up puts the file aside."""
        with self._lock:
            connection = self._connection
            if connection is None:
                connection = sqlite3.connect(":memory:")
                connection.executescript(_TABLES)
            try:
                yield connection
            except sqlite3.OperationalError as problem:
                self.notes.append(f"the cache can't be used: {problem}")
            except sqlite3.DatabaseError as problem:
                self._aside(problem)
            finally:
                if connection is not self._connection:
                    connection.close()

    def _opened(self) -> sqlite3.Connection | None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            ignore = self.path.parent / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n", encoding="utf-8")
        except OSError as problem:
            self.notes.append(f"nothing is kept: {self.path.parent}: {problem.strerror}")
            return None
        try:
            return _connected(self.path)
        except sqlite3.OperationalError as problem:
            self.notes.append(f"nothing is kept: {self.path}: {problem}")
            return None
        except sqlite3.DatabaseError as problem:
            self._connection = None
            self._aside(problem)
            return self._connection

    def _aside(self, problem: Exception) -> None:
        """Put the damaged file out of the way and begin another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        aside = self.path.with_name(f"{FILE}.damaged")
        try:
            self.path.replace(aside)
            for tail in ("-wal", "-shm"):
                self.path.with_name(FILE + tail).unlink(missing_ok=True)
            self._connection = _connected(self.path)
        except (OSError, sqlite3.Error) as again:
            self.notes.append(f"nothing is kept: the cache is damaged and stays so: {again}")
            return
        self.notes.append(
            f"the cache was damaged ({problem}), put aside as {aside.name} and begun anew"
        )


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_SECONDS, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        (told,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if told != "ok":
            raise sqlite3.DatabaseError(str(told))
        connection.executescript(_TABLES)
    except BaseException:
        connection.close()
        raise
    return connection


@dataclass
class Remote:
    """Entries as files under a URL of fsspec (`s3://...`, `file://...`, `memory://...`)."""

    url: str
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        try:
            import fsspec
        except ImportError as missing:
            raise ToolMissing(
                "`--cache URL` needs fsspec", advice="`pip install 'verify-agent[cache]'`"
            ) from missing
        try:
            self._files, self._root = fsspec.core.url_to_fs(self.url)
        except (ValueError, ImportError) as problem:
            raise BadInput(f"`--cache {self.url}`: {problem}", expected="a URL") from problem

    def get(self, keys: Iterable[str]) -> Mapping[str, str]:
        """The texts that are there."""
        paths = {self._path(key): key for key in keys}
        if not paths:
            return {}
        try:
            found = self._files.cat(list(paths), on_error="omit")
        except Exception as problem:  # the edge of a foreign library: the cache is only a help
            self.notes.append(f"the cache at {self.url} can't be read: {problem}")
            return {}
        ends = {path.rpartition("/")[2]: key for path, key in paths.items()}
        return {
            ends[path.rpartition("/")[2]]: data.decode("utf-8", "replace")
            for path, data in found.items()
        }

    def put(self, key: str, text: str) -> None:
        """Write the file of the key."""
        path = self._path(key)
        try:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(path, text.encode())
        except Exception as problem:  # the edge of a foreign library: the cache is only a help
            self.notes.append(f"the cache at {self.url} can't be written: {problem}")

    def drop(self, key: str) -> None:
        """Remove the file of the key."""
        with contextlib.suppress(Exception):
            self._files.rm_file(self._path(key))

    def close(self) -> None:
        """Nothing is open."""

    def _path(self, key: str) -> str:
        return f"{self._root.rstrip('/')}/{key[:2]}/{key}.json"
