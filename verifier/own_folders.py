"""Folders of this tool's own in the user's cache, and the compiled modules kept in one of them."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # type checkers take it for true; this module is on the way to `--help`
if TYPE_CHECKING:
    from collections.abc import MutableMapping

_PREFIX, _SILENT = "PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE"


def own_folder(name: str) -> str:
    """A folder in the user's cache that nobody else can write, made where it is missing.

    Empty where there can't be one.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    folder = os.path.join(base, "verify-agent", name)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        seen = os.stat(folder)
    except OSError:
        return ""
    mine = seen.st_uid == os.geteuid() and not seen.st_mode & 0o022
    return folder if mine and os.access(folder, os.W_OK) else ""


def keep_bytecode(environment: MutableMapping[str, str] = os.environ) -> None:
    """Keep compiled modules in a folder of our own where Python is told to keep none beside them.

    A run starts many short processes; each would compile all that it imports. Where Python keeps
    compiled modules anyway, or is told where, nothing changes. Processes that are started later
    inherit it.
    """
    if not sys.dont_write_bytecode or sys.pycache_prefix or sys.flags.ignore_environment:
        return
    folder = own_folder("bytecode")
    if folder:
        environment.pop(_SILENT, None)
        environment[_PREFIX] = sys.pycache_prefix = folder
        sys.dont_write_bytecode = False
