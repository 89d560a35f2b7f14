"""A server with a small command, and clients for it: `python programs.py serve|ask|hesitate`."""

import json
import os
import signal
import subprocess
import sys
import time

from verify_agent.agent.server import wire
from verify_agent.agent.server.client import served
from verify_agent.agent.server.identity import identity
from verify_agent.agent.server.server import Place, Server, Terms
from verify_agent.verifier import spawn


def command(argv: list[str]) -> int:
    match argv:
        case ["show", *_]:
            seen = {
                "argv": sys.argv[1:],
                "cwd": os.getcwd(),
                "own": os.environ.get("OWN"),
                "input": sys.stdin.read(),
                "umask": os.umask(0),
                "sockets": [n for n in os.listdir("/proc/self/fd") if is_socket(n)],
            }
            print(json.dumps(seen))
            print("to the errors", file=sys.stderr)
        case ["exit", code]:
            return int(code)
        case ["die", number]:
            os.kill(os.getpid(), int(number))
        case ["wait", path]:
            with open(path, "w", encoding="utf-8") as file:
                file.write(str(os.getpid()))
            try:
                time.sleep(60)
            except KeyboardInterrupt:
                print("interrupted", flush=True)
                return 130
        case ["leave", path]:
            child = subprocess.Popen(["sleep", "60"], start_new_session=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(str(child.pid))
        case ["fork"]:
            process = spawn.start("tests_programs:echo", ["7"], piped=True)
            print(type(process).__name__, process.stdout.read().decode(), process.wait())
    return 0


def is_socket(number: str) -> bool:
    try:
        return os.readlink(f"/proc/self/fd/{number}").startswith("socket:")
    except OSError:
        return False


def echo(text: str) -> None:
    print(text, os.isatty(0), spawn.forked(), flush=True)


def serve(root: str, *numbers: str) -> None:
    signal.alarm(600)  # no test leaves a server behind
    sys.modules["tests_programs"] = sys.modules["__main__"]
    own = identity(root)
    idle, jobs = (float(n) for n in numbers or ("60", "1000"))
    with Place.of(root) as place:
        spawn.warm()
        server = Server(root, own, place, command, Terms(idle, int(jobs)))
        print(server.serve(lambda: print("ready", flush=True)).name, flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(*sys.argv[2:])
    else:
        if sys.argv[1] == "hesitate":
            wire.GO = b"?"
        code = served(sys.argv[2:])
        print("alone" if code is None else f"served {code}", file=sys.stderr)
        raise SystemExit(code or 0)
