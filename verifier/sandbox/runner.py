"""The host's side: run a function in the sandbox and get a typed outcome."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import verify_agent
from verify_agent.verifier.errors import SandboxTooWeak, ToolMissing
from verify_agent.verifier.sandbox import wire
from verify_agent.verifier.sandbox.policy import (
    Completed,
    Crashed,
    Forbidden,
    Killed,
    Layer,
    Outcome,
    OutOfMemory,
    Policy,
    TimedOut,
    TooMuchOutput,
)

_GRACE_SECONDS = 3.0
_START_SECONDS = 180.0
_ENTRY = (
    "import sys, json; a = sys.argv; "
    "sys.path += [p for p in json.loads(a[1]) if p not in sys.path]; "
    "from verify_agent.verifier.sandbox.keeper import main; main(int(a[2]), a[3])"
)


_shared: dict[tuple[str, tuple[str, ...], frozenset[Layer]], socket.socket] = {}


class Zygote:
    """A warm keeper: forks each job from a clean process that has imported `preload` already.

    Calls may come from several threads at once. Close it, or use it as a context manager; it
    also ends by itself when this process does.
    """

    def __init__(
        self,
        policy: Policy = Policy(),  # noqa: B008 - frozen
        *,
        python: str | None = None,
        preload: Sequence[str] = (),
    ) -> None:
        self.policy = policy
        self._python = python or sys.executable
        self._preload = tuple(preload)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._sharing = True
        self._channels: set[socket.socket] = set()

    def call(
        self,
        target: str,
        payload: Any = None,
        *,
        wall_seconds: float | None = None,
        memory_mb: int | None = None,
        roots: Sequence[str] = (),
    ) -> Outcome:
        """Run `module:function` with a payload that JSON can carry, in a process of its own.

        `roots` are folders that the job may read and from which it may import. `SandboxTooWeak`
        where a layer that the policy requires is not active (nothing was run then),
        `ToolMissing` where the interpreter does not start.
        """
        policy = self.policy
        if wall_seconds is not None:
            cpu = max(1, round(wall_seconds + 0.5))
            policy = replace(policy, wall_seconds=wall_seconds, cpu_seconds=cpu)
        if memory_mb is not None:
            policy = replace(policy, memory_mb=memory_mb)
        with self._new_channel() as channel:
            answer = _ask(channel, policy, target, payload, roots)
        return _outcome(answer, policy)

    def close(self) -> None:
        """End the keeper; jobs that still run end with it."""
        with self._lock:
            for channel in self._channels:
                with contextlib.suppress(OSError):
                    channel.shutdown(socket.SHUT_RDWR)
            self._drop()

    def start(self) -> Self:
        """Start the keeper now, so that the first call does not wait for its imports."""
        with self._lock:
            self._running()
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _new_channel(self) -> Iterator[socket.socket]:
        """A socket to a supervisor of its own; closing it cancels the job."""
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                self._hand_over(theirs)
                self._channels.add(ours)
            try:
                yield ours
            finally:
                with self._lock:
                    self._channels.discard(ours)

    def _hand_over(self, channel: socket.socket) -> None:
        try:
            socket.send_fds(self._running(), [b"j"], [channel.fileno()])
        except OSError:
            # The keeper was ended from outside: one new one, and no more.
            self._drop()
            self._sharing = False
            try:
                socket.send_fds(self._running(), [b"j"], [channel.fileno()])
            except OSError as error:
                raise ToolMissing(f"the sandbox's keeper ended: {error}") from error

    def _drop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            _end(self._process)
        self._process = self._control = None

    def _running(self) -> socket.socket:
        if self._control is None:
            key = (self._python, self._preload, self.policy.disabled)
            if self._sharing and key in _shared:
                self._control = _shared[key].dup()
            else:
                self._process, self._control = _start(self._python, self._preload, self.policy)
        return self._control

    def share(self) -> int:
        """Let every zygote like this one use its keeper, here and in processes forked from here.

        The descriptor that forked processes must keep open. Closing a zygote ends its own jobs
        only; the keeper ends with the last process that has it.
        """
        with self._lock:
            control = self._running()
            _shared[self._python, self._preload, self.policy.disabled] = control
        return control.fileno()


class Sandbox:
    """Runs each call in a fresh interpreter. The same calls as `Zygote`, without a warm process.

    >>> outcome = Sandbox().call("verify_agent.verifier.sandbox.probe:echo", [1, "a"])
    >>> outcome.value
    [1, 'a']
    """

    def __init__(self, policy: Policy = Policy(), *, python: str | None = None) -> None:  # noqa: B008
        self.policy = policy
        self._python = python

    def call(
        self,
        target: str,
        payload: Any = None,
        *,
        wall_seconds: float | None = None,
        memory_mb: int | None = None,
        roots: Sequence[str] = (),
    ) -> Outcome:
        """See `Zygote.call`."""
        with Zygote(self.policy, python=self._python) as zygote:
            return zygote.call(
                target, payload, wall_seconds=wall_seconds, memory_mb=memory_mb, roots=roots
            )


def _start(
    python: str, preload: Sequence[str], policy: Policy
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    settings = json.dumps({"preload": list(preload), "disabled": sorted(policy.disabled)})
    path = json.dumps(_module_path(python))
    options = ["-s", "-P", "-B", "-X", "utf8"]
    if sys.pycache_prefix:
        options += ["-X", f"pycache_prefix={sys.pycache_prefix}"]
    command = [python, *options, "-c", _ENTRY, path, str(theirs.fileno()), settings]
    try:
        with theirs:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env={"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "PATH": os.defpath},
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                cwd="/",
            )
    except OSError as error:
        ours.close()
        raise ToolMissing(f"can't start {python}: {error}") from error
    ours.settimeout(_START_SECONDS)
    try:
        hello = wire.receive(ours)
    except (EOFError, OSError, TimeoutError) as error:
        hello = {"broken": _last_words(process) or str(error)}
    if "broken" in hello:
        ours.close()
        _end(process)
        raise ToolMissing(
            f"the sandbox's interpreter does not start: {hello['broken']}", where=python
        )
    return process, ours


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stderr is not None:
        process.stderr.close()


def _last_words(process: subprocess.Popen[bytes]) -> str:
    process.kill()
    assert process.stderr is not None
    lines = process.stderr.read(4_000).decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else ""


def _module_path(python: str) -> list[str]:
    """Where the keeper finds modules: as this process does, or only this package."""
    if python == sys.executable:
        return [os.path.abspath(p) for p in sys.path if p]
    return [str(Path(verify_agent.__file__).parents[1])]


def _ask(
    channel: socket.socket, policy: Policy, target: str, payload: Any, roots: Sequence[str]
) -> dict[str, Any]:
    fields = {**asdict(policy), "required": sorted(policy.required)}
    fields["disabled"] = sorted(policy.disabled)
    request = {"target": target, "payload": payload, "policy": fields}
    request["roots"] = [os.path.abspath(root) for root in roots]
    channel.settimeout(policy.wall_seconds + _GRACE_SECONDS)
    supervisor = 0
    try:
        supervisor = wire.receive(channel)["supervisor"]
        wire.send(channel, request)
        answer: dict[str, Any] = wire.receive(channel)
    except TimeoutError:
        # The supervisor itself did not come back: the job dies with it.
        with contextlib.suppress(ProcessLookupError):
            if supervisor:
                os.kill(supervisor, signal.SIGKILL)
        return {"stopped": "wall", "seconds": policy.wall_seconds}
    except (EOFError, OSError) as error:
        raise ToolMissing(f"the sandbox's supervisor ended: {error}") from error
    return answer


def _outcome(answer: dict[str, Any], policy: Policy) -> Outcome:
    body = answer.get("body") or {}
    seen: dict[str, Any] = {
        "seconds": answer.get("seconds", 0.0),
        "output": answer.get("output", ""),
        "layers": tuple(answer.get("layers", ())),
    }
    match answer["stopped"]:
        case "wall" | "cancelled":
            return TimedOut("wall", policy.wall_seconds, **seen)
        case "output":
            return TooMuchOutput(policy.output_bytes, **seen)
        case "result":
            return TooMuchOutput(policy.result_bytes, **seen)
        case "":
            pass
        case other:
            raise ToolMissing(f"the sandbox gave an unknown reason to stop: {other}")
    if answer["forged"]:
        return Forbidden("something other than the result was written to its channel", **seen)
    if body:
        return _by_body(body, seen)
    return _by_status(answer, policy, seen)


def _by_body(body: dict[str, Any], seen: dict[str, Any]) -> Outcome:
    if "weak" in body:
        raise SandboxTooWeak(
            f"layers of isolation are missing: {', '.join(body['weak'])}",
            expected="all that the policy requires",
            advice="require fewer layers, or run where the kernel has them",
        )
    if "memory" in body:
        return OutOfMemory(body["memory"], **seen)
    if "error" in body:
        return Crashed(body["error"], **seen)
    return Completed(body["value"], **seen)


def _by_status(answer: dict[str, Any], policy: Policy, seen: dict[str, Any]) -> Outcome:
    status = answer["status"]
    if not os.WIFSIGNALED(status):
        code = os.waitstatus_to_exitcode(status)
        return Crashed(f"the process ended without a result, with exit status {code}", **seen)
    number = os.WTERMSIG(status)
    if number in (signal.SIGKILL, signal.SIGXCPU) and answer["cpu"] >= policy.cpu_seconds - 0.2:
        return TimedOut("cpu", policy.cpu_seconds, **seen)
    if number == getattr(signal, "SIGSYS", None):
        return Forbidden("a forbidden system call", **seen)
    if "bad_alloc" in seen["output"] or "MemoryError" in seen["output"]:
        return OutOfMemory(seen["output"][-500:], **seen)
    return Killed(number, **seen)


def probe(python: str = "") -> tuple[str, ...]:
    """The layers that are active on this machine, found by entering them once.

    For `RunRecord.sandbox`. Cached for the life of this process. `ToolMissing` where no job can
    be run at all.
    """
    return _probed(python)


@cache
def _probed(python: str) -> tuple[str, ...]:
    outcome = Sandbox(python=python or None).call("verify_agent.verifier.sandbox.probe:echo")
    if not isinstance(outcome, Completed):
        raise ToolMissing(f"the sandbox does not work here: {outcome}")
    return outcome.layers
