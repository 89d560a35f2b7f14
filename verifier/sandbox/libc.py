"""System calls that Python has no function for, by ctypes. Linux only."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from functools import cache

LINUX = sys.platform == "linux"

PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_SET_SECCOMP = 22
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAPBSET_DROP = 24

MS_PRIVATE_RECURSIVE = 0x40000 | 0x4000
MS_NO_SUID_DEV_EXEC = 2 | 4 | 8
MNT_DETACH = 2

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def machine() -> str:
    """`x86_64`, `aarch64`, or what else the processor calls itself."""
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(platform.machine(), platform.machine())


def syscall(number: int, *arguments: int | ctypes.Array[ctypes.c_char] | None) -> int:
    """The call's result; `OSError` where the kernel says no."""
    passed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    result = int(_libc().syscall(ctypes.c_long(number), *passed))
    if result < 0:
        raise _failure()
    return result


def prctl(option: int, second: int = 0, third: int = 0) -> None:
    """`OSError` where the kernel says no."""
    arguments = [ctypes.c_ulong(n) for n in (second, third, 0, 0)]
    if _libc().prctl(ctypes.c_int(option), *arguments) < 0:
        raise _failure()


def unshare(flags: int) -> None:
    """Leave namespaces; `OSError` where the kernel says no."""
    if _libc().unshare(ctypes.c_int(flags)) < 0:
        raise _failure()


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """`OSError` where the kernel says no."""
    texts = [text.encode() for text in (source, target, kind)]
    if _libc().mount(*texts, ctypes.c_ulong(flags), data.encode()) < 0:
        raise _failure()


def unmount(target: str) -> None:
    """Detach what is mounted there; `OSError` where the kernel says no."""
    if _libc().umount2(target.encode(), MNT_DETACH) < 0:
        raise _failure()


def keep_capabilities(kept: frozenset[int]) -> None:
    """Drop all capabilities of this process but those."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    low = sum(1 << c for c in kept)
    data = (ctypes.c_uint32 * 6)(low, low, 0, 0, 0, 0)
    if _libc().capset(ctypes.byref(header), ctypes.byref(data)) < 0:
        raise _failure()


def _failure() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
