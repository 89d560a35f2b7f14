"""The functions of a file or of a tree of files, with the types of their parameters."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.similar.behaviour import Runnable
from verify_agent.agent.similar.inputs import canonical
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend.load import read_source

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist"})


@dataclass(frozen=True)
class Function:
    """A function in a file; `types` are its parameters' where each has a known one."""

    path: Path
    qualname: str
    node: ast.FunctionDef
    source: str
    types: tuple[str, ...] | None

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.path}:{self.node.lineno} {self.qualname}"

    @property
    def runnable(self) -> Runnable | None:
        """How it is run on shared inputs; None for a method or without known types."""
        if not self.types or "." in self.qualname:
            return None
        return Runnable(self.qualname, self.types)


@dataclass(frozen=True)
class Gathered:
    """All functions, and how many files could not be read as Python."""

    functions: tuple[Function, ...]
    unread: int


def named(path: Path, qualname: str) -> Function:
    """One function of a file; `BadSource` where it is not there."""
    functions = list(functions_in(path))
    for function in functions:
        if function.qualname == qualname:
            return function
    known = ", ".join(f.qualname for f in functions[:8])
    expected = f"one of {known}" if known else "a file with functions"
    raise BadSource(f"there is no function `{qualname}`", expected=expected, where=str(path))


def gathered(root: Path) -> Gathered:
    """The functions of all Python files below a folder, or of one file, in a fixed order."""
    if not root.exists():
        raise BadSource("there is no such file or folder", where=str(root))
    found: list[Function] = []
    unread = 0
    for path in _files(root):
        try:
            found.extend(functions_in(path))
        except BadSource:
            unread += 1
    return Gathered(tuple(found), unread)


def functions_in(path: Path) -> Iterator[Function]:
    """The functions of a file and of its classes; `BadSource` where it is not Python."""
    source = read_source(path)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        raise BadSource(f"this is not Python: {problem}", where=str(path)) from problem
    for prefix, body in _bodies(tree):
        for node in body:
            if isinstance(node, ast.FunctionDef):
                yield Function(path, f"{prefix}{node.name}", node, source, _types(node))


def _bodies(tree: ast.Module) -> Iterator[tuple[str, list[ast.stmt]]]:
    yield "", tree.body
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield f"{node.name}.", node.body


def _files(root: Path) -> Iterator[Path]:
    """Each file once, links to folders not followed."""
    if root.is_file():
        yield root
        return
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(n for n in inner if n not in _SKIPPED and not n.startswith("."))
        yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))


def _types(node: ast.FunctionDef) -> tuple[str, ...] | None:
    a = node.args
    if a.vararg or a.kwarg or a.kwonlyargs or a.posonlyargs or not a.args:
        return None
    found = [canonical(ast.unparse(x.annotation)) if x.annotation else None for x in a.args]
    return tuple(t for t in found if t) if all(found) else None
