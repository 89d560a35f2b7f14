"""Whether a warm process can stand in for a process that has just started.

What Python reads only once, at its start, must be the same on both sides; what can be set later
comes with each job. Where it differs the client works by itself.
"""

from __future__ import annotations

import os
import resource
import sys

_AT_START = ("PYTHON", "LC_", "LANG", "LD_", "MALLOC_", "OPENBLAS", "OMP_", "ASAN")
#: Where compiled modules are kept: that changes nothing but the time of a start.
_OF_CACHES = ("PYTHONPYCACHEPREFIX", "PYTHONDONTWRITEBYTECODE")
_NAMESPACES = ("mnt", "user", "net", "pid", "ipc")
_LIMITS = tuple(sorted(name for name in dir(resource) if name.startswith("RLIMIT_")))


def identity(root: str) -> dict[str, str]:
    """What must agree, as texts, for the project in that folder."""
    start = os.stat("/")
    variables = {k: v for k, v in os.environ.items() if k.startswith(_AT_START)}
    for name in _OF_CACHES:
        variables.pop(name, None)
    return {
        "project": root,
        "package": os.path.dirname(os.path.dirname(os.path.realpath(__file__))),
        "python": f"{sys.executable} {sys.version}",
        "flags": f"{_flags()} {sys._xoptions} {sys.warnoptions}",
        "path": repr(sys.path if sys.flags.safe_path else sys.path[1:]),
        "variables": repr(sorted(variables.items())),
        "encodings": f"{sys.getfilesystemencoding()} {sys.getdefaultencoding()}",
        "user": f"{os.getuid()} {os.geteuid()} {os.getgid()} {os.getegid()} {os.getgroups()}",
        "namespaces": " ".join(_namespace(name) for name in _NAMESPACES),
        "file system": f"{start.st_dev} {start.st_ino}",
        "limits": repr([resource.getrlimit(getattr(resource, n)) for n in _LIMITS]),
    }


def difference(one: dict[str, str], other: dict[str, str]) -> str:
    """The first thing that differs; empty where nothing does."""
    names = dict.fromkeys((*one, *other))
    return next((name for name in names if one.get(name) != other.get(name)), "")


def _flags() -> str:
    kept = (part for part in str(sys.flags).split(", ") if "dont_write_bytecode" not in part)
    return ", ".join(kept)


def _namespace(name: str) -> str:
    try:
        return os.readlink(f"/proc/self/ns/{name}")
    except OSError:
        return ""
