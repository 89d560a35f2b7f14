"""A worker process: imports one engine at once, then answers requests until its pipe closes.

Started by `run_workers.Worker`. The candidate itself never runs in here: an engine that
executes code does so in the sandbox.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any


@dataclass(frozen=True)
class Request:
    """Call `module:function` with these arguments."""

    target: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class Answer:
    """What the call returned, or what it raised, in words."""

    value: Any = None
    problem: str = ""


def main(descriptor: str, warm_up: str) -> None:
    """Serve requests on a pipe's end; `warm_up` is a `module:function` to call first."""
    _die_with_parent()
    pipe = Connection(int(descriptor))
    try:
        _target(warm_up)()
    except Exception as problem:  # the edge of a process; the first request will tell
        print(f"warm-up of {warm_up}: {problem}", file=sys.stderr)
    while True:
        try:
            request: Request = pipe.recv()
        except (EOFError, OSError):
            return
        answer = _answer(request)
        try:
            pipe.send(answer)
        except (TypeError, AttributeError, ValueError) as problem:  # what can't be pickled
            pipe.send(Answer(problem=f"the answer can't be sent: {problem}"))


def _die_with_parent() -> None:
    """Ask Linux to kill this process when the run is killed; elsewhere the closed pipe ends it."""
    from verify_agent.verifier.sandbox.libc import PR_SET_PDEATHSIG, prctl

    with contextlib.suppress(OSError, AttributeError):
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _answer(request: Request) -> Answer:
    try:
        return Answer(_target(request.target)(*request.arguments))
    except Exception as problem:  # the edge of a process: the cause goes back in words
        last = traceback.extract_tb(problem.__traceback__)[-1]
        place = f"{os.path.basename(last.filename)}:{last.lineno}"
        return Answer(problem=f"{type(problem).__name__}: {problem} ({place})")


def _target(name: str) -> Callable[..., Any]:
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found
