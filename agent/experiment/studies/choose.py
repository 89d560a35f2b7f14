"""Names and folders that a plan gives, checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from verify_agent.verifier.errors import BadInput


def chosen(wanted: Sequence[str], known: Sequence[str], what: str) -> tuple[str, ...]:
    """Those that are wanted, all where none is named; `BadInput` for a name that nothing has."""
    for name in wanted:
        if name not in known:
            raise BadInput(f"there is no {what} `{name}`", expected=", ".join(known))
    return tuple(n for n in known if n in wanted) if wanted else tuple(known)


def files(folder: Path, pattern: str) -> list[Path]:
    """The files of a folder by name; `BadInput` where there are none."""
    if not folder.is_dir():
        raise BadInput("there is no such folder", where=str(folder))
    found = sorted(folder.glob(pattern))
    if not found:
        raise BadInput("nothing to measure is in it", expected=pattern, where=str(folder))
    return found
