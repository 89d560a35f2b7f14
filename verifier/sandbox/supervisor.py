"""The process that watches one job: forks it, drains its pipes, ends it at a limit, clears up."""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verify_agent.verifier.sandbox import job, layers, libc, wire
from verify_agent.verifier.sandbox.policy import Layer, Policy

_KEPT_OUTPUT = 64_000
_CHUNK = 65_536
_TICK = 0.02
_CLEARING_SECONDS = 2.0
_ENDINGS = {"value", "error", "memory", "weak"}


@dataclass
class Watch:
    """What was seen of a job; `stopped` says why it was ended, if it was."""

    result: bytearray = field(default_factory=bytearray)
    output: bytearray = field(default_factory=bytearray)
    printed: int = 0
    stopped: str = ""
    status: int | None = None
    cpu: float = 0.0


def supervise(channel: socket.socket, outer: tuple[Layer, ...], serial: int) -> None:
    """Take one order from the channel, do it, answer. The host closing the channel cancels."""
    wire.send(channel, {"supervisor": os.getpid()})
    request = wire.receive(channel)
    policy = read_policy(request["policy"])
    outer = (*outer, *layers.enter_supervisor(policy.disabled))
    user = None if Layer.OWN_USER in policy.disabled else layers.job_user(serial)
    folder = tempfile.mkdtemp(prefix="verify-agent-")
    mounted = layers.limit_folder(folder, policy)
    if mounted:
        outer = (*outer, Layer.FOLDER_QUOTA)
    try:
        if user is not None:
            os.chown(folder, user, user)
        order = job.Order(
            request["target"],
            request["payload"],
            policy,
            tuple(request["roots"]),
            outer,
            folder,
            user,
        )
        answer = _do(order, channel)
    finally:
        if mounted:
            libc.unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)
    with contextlib.suppress(OSError):
        wire.send(channel, answer)


def _do(order: job.Order, channel: socket.socket) -> dict[str, Any]:
    result, result_end = os.pipe()
    printed, printed_end = os.pipe()
    token = os.urandom(wire.TOKEN_BYTES)
    began = time.monotonic()
    child = os.fork()
    if child == 0:
        job.run(order, result_end, printed_end, token)
    os.close(result_end)
    os.close(printed_end)
    watch = _watch(child, result, printed, channel, order.policy, began)
    _end_all(child, watch)
    _drain(result, printed, watch, order.policy)
    return {
        "seconds": time.monotonic() - began,
        "cpu": watch.cpu,
        "output": watch.output.decode(errors="replace"),
        "stopped": watch.stopped,
        "status": watch.status,
        **_read_records(token, bytes(watch.result)),
    }


def _read_records(token: bytes, data: bytes) -> dict[str, Any]:
    """What the job said: its layers, then how its call ended; `forged` where it said aught else."""
    bodies, whole = wire.unseal(token, data)
    try:
        records = [json.loads(body) for body in bodies]
    except (ValueError, RecursionError):
        records, whole = [], False
    layers_entered: list[str] = []
    if records and isinstance(records[0], dict) and records[0].keys() == {"layers"}:
        layers_entered = records.pop(0)["layers"]
    # A job that broke before it had entered its layers has one record: what broke.
    ending = records[0] if records else None
    honest = ending is None or (
        isinstance(ending, dict) and len(ending) == 1 and ending.keys() <= _ENDINGS
    )
    return {
        "layers": layers_entered,
        "forged": not whole or len(records) > 1 or not honest,
        "body": ending,
    }


def _watch(
    child: int, result: int, printed: int, channel: socket.socket, policy: Policy, began: float
) -> Watch:
    watch = Watch()
    with selectors.DefaultSelector() as selector:
        for pipe in (result, printed):
            os.set_blocking(pipe, False)
            selector.register(pipe, selectors.EVENT_READ)
        selector.register(channel, selectors.EVENT_READ)
        ended = _exit_notice(child)
        if ended is not None:
            selector.register(ended, selectors.EVENT_READ)
        while not watch.stopped and not _reaped(child, watch):
            left = began + policy.wall_seconds - time.monotonic()
            if left <= 0:
                watch.stopped = "wall"
                break
            for key, _ in selector.select(left if ended is not None else min(left, _TICK)):
                if key.fileobj is channel:
                    watch.stopped = "cancelled"
                elif key.fd in (result, printed) and not _take(key.fd, result, watch, policy):
                    selector.unregister(key.fd)
        if ended is not None:
            os.close(ended)
    return watch


def _exit_notice(child: int) -> int | None:
    """A file that becomes readable when the process ends, where the system has such."""
    try:
        return os.pidfd_open(child)
    except (AttributeError, OSError):
        return None


def _reaped(child: int, watch: Watch) -> bool:
    if watch.status is None:
        pid, status, usage = os.wait4(child, os.WNOHANG)
        if pid:
            watch.status, watch.cpu = status, usage.ru_utime + usage.ru_stime
    return watch.status is not None


def _take(pipe: int, result: int, watch: Watch, policy: Policy) -> bool:
    """Read what is there; false at the end of the pipe."""
    try:
        data = os.read(pipe, _CHUNK)
    except BlockingIOError:
        return True
    if pipe == result:
        watch.result += data
        if len(watch.result) > policy.result_bytes:
            watch.stopped = "result"
    else:
        watch.output += data[: _KEPT_OUTPUT - len(watch.output)]
        watch.printed += len(data)
        if watch.printed > policy.output_bytes:
            watch.stopped = "output"
    return bool(data)


def _drain(result: int, printed: int, watch: Watch, policy: Policy) -> None:
    for pipe in (result, printed):
        with contextlib.suppress(BlockingIOError):
            while watch.stopped not in ("result", "output") and _take(pipe, result, watch, policy):
                pass
        os.close(pipe)


def _end_all(child: int, watch: Watch) -> None:
    """Kill the job and every process that came of it, however it tried to get away."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(child, signal.SIGKILL)
    if watch.status is None:
        _, watch.status, usage = os.wait4(child, 0)
        watch.cpu = usage.ru_utime + usage.ru_stime
    # As their nearest subreaper this process inherits all orphans.
    give_up = time.monotonic() + _CLEARING_SECONDS
    while _reap_some() and time.monotonic() < give_up:
        for orphan in children():
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(orphan, signal.SIGKILL)
        time.sleep(0.001)


def _reap_some() -> bool:
    """Whether this process still has children."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def children() -> list[int]:
    """Processes whose parent this one is; `/proc` lists them for some kernels only."""
    own = os.getpid()
    try:
        text = Path(f"/proc/self/task/{own}/children").read_text()
    except OSError:
        return [
            int(file.parent.name)
            for file in Path("/proc").glob("[0-9]*/stat")
            if _parent(file) == own
        ]
    return [int(pid) for pid in text.split()]


def _parent(stat: Path) -> int:
    try:
        # The name in parentheses may hold anything; the parent is the second field after it.
        return int(stat.read_text().rpartition(")")[2].split()[1])
    except (OSError, IndexError, ValueError):
        return 0


def read_policy(fields: dict[str, Any]) -> Policy:
    """A policy out of what JSON carries."""
    sets = {k: frozenset(Layer(v) for v in fields[k]) for k in ("required", "disabled")}
    return Policy(**{**fields, **sets, "readable": tuple(fields["readable"])})
