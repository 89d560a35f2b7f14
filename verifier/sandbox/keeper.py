"""A fork server: a clean process that has imported modules and forks a supervisor per job.

It never runs foreign code. Each job comes as one end of a socket pair, sent over the control
socket; when that socket is closed the keeper ends.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

from verify_agent.verifier.sandbox import layers, wire
from verify_agent.verifier.sandbox.policy import Layer
from verify_agent.verifier.sandbox.supervisor import supervise


def main(control: int, settings: str) -> None:
    """Serve until the host is gone; `settings` is JSON with `preload` and `disabled`."""
    asked: dict[str, Any] = json.loads(settings)
    channel = socket.socket(fileno=control)
    try:
        _import(asked["preload"])
        active = layers.enter_keeper(frozenset(Layer(name) for name in asked["disabled"]))
    except (ImportError, OSError) as error:
        wire.send(channel, {"broken": f"{type(error).__name__}: {error}"})
        return
    # Supervisors are nobody's to wait for: the system reaps them.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    layers.own_readable_paths()
    gc.freeze()
    wire.send(channel, {"ready": os.getpid()})
    _serve(channel, active)


def _import(names: Sequence[str]) -> None:
    """Import what jobs need; compiled modules are kept if there is a folder for them.

    A job knows of no such folder: it can neither read nor write it.
    """
    sys.dont_write_bytecode = not sys.pycache_prefix
    for name in names:
        importlib.import_module(name)
    sys.dont_write_bytecode, sys.pycache_prefix = True, None


def _serve(channel: socket.socket, active: tuple[Layer, ...]) -> None:
    serial = 0
    while True:
        data, handles, _, _ = socket.recv_fds(channel, 1, 1)
        if not data:
            return
        serial += 1
        if os.fork() == 0:
            _be_supervisor(channel, socket.socket(fileno=handles[0]), active, serial)
        os.close(handles[0])


def _be_supervisor(
    control: socket.socket, channel: socket.socket, active: tuple[Layer, ...], serial: int
) -> None:
    status = 1
    try:
        control.close()
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        supervise(channel, active, serial)
        status = 0
    except EOFError:
        status = 0
    except BaseException as error:
        # The edge of a process: whatever broke here must reach the host as a broken tool.
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
    finally:
        os._exit(status)
