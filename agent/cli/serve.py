"""`verify-agent serve`: keep the engines warm for `run` and `check` in this project."""

from __future__ import annotations

import argparse
import os
import sys

EPILOG = """The server is for this user and the project of the current folder. `run` and `check`
use it when it is there, and do the same without it; `--no-server` leaves it alone. It ends by
itself when nobody asks for a while, and when its code, Python or the project's settings change.
"""
START_SECONDS = 300.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    from verify_agent.agent.cli.parser import at_least

    parser.epilog = EPILOG
    parser.add_argument(
        "--idle",
        type=at_least(0.1),  # type: ignore[arg-type]
        default=1800.0,
        metavar="SECONDS",
        help="end after so long without a request (1800)",
    )
    parser.add_argument(
        "--jobs",
        type=at_least(1, int),  # type: ignore[arg-type]
        default=500,
        metavar="N",
        help="start afresh after so many jobs (500)",
    )
    parser.add_argument("--background", action="store_true", help="come back at once")
    parser.add_argument("--stop", action="store_true", help="end the server that is running")


def run(args: argparse.Namespace) -> int:
    """Serve until there is a reason to end."""
    from verify_agent.agent.server.place import project_root

    root = project_root(os.getcwd())
    if args.stop:
        return _stop(root)
    if args.background:
        return _in_background(root, args)
    return _serve(root, args)


def _serve(root: str, args: argparse.Namespace) -> int:
    from verify_agent.agent.cli import run_command_line
    from verify_agent.agent.server.identity import identity
    from verify_agent.agent.server.server import Place, Server, Terms, Why
    from verify_agent.agent.server.warm import warm_up
    from verify_agent.verifier.session.jobs import cores

    own, started_with = identity(root), dict(os.environ)
    terms = Terms(args.idle, args.jobs, max(2, cores()))
    with Place.of(root) as place:
        keepers = warm_up()
        why = Server(root, own, place, run_command_line, terms).serve(
            lambda: print(f"serving {root} at {place.path}", flush=True)
        )
        for keeper in keepers:
            keeper.close()
    if why is Why.WORN:
        # What the warm process set for its libraries is no part of how a client is started.
        os.execve(sys.executable, [sys.executable, *_again()], started_with)
    print(f"ended: {why.value}", flush=True)
    return 0


def _again() -> list[str]:
    """The arguments with which this Python was started, without its name."""
    return sys.orig_argv[1:]


def _in_background(root: str, args: argparse.Namespace) -> int:
    import subprocess
    import time

    from verify_agent.agent.server.client import answers
    from verify_agent.verifier.errors import ToolMissing

    command = [a for a in _again() if a != "--background"]
    if answers(root):
        print(f"serving {root} already")
        return 0
    child = subprocess.Popen(
        [sys.executable, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and child.poll() is None:
        if answers(root):
            print(f"serving {root}")
            return 0
        time.sleep(0.05)
    raise ToolMissing("the server did not start", advice="`verify-agent serve` shows why")


def _stop(root: str) -> int:
    import signal
    import time

    from verify_agent.agent.server.client import connected, server_of
    from verify_agent.agent.server.place import socket_path
    from verify_agent.verifier.errors import ToolMissing

    channel = connected(root)
    if channel is None:
        print("no server is running")
        return 0
    with channel:
        pid = server_of(channel)
    os.kill(pid, signal.SIGTERM)
    until = time.monotonic() + 10
    while os.path.exists(socket_path(root)):
        if time.monotonic() > until:
            raise ToolMissing(f"the server, process {pid}, does not end")
        time.sleep(0.02)
    print(f"stopped the server of {root}")
    return 0
