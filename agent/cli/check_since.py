"""`--since REV`: only the functions whose verdict a change can affect.

A function is affected where the text of anything that it reaches differs from the revision's.
"""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from verify_agent.agent.cli.check_files import Selection
from verify_agent.verifier.context import Skipped
from verify_agent.verifier.errors import BadInput
from verify_agent.verifier.frontend.load import Module
from verify_agent.verifier.frontend.reach import Reach


def since(selection: Selection, revision: str, root: Path) -> Selection:
    """The selection without the functions that are as they were at the revision."""
    top = Path(_git(root, "rev-parse", "--show-toplevel").decode().strip()).resolve()
    with tempfile.TemporaryDirectory() as folder:
        before = Path(folder)
        _extract(_archive(top, revision), before)
        now, then = Reach(), Reach()
        made = [_affected(m, now, then, top, before) for m in selection.modules]
    unchanged = tuple(
        Skipped(s.id, s.path, s.line, f"nothing that it rests on changed since {revision}")
        for old, new in zip(selection.modules, made, strict=True)
        for s in old.subjects
        if s.qualname not in new.contracted
    )
    modules = tuple(m for m in made if m.contracted)
    return Selection(modules, (*selection.skipped, *unchanged))


def _affected(module: Module, now: Reach, then: Reach, top: Path, before: Path) -> Module:
    now.enter(module.name, module.path, module.source, module.roots)
    roots = tuple(_moved(Path(r), top, before) for r in module.roots)
    old = _moved(Path(module.path), top, before)
    if not Path(old).is_file():
        return module
    changed = {
        s.qualname
        for s in module.subjects
        if now.of_function(module.name, s.qualname, module.roots)
        != then.of_function(module.name, s.qualname, roots)
    }
    return replace(module, contracted=frozenset(changed))


def _moved(path: Path, top: Path, before: Path) -> str:
    resolved = path.resolve()
    return str(before / resolved.relative_to(top)) if resolved.is_relative_to(top) else str(path)


def _archive(top: Path, revision: str) -> bytes:
    if revision.startswith("-"):
        raise BadInput(f"`--since {revision}`", expected="a revision of git")
    return _git(top, "archive", "--format=tar", revision)


def _extract(archive: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        names = [m for m in tar.getmembers() if m.isdir() or m.name.endswith(".py")]
        tar.extractall(folder, members=names, filter="data")


def _git(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=False)
    except OSError as problem:
        raise BadInput(
            f"`--since` needs git: {problem}", where=str(folder), advice="install git"
        ) from problem
    if done.returncode:
        told = " ".join(done.stderr.decode(errors="replace").split())[:200]
        raise BadInput(
            f"git {arguments[0]}: {told}", expected="a revision of git", where=str(folder)
        )
    return done.stdout
