"""What `verify-agent check` was pointed at: paths -> modules and the functions to check."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from verify_agent.verifier.errors import BadInput, BadSource
from verify_agent.verifier.frontend.load import Module, load_file, named
from verify_agent.verifier.subject import Subject

_SKIPPED = frozenset({"__pycache__", "node_modules", "site-packages", "build", "dist"})


def selected(targets: Sequence[str]) -> tuple[tuple[Module, tuple[Subject, ...]], ...]:
    """Each module with its functions to check: those under contract, or the one that is named.

    All files are read before anything is checked; `BadSource` has a line for each broken one.
    """
    chosen: dict[str, tuple[Module, dict[str, Subject]]] = {}
    problems: list[str] = []
    for target in targets:
        text, _, qualname = target.partition("::")
        for path in _files(Path(text)):
            try:
                module = load_file(path)
                found = (named(module, qualname),) if qualname else module.subjects
            except BadSource as problem:
                problems.append(str(problem))
                continue
            _, subjects = chosen.setdefault(module.path, (module, {}))
            subjects.update({s.qualname: s for s in found})
    if problems:
        raise BadSource("\n".join(dict.fromkeys(problems)))
    return tuple((module, tuple(found.values())) for module, found in chosen.values())


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from _below(path)
    elif path.exists() and path.suffix != ".py":
        raise BadInput("it is no Python file", expected="a `.py` file or a folder", where=str(path))
    else:
        yield path


def _below(folder: Path) -> Iterator[Path]:
    """The Python files of a folder in a fixed order, without hidden and generated folders."""
    for current, folders, files in os.walk(folder):
        folders[:] = sorted(
            f
            for f in folders
            if not f.startswith(".")
            and f not in _SKIPPED
            and not (Path(current, f) / "pyvenv.cfg").exists()
        )
        for name in sorted(files):
            if name.endswith(".py"):
                yield Path(current, name)
