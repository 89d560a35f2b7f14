"""Landlock: what a process may read and write, by kernel rules (Linux 5.13 and later).

Constants and structures are those of <linux/landlock.h>.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from collections.abc import Iterable

from verify_agent.verifier.sandbox import libc

# The three system calls bear the same number on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_MAKE_DEVICE_OR_SOCKET = 1 << 6 | 1 << 9 | 1 << 10 | 1 << 11
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_HIGHEST_RIGHT = {1: 12, 2: 13, 3: 14, 4: 14}
_ALL_TCP = 1 | 2
_ABSTRACT_SOCKETS_AND_SIGNALS = 1 | 2


def version() -> int:
    """The kernel's Landlock interface version; 0 where it has none."""
    try:
        return libc.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG) if libc.LINUX else 0
    except OSError:
        return 0


def restrict(readable: Iterable[str], writable: Iterable[str], *, execute: bool) -> None:
    """Let this process read only those paths and what is beneath, write only beneath those.

    Paths that are not there are passed over. `OSError` where the kernel has no Landlock.
    Needs no-new-privileges.
    """
    interface = version()
    if not interface:
        raise OSError("no Landlock")
    handled = (1 << _HIGHEST_RIGHT.get(interface, 15) + 1) - 1
    ruleset = _create(interface, handled)
    reading = _READ_FILE | _READ_DIR | (_EXECUTE if execute else 0)
    writing = handled & ~(_MAKE_DEVICE_OR_SOCKET | _EXECUTE)
    try:
        for path in readable:
            _allow(ruleset, path, reading)
        for path in writable:
            _allow(ruleset, path, writing)
        libc.syscall(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _create(interface: int, handled: int) -> int:
    network = _ALL_TCP if interface >= 4 else 0
    scoped = _ABSTRACT_SOCKETS_AND_SIGNALS if interface >= 6 else 0
    size = 24 if interface >= 6 else 16 if interface >= 4 else 8
    attributes = struct.pack("=QQQ", handled, network, scoped)[:size]
    return libc.syscall(_CREATE_RULESET, ctypes.create_string_buffer(attributes, size), size, 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        target = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(target).st_mode):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, target)
        buffer = ctypes.create_string_buffer(rule, len(rule))
        libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, buffer, 0)
    finally:
        os.close(target)
