"""Git asked to read, so that nothing which a repository's configuration names is ever run.

Only objects are read: the index and the working tree stay untouched, so that no filter, monitor or
hook has a reason to run. The others (pager, external diff, text conversion, signature programs,
transports of a partial clone) are turned off by options, which go above any configuration.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

#: Of git's own variables those that say where a person's own settings are; the others could name
#: another repository or a program.
_KEPT = frozenset(
    {"GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM", "GIT_CONFIG_SYSTEM"}
)
_SET = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OFF = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "log.showSignature=false")
_NO_PROGRAMS = ("--no-ext-diff", "--no-textconv", "--no-color")


@dataclass(frozen=True)
class Answer:
    """What git printed. `problem` says why that is not all, or nothing; empty where all is well.

    `late` says that the time was over: `output` is what had come by then.
    """

    output: bytes
    problem: str = ""
    late: bool = False


def log(folder: Path, name: str, form: str, most: int, seconds: float) -> Answer:
    """The commits that changed a file of the folder, newest first, through its renames.

    Each in the given format with the raw line of the file, fields ended by a zero byte.
    """
    shown = ("--follow", "--raw", "-z", "--no-abbrev", "--no-show-signature", *_NO_PROGRAMS)
    wanted = (f"--max-count={most}", f"--format=tformat:{form}")
    return asked(folder, ("log", *shown, *wanted, "--", name), seconds)


def changed_with(folder: Path, commits: Sequence[str], seconds: float) -> Answer:
    """For each commit its id and the files that it changed, all ended by a zero byte."""
    shown = ("--stdin", "-r", "-z", "--root", "--name-only", "--no-renames", *_NO_PROGRAMS)
    return asked(folder, ("diff-tree", *shown), seconds, _lines(commits))


def sizes(folder: Path, blobs: Sequence[str], seconds: float) -> Answer:
    """A line `ID blob BYTES` for each object, `ID missing` for one that is not here."""
    return asked(folder, ("cat-file", "--batch-check"), seconds, _lines(blobs))


def contents(folder: Path, blobs: Sequence[str], seconds: float) -> Answer:
    """For each object the line of `sizes`, its bytes, and the end of a line."""
    return asked(folder, ("cat-file", "--batch"), seconds, _lines(blobs))


def asked(folder: Path, command: Sequence[str], seconds: float, data: bytes = b"") -> Answer:
    """What a reading command prints in a folder, within so many seconds."""
    options = [part for setting in _OFF for part in ("-c", setting)]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k in _KEPT}
    try:
        done = subprocess.run(
            ["git", "--no-pager", "--literal-pathspecs", *options, *command],
            cwd=folder,
            input=data,
            capture_output=True,
            timeout=max(0.1, seconds),
            check=False,
            env={**environment, **_SET},
        )
    except FileNotFoundError:
        return Answer(b"", "git is not installed")
    except subprocess.TimeoutExpired as late:
        return Answer(late.stdout or b"", f"not all was read in {seconds:.0f} s", late=True)
    except OSError as problem:
        return Answer(b"", f"git can't be run: {problem.strerror}")
    if done.returncode == 0:
        return Answer(done.stdout)
    told = " ".join(done.stderr.decode(errors="replace").split("\n", 1)[0].split())
    return Answer(done.stdout, told.removeprefix("fatal: ") or f"git ended with {done.returncode}")


def _lines(names: Sequence[str]) -> bytes:
    return "".join(f"{name}\n" for name in names).encode()
