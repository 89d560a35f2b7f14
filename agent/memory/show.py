"""What is remembered, as text."""

from __future__ import annotations

from verify_agent.agent.memory.records import Failure, Record, Solved
from verify_agent.agent.memory.store import Memory

SHORT = 12


def overview(memory: Memory) -> str:
    """A line a record, the one used last first, and how full memory is."""
    records = memory.everything()
    solved = sum(isinstance(r, Solved) for r in records)
    used = f"{memory.size / 1024:.0f} KiB of {memory.capacity / 1024 / 1024:.0f} MiB"
    head = f"{solved} solved, {len(records) - solved} refuted candidates, {used}"
    return "\n".join([head, *map(_line, records)])


def whole(memory: Memory, key: str) -> str:
    """All that is remembered under keys that begin so; empty where that is nothing."""
    found = [r for r in memory.everything() if r.key.startswith(key)]
    return "\n\n".join(map(_all, found))


def _line(record: Record) -> str:
    match record:
        case Solved():
            return f"{record.key[:SHORT]}  {record.verdict:<9}  {record.title}"
        case Failure():
            return f"{record.key[:SHORT]}  refuted    {record.title} by {record.inputs}"


def _all(record: Record) -> str:
    lines = [_line(record), "", record.program]
    if isinstance(record, Solved):
        lines += ["", f"found by: {record.strategy}", f"asked: {record.form}"]
        lines += [f"invariant: {i}" for i in record.invariants]
        lines += [f"proof: {p}" for p in record.proofs]
    return "\n".join(lines)
