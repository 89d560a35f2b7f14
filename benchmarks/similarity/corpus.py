"""Solutions of programming problems, several a problem, out of a checkout or git directory.

Made for github.com/kamyu104/LeetCode-Solutions (`Python/*.py`, classes `Solution`, `Solution2`).
Nothing of it is kept here. Comments, docstrings and the names of classes and entry methods say
which problem is solved, so they are taken away before anything is compared.
"""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.similar.behaviour import Runnable
from verify_agent.agent.similar.inputs import canonical

_TYPE = re.compile(r":type\s+(\w+):\s*(.+)")
_OLD = re.compile(r"\bxrange\b")
#: What the solutions take for granted.
PRELUDE = (
    "import bisect, collections, functools, heapq, itertools, math, operator, random, re, string\n"
    "xrange = range\n"
)


@dataclass(frozen=True)
class Solution:
    """One class of a file: its tree without names and texts, and how it is run if it can be."""

    problem: str
    tree: ast.ClassDef
    text: str
    module: str
    runnable: Runnable | None


def corpus(place: Path, most: int) -> list[Solution]:
    """The solutions of the first `most` problems that have two or more, in the order of names."""
    found: list[Solution] = []
    problems = 0
    for name, source in _files(place):
        try:
            solutions = list(_solutions(name, source))
        except (SyntaxError, ValueError, RecursionError):
            continue
        if len(solutions) < 2:
            continue
        found += solutions
        problems += 1
        if problems == most:
            break
    return found


def _files(place: Path) -> Iterator[tuple[str, str]]:
    """The Python files of a folder, or of the head of a git directory without a work tree."""
    folder = place / "Python"
    if folder.is_dir():
        for path in sorted(folder.glob("*.py")):
            yield path.stem, path.read_text(encoding="utf-8")
        return
    git = ["git", "--git-dir", str(place)]
    listed = subprocess.run(
        [*git, "ls-tree", "-r", "HEAD", "Python"], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split("\t") for line in listed.splitlines() if line.endswith(".py")]
    blobs = [(head.split()[2], name) for head, name in rows]
    with subprocess.Popen(
        [*git, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for blob, name in sorted(blobs, key=lambda b: b[1]):
            process.stdin.write(f"{blob}\n".encode())
            process.stdin.flush()
            head = process.stdout.readline().split()
            if len(head) != 3:
                continue
            data = process.stdout.read(int(head[2]) + 1)[:-1]
            yield Path(name).stem, data.decode("utf-8", "replace")
        process.stdin.close()
        process.wait()


def _solutions(problem: str, source: str) -> Iterator[Solution]:
    tree = ast.parse(source)
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name.startswith("Solution"):
            entry = next((m for m in node.body if _is_entry(m)), None)
            if not isinstance(entry, ast.FunctionDef):
                continue
            types = _types(entry)
            runnable = Runnable(f"{node.name}.{entry.name}", types) if types else None
            plain = _plain(node, entry.name)
            module = PRELUDE + source
            yield Solution(problem, plain, ast.unparse(plain), module, runnable)


def _is_entry(node: ast.stmt) -> bool:
    return isinstance(node, ast.FunctionDef) and not node.name.startswith("_")


def _types(entry: ast.FunctionDef) -> tuple[str, ...] | None:
    """The canonical types out of the docstring; None where one is missing or unknown."""
    told = dict(_TYPE.findall(ast.get_docstring(entry) or ""))
    names = [a.arg for a in entry.args.args[1:]]
    found = [canonical(told.get(name, "?").strip()) for name in names]
    return tuple(t for t in found if t) if found and all(found) else None


def _plain(node: ast.ClassDef, entry: str) -> ast.ClassDef:
    """The class without docstrings and comments, the entry called `f`, the class `C`."""
    made = ast.parse(_OLD.sub("range", ast.unparse(node))).body[0]
    assert isinstance(made, ast.ClassDef)
    made.name = "C"
    for part in ast.walk(made):
        if isinstance(part, ast.FunctionDef):
            part.name = "f" if part.name == entry else part.name
            if ast.get_docstring(part) is not None:
                part.body = part.body[1:] or [ast.Pass()]
        elif isinstance(part, ast.Attribute) and part.attr == entry:
            part.attr = "f"
    return made
