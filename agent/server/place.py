"""Where the server of a user and a project has its socket. Imports next to nothing."""

from __future__ import annotations

import binascii
import os
import stat
import sys

#: What marks the folder of a project.
MARKS = ("pyproject.toml", ".git", "setup.cfg")
#: Linux takes no longer path for a socket.
_LONGEST = 107


def project_root(folder: str) -> str:
    """The nearest folder with a mark, from this one upwards; the folder itself where none has."""
    here = start = os.path.realpath(folder)
    while True:
        if any(os.path.exists(os.path.join(here, mark)) for mark in MARKS):
            return here
        above = os.path.dirname(here)
        if above == here:
            return start
        here = above


def runtime_folder() -> str:
    """This user's folder for sockets; not made yet."""
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(base) and len(base) < _LONGEST - 40 and os.path.isdir(base):
        return os.path.join(base, "verify-agent")
    return f"/tmp/verify-agent-{os.geteuid()}"


def socket_path(root: str) -> str:
    """The socket for a project. Another project with the same name for it is told by identity."""
    text = os.fsencode(f"{root}\0{sys.executable}\0{os.path.dirname(__file__)}")
    name = f"{binascii.crc32(text):08x}{binascii.crc32(text[::-1]):08x}"
    return os.path.join(runtime_folder(), f"{name}.sock")


def is_private(folder: str) -> bool:
    """Whether it is a folder of this user's that nobody else can enter."""
    try:
        found = os.lstat(folder)
    except OSError:
        return False
    own = found.st_uid == os.geteuid()
    return stat.S_ISDIR(found.st_mode) and own and not found.st_mode & 0o077
