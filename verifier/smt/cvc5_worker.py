"""The child process around cvc5: reads jobs, writes answers, one JSON object a line.

It dies with its parent, takes no more memory than a job may, and lets a hang be ended from
outside by killing it.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from typing import Any

from verify_agent.verifier import spawn

_PR_SET_PDEATHSIG = 1


def main(parent: str) -> None:
    """Serve until the input ends; `parent` is the number of the process that started this one."""
    try:
        _serve(int(parent))
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(1)


def _serve(parent: int) -> None:
    _die_with(parent)
    inherited = _inherited()
    # cvc5 writes warnings to the standard output; answers go where they can't reach.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        import cvc5
    except ImportError as error:
        _send(answers, {"missing": str(error)})
        return
    _send(answers, {"ready": cvc5.__version__})
    for line in sys.stdin:
        job = json.loads(line)
        _limit_memory(job["memory_mb"], inherited)
        _send(answers, {"id": job["id"], **_run(cvc5, job)})


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def _limit_memory(megabytes: int, inherited: int) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = (megabytes << 20) + inherited if megabytes else hard
    resource.setrlimit(resource.RLIMIT_AS, (wanted if hard < 0 else min(wanted, hard), hard))


def _inherited() -> int:
    """Bytes of address space that came with a fork, which no job has asked for."""
    if not spawn.forked():
        return 0
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


def _send(stream: Any, message: dict[str, Any]) -> None:
    stream.write(json.dumps(message) + "\n")
    stream.flush()


def _run(cvc5: Any, job: dict[str, Any]) -> dict[str, Any]:
    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    for name, value in job["options"].items():
        solver.setOption(name, value)
    symbols = cvc5.SymbolManager(manager)
    parser = cvc5.InputParser(solver, symbols)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, job["text"], "query")
    outputs: list[tuple[str, str]] = []
    try:
        while not (command := parser.nextCommand()).isNull():
            output = command.invoke(solver, symbols)
            if "std::bad_alloc" in output:
                raise MemoryError
            if output:
                outputs.append((command.getCommandName(), output.strip()))
    except MemoryError:
        return {"memory": "out of memory"}
    except RuntimeError as error:
        if "std::bad_alloc" in str(error):
            return {"memory": "out of memory"}
        return {"refused": str(error), "outputs": outputs}
    return {"outputs": outputs, "units": _units(solver)}


def _units(solver: Any) -> int:
    try:
        return int(solver.getStatistics().get(True, True)["resource::resourceUnitsUsed"]["value"])
    except (KeyError, TypeError, ValueError, RuntimeError):
        return 0  # a statistic's name is no promise; the answer is worth having without it
