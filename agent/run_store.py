"""The folder of state, `.verify-agent/`: one SQLite file with the runs and what happened in them.

Write-ahead logging, so that readers never block; each event is committed as it comes, so that a
run that is killed loses nothing that it reported.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify_agent.agent.abstraction import abstract_state
from verify_agent.agent.loop import Decision
from verify_agent.agent.policy_counts import observations
from verify_agent.agent.state import State

FOLDER = ".verify-agent"
FILE = "state.sqlite"

_SCHEMA = """
create table if not exists runs (
    id text primary key, started text not null, task text not null, argv text not null,
    seed integer not null, ending text, exit_code integer, seconds real, report text
);
create table if not exists events (
    run text not null references runs(id), number integer not null, at real not null,
    kind text not null, state text not null, action text not null, record text not null
);
create index if not exists events_of_run on events (run, number);
"""


@dataclass(frozen=True)
class Run:
    """The row of a run; `started` is ISO 8601 in UTC."""

    id: str
    started: str
    task: str
    argv: tuple[str, ...]
    seed: int


@dataclass
class Store:
    """An open state file."""

    connection: sqlite3.Connection

    def begin(self, run: Run) -> None:
        """Put a run on record before anything of it happens."""
        row = (run.id, run.started, run.task, json.dumps(run.argv), run.seed)
        with self.connection:
            self.connection.execute(
                "insert into runs (id, started, task, argv, seed) values (?, ?, ?, ?, ?)", row
            )

    def event(
        self, run: str, number: int, at: float, kind: str, decision: Decision, record: Any
    ) -> None:
        """Put one event on record; `at` in seconds since the run's start."""
        row = (run, number, at, kind, decision.state.name, decision.action, json.dumps(record))
        with self.connection:
            self.connection.execute("insert into events values (?, ?, ?, ?, ?, ?, ?)", row)

    def end(self, run: str, state: State, report: str) -> None:
        """Put the ending and the report (JSON) on record."""
        ending = state.ending.value if state.ending else None
        code = state.ending.exit_code if state.ending else None
        with self.connection:
            self.connection.execute(
                "update runs set ending = ?, exit_code = ?, seconds = ?, report = ? where id = ?",
                (ending, code, state.seconds, report, run),
            )

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def open_store(folder: Path) -> Store:
    """The state file in a folder, made where it is missing.

    Raises `sqlite3.Error` or `OSError` where the folder can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / FILE, timeout=10)
    connection.execute("pragma journal_mode = wal")
    connection.execute("pragma synchronous = normal")
    connection.executescript(_SCHEMA)
    return Store(connection)


@dataclass
class Recorder:
    """A journal that writes a run's trajectory to the store as it happens."""

    store: Store
    run: str

    def decided(self, number: int, decision: Decision, state: State) -> None:
        """The choice, with the alternatives' values."""
        self.store.event(self.run, number, state.seconds, "decided", decision, decision.values)

    def happened(self, number: int, decision: Decision, before: State, after: State) -> None:
        """The outcome: its class, seconds, the words by obligation, and what can be learned."""
        record = {
            "outcome": after.last.value,
            "seconds": round(after.seconds - before.seconds, 4),
            "candidate": after.candidate.source if after.candidate else None,
            "counterexamples": [c.call for c in after.counterexamples],
            "verdicts": {o.id: o.verdict.value for o in after.obligations},
            "after": abstract_state(after).name,
            "observed": observations(decision.action, before, after),
        }
        self.store.event(self.run, number, after.seconds, "happened", decision, record)

    def ended(self, state: State) -> None:
        """The ending is written with the report, by `Store.end`."""


def trajectory(folder: Path, run: str) -> list[tuple[int, str, str, str, Any]]:
    """The events of a run, in order: number, kind, state, action, record."""
    query = "select number, kind, state, action, record from events where run = ? order by rowid"
    with closing(sqlite3.connect(folder / FILE)) as connection:
        rows = connection.execute(query, (run,)).fetchall()
    return [(n, kind, state, action, json.loads(record)) for n, kind, state, action, record in rows]


def guarded(write: Callable[[], None], complain: Callable[[str], None]) -> bool:
    """Write to the store; a full or read-only disk is told, and does not end a run."""
    try:
        write()
    except (sqlite3.Error, OSError) as problem:
        complain(f"the state folder can't be written: {problem}")
        return False
    return True
