"""The process that runs foreign code: it enters the layers, calls one function, writes once."""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from verify_agent.verifier.sandbox import layers, wire
from verify_agent.verifier.sandbox.policy import Layer, Policy

_TEXT_LIMIT = 8_000


@dataclass(frozen=True)
class Order:
    """What a job does: `target` is `module:function`, called with `payload`."""

    target: str
    payload: Any
    policy: Policy
    roots: tuple[str, ...]
    outer: tuple[Layer, ...]
    folder: str
    user: int | None


def run(order: Order, result: int, printed: int, token: bytes) -> None:
    """Never returns: the process ends here, with sealed records on its pipe: layers, result."""
    try:
        layers_active = _enter(order, result, printed)
        _write(result, token, json.dumps({"layers": layers_active}).encode())
        message = _call(order, layers_active)
        body = json.dumps(message, default=_refuse).encode()
    except MemoryError as error:
        body = json.dumps({"memory": f"MemoryError: {error}"}).encode()
    except BaseException as error:
        body = json.dumps({"error": _told(error)}).encode()
    _write(result, token, body)
    os._exit(0)


def _write(result: int, token: bytes, body: bytes) -> None:
    data = memoryview(wire.seal(token, body))
    while data:
        data = data[os.write(result, data) :]


def _enter(order: Order, result: int, printed: int) -> list[Layer]:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (printed, 1), (printed, 2)):
        os.dup2(source, target)
    _close_all_but({0, 1, 2, result})
    os.chdir(order.folder)
    os.environ.update(HOME=order.folder, TMPDIR=order.folder)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    inner = layers.enter_job(order.policy, order.folder, order.user, order.roots)
    return [*order.outer, *inner]


def _call(order: Order, active: Sequence[Layer]) -> dict[str, Any]:
    missing = sorted(order.policy.required - set(active))
    if missing:
        return {"weak": missing}
    sys.path[:0] = [root for root in order.roots if root not in sys.path]
    module, _, name = order.target.partition(":")
    function = getattr(importlib.import_module(module), name)
    value = function(order.payload)
    sys.stdout.flush()
    sys.stderr.flush()
    return {"value": value}


def _close_all_but(kept: set[int]) -> None:
    ordered: Sequence[int] = sorted(kept)
    for low, high in pairwise(ordered):
        os.closerange(low + 1, high)
    os.closerange(ordered[-1] + 1, 65_536)


def _refuse(value: object) -> object:
    raise TypeError(f"the job's result holds a {type(value).__name__}, which JSON can't carry")


def _told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))[-_TEXT_LIMIT:]
