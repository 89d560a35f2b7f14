"""The table of memory in the project's SQLite file, opened with suspicion.

Several processes may have it open at once: write-ahead logging, one short transaction a change,
and a wait of some seconds for a lock. A file that is no sound database is renamed, and another
one begun; what the damaged one said is not read again.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from verify_agent.agent.run_store import FILE

BUSY_SECONDS = 10.0
LOCK = "memory.lock"

TABLE = """
create table if not exists memory (
    kind text not null, key text not null, item text not null, family text not null,
    record text not null, bytes integer not null, used integer not null,
    primary key (kind, key, item)
) without rowid;
create index if not exists memory_used on memory (used);
create index if not exists memory_family on memory (kind, family);
"""


def opened(folder: Path, notes: list[str]) -> sqlite3.Connection:
    """The file in a folder of state, sound; `notes` is told of one that was set aside.

    Raises `sqlite3.Error` or `OSError` where the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE
    try:
        return _connected(path)
    except sqlite3.OperationalError:
        raise
    except sqlite3.DatabaseError:
        with _alone(folder):
            try:
                return _connected(path)  # another process may have set it aside meanwhile
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError as problem:
                aside = set_aside(path)
                notes.append(
                    f"{FILE} was damaged ({problem}), put aside as {aside.name} and begun anew"
                )
                return _connected(path)


def set_aside(path: Path) -> Path:
    """Rename a damaged file, with what belongs to it; the name that it has now."""
    names = (path.with_name(f"{path.name}.damaged{n or ''}") for n in itertools.count())
    aside = next(name for name in names if not name.exists())
    path.replace(aside)
    for tail in ("-wal", "-shm"):
        beside = path.with_name(path.name + tail)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + tail))
    return aside


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = normal")
        with connection:
            connection.executescript(TABLE)
        (told,) = connection.execute("pragma quick_check(memory)").fetchone()
        if told != "ok":
            raise sqlite3.DatabaseError(str(told))
        connection.execute("select kind, key, item, family, record, bytes, used from memory")
    except sqlite3.OperationalError as problem:
        connection.close()
        if "no such column" in str(problem) or "has no column" in str(problem):
            raise sqlite3.DatabaseError(str(problem)) from problem
        raise
    except BaseException:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only one process at a time sets a file aside."""
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
