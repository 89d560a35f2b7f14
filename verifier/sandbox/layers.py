"""Puts the layers of isolation on the calling process, just before it runs foreign code.

Every step that the machine or the policy does not have is left out of what is returned; nothing
is claimed that the kernel did not accept.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import sysconfig
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from verify_agent.verifier.sandbox import landlock, libc, seccomp
from verify_agent.verifier.sandbox.policy import Layer, Policy

_SYSTEM_LIBRARIES = (
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/usr/share/zoneinfo",
    "/System/Library",
    "/dev/null",
    "/dev/zero",
    "/dev/random",
    "/dev/urandom",
)
_PACKAGE_FOLDERS = ("site-packages", "dist-packages", "lib-dynload")
_FIRST_USER, _LAST_USER = 1_610_612_736, 2_013_265_920


def enter_keeper(disabled: frozenset[Layer]) -> tuple[Layer, ...]:
    """Layers for the process that forks jobs: namespaces, which its children inherit."""
    if not libc.LINUX:
        return ()
    active = []
    if os.geteuid() != 0 and Layer.USER_NAMESPACE not in disabled and _own_user_namespace():
        active.append(Layer.USER_NAMESPACE)
    if Layer.NETWORK_NAMESPACE not in disabled and _done(
        libc.unshare, libc.CLONE_NEWNET | libc.CLONE_NEWIPC
    ):
        active.append(Layer.NETWORK_NAMESPACE)
    return tuple(active)


def enter_supervisor(disabled: frozenset[Layer]) -> tuple[Layer, ...]:
    """Layers for the process that watches one job, so that no child of it can get away."""
    active = []
    if libc.LINUX and Layer.SUBREAPER not in disabled:
        libc.prctl(libc.PR_SET_CHILD_SUBREAPER, 1)
        active.append(Layer.SUBREAPER)
    if (
        libc.LINUX
        and Layer.PID_NAMESPACE not in disabled
        and _done(libc.unshare, libc.CLONE_NEWPID)
    ):
        active.append(Layer.PID_NAMESPACE)
    return tuple(active)


def limit_folder(folder: str, policy: Policy) -> bool:
    """Put a file system of limited size on the folder, seen by this process's children alone."""
    if not libc.LINUX or Layer.FOLDER_QUOTA in policy.disabled:
        return False
    size = f"size={policy.folder_bytes},nr_inodes=4096,mode=700"
    return (
        _done(libc.unshare, libc.CLONE_NEWNS)
        and _done(libc.mount, "none", "/", "none", libc.MS_PRIVATE_RECURSIVE)
        and _done(libc.mount, "tmpfs", folder, "tmpfs", libc.MS_NO_SUID_DEV_EXEC, size)
    )


def enter_job(
    policy: Policy, folder: str, user: int | None, roots: Iterable[str]
) -> tuple[Layer, ...]:
    """Layers for the process that runs foreign code, in the order in which they must come."""
    active = [Layer.PROCESS_GROUP, Layer.EMPTY_ENVIRONMENT, Layer.PRIVATE_FOLDER]
    limit_resources(policy, own_user=user is not None)
    active.append(Layer.RLIMITS)
    if not libc.LINUX:
        return tuple(active)
    readable = tuple(dict.fromkeys((*own_readable_paths(), *roots, *policy.readable)))
    steps: list[tuple[Layer, Callable[[], None]]] = [
        (Layer.NO_NEW_PRIVILEGES, lambda: libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)),
        (
            Layer.LANDLOCK,
            lambda: landlock.restrict(
                readable, (folder, "/dev/null"), execute=policy.processes > 1
            ),
        ),
        (Layer.OWN_USER, lambda: _become(user, readable, Layer.LANDLOCK in active)),
        (
            Layer.PARENT_DEATH_SIGNAL,
            lambda: libc.prctl(libc.PR_SET_PDEATHSIG, signal.SIGKILL),
        ),
        (Layer.SECCOMP, lambda: seccomp.install(os.getpid(), forking=policy.processes > 1)),
    ]
    for layer, step in steps:
        if layer not in policy.disabled and _done(step):
            active.append(layer)
    return tuple(active)


def limit_resources(policy: Policy, *, own_user: bool) -> None:
    """Resource limits; memory is counted from what the process has already."""
    size, data = _memory_now()
    granted = policy.memory_mb << 20
    limits = {
        # The soft limit is a signal, which the first process of a namespace does not get.
        resource.RLIMIT_CPU: (policy.cpu_seconds, policy.cpu_seconds),
        # Allocators and threads' stacks reserve address space that they never use.
        resource.RLIMIT_AS: (size + granted + (512 << 20),) * 2,
        resource.RLIMIT_DATA: (data + granted,) * 2,
        resource.RLIMIT_FSIZE: (policy.file_bytes,) * 2,
        resource.RLIMIT_NOFILE: (64, 64),
        resource.RLIMIT_CORE: (0, 0),
    }
    if own_user and policy.processes + policy.threads:
        # The count is per user: of the person's own processes it would say nothing.
        limits[resource.RLIMIT_NPROC] = (policy.processes + policy.threads,) * 2
    for name, pair in limits.items():
        _lower(name, pair)


def job_user(serial: int) -> int | None:
    """A user id that nobody else has, for one job; `None` where this process can't change it."""
    if os.geteuid() != 0:
        return None
    width = _LAST_USER - _FIRST_USER
    wanted = _FIRST_USER + (os.getpid() * 4_096 + serial) % width
    return wanted if _mapped(wanted) else 65_534


@cache
def own_readable_paths() -> tuple[str, ...]:
    """Python's libraries, this package and the system's shared libraries; found once."""
    folders = [sysconfig.get_paths()[k] for k in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [p for p in sys.path if os.path.basename(p) in _PACKAGE_FOLDERS]
    folders += [p for p in sys.path if p.endswith(".zip")]
    folders += [os.path.join(prefix, "lib") for prefix in (sys.prefix, sys.base_prefix)]
    package = Path(__file__).resolve().parents[2]
    here = Path(sys.modules["verify_agent"].__file__ or package).parent
    folders += [str(here), *(os.path.realpath(p) for p in here.iterdir() if p.is_symlink())]
    return tuple(dict.fromkeys([*folders, *_SYSTEM_LIBRARIES]))


def _become(user: int | None, readable: Iterable[str], landlocked: bool) -> None:
    if user is None:
        if os.geteuid() == 0:
            raise OSError("no other user to become")
        libc.keep_capabilities(frozenset())
        raise OSError("still the person's own user")
    kept = frozenset[int]()
    if not all(_open_to_all(path) for path in readable if os.path.exists(path)):
        # Python may stand in a folder that only root can enter. The capability to read gives
        # nothing beyond Landlock's list, and without Landlock it must not be given.
        if not landlocked:
            raise OSError("Python's libraries can't be read by another user")
        kept = frozenset({libc.CAP_DAC_READ_SEARCH})
        libc.prctl(libc.PR_SET_KEEPCAPS, 1)
    for capability in range(64):
        if not _done(libc.prctl, libc.PR_CAPBSET_DROP, capability):
            break
    os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    libc.keep_capabilities(kept)


def _open_to_all(path: str) -> bool:
    real = Path(path).resolve()
    above = all(parent.stat().st_mode & 0o001 for parent in real.parents)
    return above and bool(real.stat().st_mode & 0o004)


def _own_user_namespace() -> bool:
    # Some systems allow the namespace but nothing in it, and there is no way back: try first.
    child = os.fork()
    if child == 0:
        os._exit(0 if _done(_enter_user_namespace) else 1)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]):
        return False
    return _done(_enter_user_namespace)


def _enter_user_namespace() -> None:
    user, group = os.geteuid(), os.getegid()
    libc.unshare(libc.CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(text)


def _mapped(user: int) -> bool:
    try:
        rows = Path("/proc/self/uid_map").read_text().splitlines()
    except OSError:
        return not libc.LINUX
    ranges = [(int(row.split()[0]), int(row.split()[2])) for row in rows]
    return any(first <= user < first + count for first, count in ranges)


def _memory_now() -> tuple[int, int]:
    """Bytes of address space and of private data that the process has; 0 where unknown."""
    try:
        pages = Path("/proc/self/statm").read_text().split()
    except OSError:
        return 0, 0
    return int(pages[0]) * resource.getpagesize(), int(pages[5]) * resource.getpagesize()


def _lower(name: int, pair: tuple[int, int]) -> None:
    hard = resource.getrlimit(name)[1]
    if hard != resource.RLIM_INFINITY:
        pair = (min(pair[0], hard), min(pair[1], hard))
    # macOS does not take every limit of memory; what counts there is the parent's deadline.
    _done(resource.setrlimit, name, pair)


def _done(step: Callable[..., None], *arguments: object) -> bool:
    try:
        step(*arguments)
    except (OSError, ValueError):
        return False
    return True
