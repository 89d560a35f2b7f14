"""The versions of one function that git has, newest first, and who made them with what.

Bounded: so many commits of the file, so many bytes of a version, so many seconds. What is left out,
and why, is said in words.
"""

from __future__ import annotations

import ast
import io
import itertools
import re
import time
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from verify_agent.agent.history import git
from verify_agent.agent.task_origin import Function, find_node
from verify_agent.verifier.errors import VerifyAgentError

MOST_COMMITS = 200
MOST_BYTES = 1_000_000
SECONDS = 5.0
_FORM = "%H%x00%at%x00%<(80,trunc)%an%x00%<(80,trunc)%s"
_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_RAW = re.compile(r"\s*:\d+ \d+ [0-9a-f]+ (?P<blob>[0-9a-f]+) (?P<status>[A-Z])\d*")


@dataclass(frozen=True)
class Version:
    """A function as a commit left it: `text` is the module's, line ends as `\\n`.

    `day` is the author's date (UTC). `tests` says that the commit changed a test too, `contract`
    that it changed the function's decorators.
    """

    commit: str
    day: str
    author: str
    subject: str
    text: str
    tests: bool = False
    contract: bool = False

    @property
    def told(self) -> str:
        """The commit in a few words."""
        beside = [*(["its contract"] if self.contract else []), *(["tests"] if self.tests else [])]
        more = f", with {' and '.join(beside)}" if beside else ""
        return f"{self.commit[:10]} ({self.day}, {self.author}: {self.subject}{more})"


@dataclass(frozen=True)
class History:
    """The versions, newest first, each unlike the one after it; `notes` are for the report."""

    versions: tuple[Version, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Entry:
    """A commit of the file's log; `blob` is empty where it removed the file."""

    version: Version
    blob: str
    path: str


def history_of(path: Path, qualname: str, seconds: float = SECONDS) -> History:
    """What git has of a function in a file; never raises for what a repository is like."""
    stop = time.monotonic() + seconds
    here = path.resolve()
    place = git.asked(here.parent, ("rev-parse", "--is-shallow-repository"), seconds)
    if place.problem:
        return _unread(place.problem)
    told = git.log(here.parent, here.name, _FORM, MOST_COMMITS, seconds)
    entries = list(_entries(told.output))
    if not entries:
        return _unread(told.problem or f"it has no commit of {here.name}")
    notes = [f"the oldest commits of {here.name} were left out"] * (len(entries) >= MOST_COMMITS)
    notes += [told.problem] if told.problem else []
    notes += _renames(entries)
    if place.output.strip() == b"true":
        notes.append("the clone is shallow: older commits are not here")
    texts, missing = _texts(here.parent, entries, stop)
    if missing:
        notes.append(f"{missing} versions of the file are not here or too large")
    states = list(_states(entries, texts, qualname, stop))
    if time.monotonic() > stop:
        notes.append(f"not all was read in {seconds:.0f} s")
    versions = _with_tests(here.parent, list(_changed(states)), stop)
    if not versions:
        notes.append(f"no version of the file that was read has {qualname}")
    notes = list(dict.fromkeys(notes))
    return History(tuple(versions), tuple(f"history: {note}" for note in notes))


def _unread(problem: str) -> History:
    return History(notes=(f"history: not read: {problem[:200]}",))


def _entries(output: bytes) -> Iterator[_Entry]:
    """The log's records; one that does not have their form ends them: the rest can't be told."""
    fields = iter(output.decode("utf-8", errors="replace").split("\0"))
    while _ID.fullmatch(commit := next(fields, "")):
        when, author, subject, raw = (next(fields, "") for _ in range(4))
        read = _RAW.fullmatch(raw)
        paths = [next(fields, "") for _ in range(2 if read and read["status"] in "RC" else 1)]
        if read is None or not all(paths):
            return
        blob = read["blob"] if read["status"] != "D" else ""
        version = Version(commit, _day(when), _plain(author), _plain(subject), "")
        yield _Entry(version, blob, paths[-1])


def _day(seconds: str) -> str:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return "no date"


def _plain(text: str) -> str:
    """A name or a subject without what could move a terminal's cursor."""
    return "".join(c if c.isprintable() else "?" for c in text).strip()


def _renames(entries: list[_Entry]) -> list[str]:
    paths = list(dict.fromkeys(entry.path for entry in entries))
    return [f"the file was {' and '.join(paths[1:4])} before"] if len(paths) > 1 else []


def _texts(folder: Path, entries: list[_Entry], stop: float) -> tuple[Mapping[str, str], int]:
    """The texts of the blobs that are here and not too large, and how many are not."""
    blobs = list(dict.fromkeys(entry.blob for entry in entries if entry.blob))
    told = git.sizes(folder, blobs, stop - time.monotonic()).output.decode(errors="replace")
    sized = [line.split() for line in told.splitlines()]
    kept = [s[0] for s in sized if len(s) == 3 and s[1] == "blob" and int(s[2]) <= MOST_BYTES]
    data = git.contents(folder, kept, stop - time.monotonic()).output if kept else b""
    found = {name: text for name, content in _blobs(data) if (text := _decoded(content))}
    return found, len(blobs) - len(kept)


def _blobs(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The objects in the output of `git cat-file --batch`; a cut one ends it."""
    stream = io.BytesIO(data)
    while head := stream.readline().split():
        if len(head) != 3:
            return
        content = stream.read(int(head[2]))
        if len(content) < int(head[2]):
            return
        stream.read(1)
        yield head[0].decode(), content


def _decoded(content: bytes) -> str:
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        return content.decode(encoding).replace("\r\n", "\n")
    except (UnicodeDecodeError, SyntaxError, LookupError):
        return ""


@dataclass(frozen=True)
class _State:
    """A commit's version with what tells the function from another: its lines and decorators."""

    version: Version
    lines: tuple[str, ...]
    contract: tuple[str, ...]


def _states(
    entries: Iterable[_Entry], texts: Mapping[str, str], qualname: str, stop: float
) -> Iterator[_State]:
    """The commits in which the function is there, newest first."""
    for entry in entries:
        if time.monotonic() > stop:
            return
        text = texts.get(entry.blob, "")
        node = function_in(text, qualname)
        if node is not None:
            lines = text.split("\n")[node.lineno - 1 : node.end_lineno]
            contract = tuple(ast.dump(d) for d in node.decorator_list)
            yield _State(replace(entry.version, text=text), tuple(lines), contract)


def _changed(states: list[_State]) -> Iterator[Version]:
    """The commits in which the function became another, newest first."""
    for now, before in itertools.pairwise(states):
        if (now.lines, now.contract) != (before.lines, before.contract):
            yield replace(now.version, contract=now.contract != before.contract)
    for first in states[-1:]:
        yield replace(first.version, contract=bool(first.contract))


def function_in(text: str, qualname: str) -> Function | None:
    """The function in a module's text; None where it is not there, or the text is not Python."""
    try:
        return find_node(text, qualname)
    except (StopIteration, VerifyAgentError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _with_tests(folder: Path, versions: list[Version], stop: float) -> list[Version]:
    told = git.changed_with(folder, [v.commit for v in versions], stop - time.monotonic()).output
    known = {version.commit for version in versions}
    tested: set[str] = set()
    commit = ""
    for name in told.decode(errors="replace").split("\0"):
        if name in known:
            commit = name
        elif _is_test(PurePosixPath(name)):
            tested.add(commit)
    return [replace(v, tests=v.commit in tested) for v in versions]


def _is_test(path: PurePosixPath) -> bool:
    named = path.name.startswith("test_") or path.stem.endswith("_test")
    return path.suffix == ".py" and (named or "tests" in path.parts[:-1])
