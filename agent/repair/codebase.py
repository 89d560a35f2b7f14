"""The code around a change: a copy with the change in it, and who is touched by it."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from verify_agent.agent.repair.starting import origin_of
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import Origin
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.frontend.load import Module, load_file
from verify_agent.verifier.subject import Subject

MOST_FILES = 2_000
_SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__"})
Files = Mapping[Path, str]


@dataclass(frozen=True)
class Codebase:
    """The package (or folder of modules) that holds the target; `root` is where imports start."""

    root: Path
    file: Path
    files: tuple[Path, ...]

    def relative(self, path: Path) -> Path:
        """A file as seen from the root."""
        return path.resolve().relative_to(self.root)


def codebase_of(task: Task) -> Codebase:
    """The codebase of a task with a `target`; `ValueError` for one without."""
    return codebase_around(origin_of(task))


def codebase_around(origin: Origin) -> Codebase:
    """The codebase in which a function stands; `ValueError` for one of inline source."""
    if origin.path is None:
        raise ValueError("the task has no target in a codebase")
    file = origin.path.resolve()
    root = Path(origin.subject.roots[0]).resolve()
    parts = file.relative_to(root).parts
    found = (root / parts[0]).rglob("*.py") if len(parts) > 1 else root.glob("*.py")
    kept = [p for p in sorted(found) if not _skipped(p.relative_to(root))]
    return Codebase(root, file, tuple(kept[:MOST_FILES]))


def _skipped(path: Path) -> bool:
    return any(part.startswith(".") or part in _SKIPPED for part in path.parts)


@contextmanager
def changed_copy(codebase: Codebase, changes: Files) -> Iterator[Path]:
    """The root of a copy in which some files have other texts; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="verify-agent-") as folder:
        root = Path(folder).resolve()
        for path in codebase.files:
            copy = root / codebase.relative(path)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path in changes:
                copy.write_text(changes[path], encoding="utf-8", newline="")
            else:
                copy.write_bytes(path.read_bytes())
        yield root


def touched(codebase: Codebase, root: Path, changes: Files, target: Subject) -> list[Subject]:
    """What may break in the copy at `root`: the functions under contract of each changed module,
    and those of other modules that mention the target by name.

    The target itself is left out. A module that can't be read is passed over: it was not before.
    """
    name = target.signature.name
    found: list[Subject] = []
    for path in codebase.files:
        copy = root / codebase.relative(path)
        if path not in changes and name not in copy.read_text(encoding="utf-8", errors="replace"):
            continue
        try:
            module = load_file(copy)
        except BadSource:
            continue
        own = path == codebase.file
        found += [
            replace(s, roots=tuple(dict.fromkeys((*s.roots, *target.roots))))
            for s in module.subjects
            if not (own and s.qualname == target.qualname)
            and (path in changes or name in mentioned(module, s.qualname))
        ]
    return found


def mentioned(module: Module, qualname: str) -> set[str]:
    """The names and attributes that a function's body uses."""
    from verify_agent.agent.task_origin import find_node

    node = find_node(module.source, qualname)
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return used | {n.attr for n in ast.walk(node) if isinstance(n, ast.Attribute)}
