"""What a warm server rests on, so that it can tell when that has changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

_SUFFIXES = (".py", ".json", ".so")
_SETTINGS = ("pyproject.toml",)


def fingerprint(root: str) -> frozenset[tuple[str, int, int, int]]:
    """Path, size, time in nanoseconds and inode of all that counts.

    That is this package, the interpreter, the folders of installed packages (their entries
    change with every installation), and the settings of the project in `root`.
    """
    return frozenset(filter(None, map(_state, _paths(root))))


def _paths(root: str) -> Iterator[str]:
    yield from (os.path.join(root, name) for name in _SETTINGS)
    yield sys.executable
    yield os.path.realpath(sys.executable)
    yield os.path.join(sys.prefix, "pyvenv.cfg")
    yield from (p for p in sys.path if os.path.basename(p).endswith("-packages"))
    package = os.path.dirname(os.path.abspath(sys.modules["verify_agent"].__file__ or ""))
    yield from _files(package)


def _files(folder: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.endswith(_SUFFIXES):
                yield entry.path
            elif entry.name != "__pycache__" and entry.is_dir():
                yield from _files(entry.path)


def _state(path: str) -> tuple[str, int, int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return path, found.st_size, found.st_mtime_ns, found.st_ino
