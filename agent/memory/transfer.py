"""Memory as a file: a header and a record a line, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

from verify_agent.agent.artifacts import write_atomically
from verify_agent.agent.memory.records import Damaged, from_text, to_text
from verify_agent.agent.memory.store import Memory
from verify_agent.verifier.errors import BadInput

_HEADER = {"format": "verify-agent memory", "version": 1}


def export_to(memory: Memory, path: Path) -> int:
    """Write all records, the one used last first; how many."""
    records = memory.everything()
    lines = [json.dumps(_HEADER), *map(to_text, records)]
    try:
        write_atomically(path, "\n".join(lines) + "\n")
    except OSError as problem:
        raise BadInput(f"it can't be written: {problem.strerror}", where=str(path)) from problem
    return len(records)


def import_from(memory: Memory, path: Path) -> int:
    """Keep what `export_to` wrote; how many records. `BadInput` and no change for another file.

    What comes in is only proposed, and checked as any candidate: the file need not be trusted.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as problem:
        raise BadInput(f"it can't be read: {problem.strerror}", where=str(path)) from problem
    except UnicodeDecodeError as problem:
        raise BadInput("it is no text", where=str(path)) from problem
    if not lines or not _is_header(lines[0]):
        expected = "a file that `verify-agent memory export` wrote"
        raise BadInput("it is no exported memory", expected=expected, where=str(path))
    records = []
    for number, line in enumerate(lines[1:], 2):
        try:
            records.append(from_text(line))
        except Damaged as problem:
            raise BadInput(f"a damaged record: {problem}", where=f"{path}:{number}") from problem
    return memory.keep(*reversed(records))


def _is_header(line: str) -> bool:
    try:
        return bool(json.loads(line) == _HEADER)
    except ValueError:
        return False
