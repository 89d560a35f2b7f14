"""The command line in a process of its own: progress line by line, killed when nobody waits."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import sysconfig
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, PIPE

import anyio
from anyio.abc import ByteReceiveStream, Process

Heard = Callable[[str], Awaitable[None]]
_MOST_OUTPUT = 200_000
_GRACE_SECONDS = 2.0


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    output: str
    errors: str


def program() -> list[str]:
    """How to start the command line without putting the current folder on the module path."""
    script = Path(sysconfig.get_path("scripts"), "verify-agent")
    return [sys.executable, *([str(script)] if script.is_file() else ["-P", "-m", "verify_agent"])]


async def run(arguments: list[str], folder: Path, heard: Heard) -> Ended:
    """Run the command line in a folder; `heard` gets each line that it says meanwhile.

    When the caller is cancelled the command is interrupted, and killed if that is of no use.
    """
    process = await anyio.open_process(
        [*program(), *arguments],
        cwd=folder,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )
    texts: dict[str, str] = {}

    async def read(name: str, stream: ByteReceiveStream) -> None:
        texts[name] = await _lines(stream, heard)

    try:
        async with anyio.create_task_group() as group:
            assert process.stdout is not None
            assert process.stderr is not None
            group.start_soon(read, "output", process.stdout)
            group.start_soon(read, "errors", process.stderr)
        code = await process.wait()
    finally:
        with anyio.CancelScope(shield=True):
            await _end(process)
    return Ended(code, texts["output"], texts["errors"])


async def _lines(stream: ByteReceiveStream, heard: Heard) -> str:
    """All that comes, as text; each whole line is told at once."""
    text, rest = bytearray(), bytearray()
    async for chunk in stream:
        text += chunk[: max(0, _MOST_OUTPUT - len(text))]
        rest += chunk
        *whole, last = bytes(rest).split(b"\n")
        rest = bytearray(last)
        for line in whole:
            await heard(line.decode(errors="replace"))
    return text.decode(errors="replace")


async def _end(process: Process) -> None:
    for number in (signal.SIGINT, signal.SIGKILL):
        if process.returncode is not None:
            break
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with anyio.move_on_after(_GRACE_SECONDS):
            await process.wait()
    await process.aclose()
