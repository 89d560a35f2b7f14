"""What is delivered: the module, its tests, the report, and for a target a unified diff."""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from verify_agent.agent.task import REPAIR, WHOLE_MODULE, Task
from verify_agent.agent.task_subject import standing_alone
from verify_agent.verifier.errors import BadInput
from verify_agent.verifier.evidence import Report


@dataclass(frozen=True)
class Delivery:
    """Files by path, the module first; `diff` is the change to the codebase, if any."""

    module: Path
    files: Mapping[Path, str]
    diff: str = ""
    encoding: str = "utf-8"

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files in the order in which they are written."""
        return tuple(self.files)


def delivery(task: Task, candidate: str, report: Report) -> Delivery:
    """All files for a candidate that was accepted, as text; nothing is written.

    The module carries the contract as it was given. For a `target` it is the codebase's file
    with only the body replaced, and a `.diff` stands beside it.
    """
    from verify_agent.agent.artifacts_tests import render_tests
    from verify_agent.verifier.report.json_ import render_json
    from verify_agent.verifier.report.text import render_text

    output = task.output
    module = delivered_module(task, candidate)
    diff = unified_diff(task, module)
    files = {
        output: module,
        output.with_name(f"test_{output.stem}.py"): formatted(render_tests(task, output.parent)),
        output.with_name(f"{output.stem}.report.json"): render_json(report),
        output.with_name(f"{output.stem}.report.txt"): render_text(report),
    }
    if diff:
        files[output.with_name(f"{output.stem}.diff")] = diff
    encoding = task.origin.encoding if task.origin is not None else "utf-8"
    return Delivery(output, files, diff, encoding)


def delivered_module(task: Task, candidate: str) -> str:
    """The text of the module to write, formatted where it is wholly ours."""
    if task.in_codebase or task.kind in WHOLE_MODULE:
        return task.module_text(candidate)
    title = f"`{task.signature.name}`, with its contract."
    return formatted(
        standing_alone(task.contract, task.signature, candidate, title, task.description)
    )


def unified_diff(task: Task, module: str) -> str:
    """The change to the target's file as a patch for the codebase's root.

    Empty without a target; a repair of inline source is a change to the module that is written.
    """
    if task.origin is None or (task.origin.path is None and task.kind != REPAIR):
        return ""
    name = task.output.name
    if task.origin.path is not None:
        root = task.origin.subject.roots[0]
        name = Path(os.path.relpath(task.origin.path, root)).as_posix()
    before, after = (text.split("\n") for text in (task.origin.text, module))
    lines = difflib.unified_diff(
        [f"{line}\n" for line in before[:-1]] + before[-1:] * bool(before[-1]),
        [f"{line}\n" for line in after[:-1]] + after[-1:] * bool(after[-1]),
        f"a/{name}",
        f"b/{name}",
    )
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines
    )


@lru_cache(maxsize=64)
def formatted(source: str) -> str:
    """The source as `ruff format` leaves it; unchanged where ruff is not there or refuses.

    Settings of a project around are left out, so that the same task gives the same text.
    """
    command = [*ruff(), "format", "--isolated", "--line-length", "100", "-"]
    try:
        done = subprocess.run(command, input=source, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return source
    return done.stdout if done.returncode == 0 else source


@cache
def ruff() -> tuple[str, ...]:
    """The command that starts ruff: its program beside this interpreter, else by way of Python."""
    beside = os.path.join(os.path.dirname(sys.executable), "ruff")
    return (beside,) if os.access(beside, os.X_OK) else (sys.executable, "-m", "ruff")


def write(made: Delivery) -> tuple[Path, ...]:
    """Write every file, each in one piece or not at all; the paths, the module's first.

    The module is written last, so that it is never there without its tests and report.
    """
    for path, text in reversed(list(made.files.items())):
        encoding = made.encoding if path == made.module else "utf-8"
        write_atomically(path, text, encoding)
    return made.paths


def write_atomically(path: Path, text: str, encoding: str = "utf-8") -> None:
    """Put the text into the file in one step, keeping its permissions; `BadInput` if it can't."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding=encoding, newline="") as file:
                file.write(text)
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as problem:
        raise BadInput(f"it can't be written: {problem.strerror}", where=str(path)) from problem


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current
