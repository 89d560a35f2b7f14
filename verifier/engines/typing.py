"""The typing engine: mypy in strict mode over source text.

mypy gets the module as text and no path: with a path that exists it reads the disk, and accepts
wrong code that was never looked at. It runs in this process, one build at a time, and never
executes the code.
"""

from __future__ import annotations

import gc
import itertools
import json
import os
import re
import sys
import tempfile
import threading
import time
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from verify_agent.verifier.engines.base import Findings, Limits
from verify_agent.verifier.evidence import Attempt, Verdict
from verify_agent.verifier.own_folders import own_folder
from verify_agent.verifier.subject import Subject, types_obligation

if TYPE_CHECKING:
    from mypy.fscache import FileSystemCache

NAME = "typing"
ASSUMPTION = "mypy and the type stubs that it reads"
_ONE_BUILD_AT_A_TIME = threading.Lock()
_BUILDS_BETWEEN = 8
_builds = itertools.count(1)
_MUTED = re.compile(r"#\s*type:\s*ignore")
_CONFIGURED = re.compile(r"#\s*mypy:")


@dataclass(frozen=True)
class TypeMessage:
    """One of mypy's errors; the line counts from 1, the column from 0."""

    line: int
    message: str
    column: int = 0
    code: str = ""

    def __str__(self) -> str:
        tail = f" [{self.code}]" if self.code else ""
        return f"line {self.line}: {self.message}{tail}"


@dataclass(frozen=True)
class TypingEngine:
    """Answers the obligation `types`: does mypy, as strict as it can be, accept the module?

    `cache` is the folder of mypy's own cache (standard library only, never the candidate's),
    `python` the interpreter whose installed packages the code may import.
    """

    cache: str = ""
    python: str = ""

    @property
    def name(self) -> str:
        """The name under which attempts are recorded."""
        return NAME

    def check(self, subject: Subject, limits: Limits, seed: int) -> Findings:
        """One attempt: `PROVED` where mypy accepts the module, else `UNKNOWN` with its words.

        A rejection is no refutation: it shows no input that breaks anything.
        """
        started = time.perf_counter()
        outcome, reason, details, assumptions = self._judge(subject)
        attempt = Attempt(
            NAME,
            outcome,
            reason,
            version=_version(),
            seconds=time.perf_counter() - started,
            details=details,
            assumptions=assumptions,
        )
        return Findings({types_obligation(subject).id: attempt})

    def _judge(self, subject: Subject) -> tuple[Verdict, str, tuple[str, ...], tuple[str, ...]]:
        configured, muted = _comments(subject.source)
        if configured:
            reason = f"the module configures mypy itself at line {configured[0]}"
            return Verdict.UNKNOWN, reason, (), ()
        try:
            messages = check_text(
                subject.source,
                module=subject.module if subject.roots else "candidate",
                roots=subject.roots,
                package=Path(subject.path).name == "__init__.py",
                cache=self.cache,
                python=self.python,
            )
        except Exception as broken:
            return Verdict.ERROR, f"mypy broke: {type(broken).__name__}: {broken}", (), ()
        if messages:
            details = tuple(str(m) for m in messages)
            return Verdict.UNKNOWN, f"mypy: {details[0]}", details, ()
        ignored = tuple(f"mypy is told to ignore line {line}" for line in muted)
        return Verdict.PROVED, "", (), (ASSUMPTION, *ignored)


def check_text(
    source: str,
    *,
    module: str = "candidate",
    roots: tuple[str, ...] = (),
    package: bool = False,
    cache: str = "",
    python: str = "",
) -> tuple[TypeMessage, ...]:
    """mypy's strict errors about this text, in the order of lines; nothing is executed.

    `module` is the dotted name under which relative imports are resolved in `roots`, `package`
    says that the text is an `__init__.py`. The text wins over a file of that name.

    >>> check_text("def f(x: int) -> str:\\n    return x\\n")[0].line
    2
    """
    with _ONE_BUILD_AT_A_TIME:
        try:
            found = _build(source, module, roots, package, cache or default_cache(), python)
        except Exception as broken:
            if "locked" not in str(broken):
                raise
            found = _build(source, module, roots, package, os.devnull, python)
        _collect_garbage()
    return tuple(sorted(found, key=lambda m: (m.line, m.column)))


def default_cache() -> str:
    """A private folder for mypy's cache, made where it is missing; `os.devnull` for none."""
    return own_folder("mypy") or os.devnull


def _build(
    source: str, module: str, roots: tuple[str, ...], package: bool, cache: str, python: str
) -> list[TypeMessage]:
    from mypy import build
    from mypy.errors import CompileError
    from mypy.fscache import FileSystemCache
    from mypy.main import process_options
    from mypy.modulefinder import BuildSource

    arguments = [
        "--strict",
        "--config-file=",
        f"--cache-dir={cache}",
        "--output=json",
        "--follow-imports=silent",
        f"--python-executable={python or sys.executable}",
        "-c",
        "pass",
    ]
    _, options = process_options(arguments)
    options.mypy_path = list(roots)
    path = _absent_path() + "/__init__.py" if package else None
    messages: list[str]
    try:
        # Without an `alt_lib_path` mypy looks for imports in the current folder.
        messages = build.build(
            [BuildSource(path, module, source)],
            options,
            alt_lib_path=_absent_path(),
            fscache=_standard_files() if not roots else FileSystemCache(),
        ).errors
    except CompileError as stopped:
        messages = stopped.messages
    return [m for m in map(_message, messages) if m is not None]


def _message(text: str) -> TypeMessage | None:
    """One of mypy's JSON lines; `None` for a note. Plain text is an error without a place."""
    try:
        raw = json.loads(text)
    except ValueError:
        return TypeMessage(1, text)
    match raw:
        case {"severity": "note"}:
            return None
        case {"line": int(line), "column": int(column), "message": str(message), **rest}:
            return TypeMessage(max(line, 1), message, max(column, 0), str(rest.get("code") or ""))
        case _:
            return TypeMessage(1, text)


def _comments(source: str) -> tuple[list[int], list[int]]:
    """The lines of comments that configure mypy, and of those that silence a line."""
    configured: list[int] = []
    muted: list[int] = []
    try:
        for token in tokenize.generate_tokens(StringIO(source).readline):
            if token.type == tokenize.COMMENT:
                if _CONFIGURED.match(token.string):
                    configured.append(token.start[0])
                elif _MUTED.search(token.string):
                    muted.append(token.start[0])
    except (tokenize.TokenError, SyntaxError):
        pass  # mypy says what is wrong with it
    return configured, muted


@lru_cache(maxsize=1)
def _standard_files() -> FileSystemCache:
    """What mypy read of the standard library, kept in this process: files that never change."""
    from mypy.fscache import FileSystemCache

    return FileSystemCache()


@lru_cache(maxsize=1)
def _absent_path() -> str:
    return os.path.join(tempfile.gettempdir(), f"absent-{os.getpid()}-{os.urandom(8).hex()}")


def _collect_garbage() -> None:
    """A build leaves some five megabytes of cycles, and mypy keeps the collector away.

    Looking through all of a process takes longer than a build, so it is done for several.
    """
    if next(_builds) % _BUILDS_BETWEEN == 0:
        gc.unfreeze()
        gc.collect()


def _version() -> str:
    from mypy.version import __version__

    return str(__version__)


def versions() -> Mapping[str, str]:
    """The tool that this engine rests on."""
    return {"mypy": _version()}
