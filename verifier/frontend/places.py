"""Under which name a file is imported, and from which folder."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from verify_agent.verifier.frontend.load import module_name

_IMPORTED = re.compile(r"^\s*(?:from|import)\s+([A-Za-z_]\w*)", re.MULTILINE)


def import_name(
    path: Path, source: str, project: Path, roots: Sequence[str] = ()
) -> tuple[str, Path]:
    """The dotted name of a file and the folder from which it is imported.

    Folders with `__init__.py` are packages. Above them a folder without one is a namespace
    package where the file lies under one of `roots` or the project's `src`, or where the file
    itself imports from a module of that folder's name.
    """
    name, root = module_name(path)
    above = _namespace(root, project.resolve(), source, roots)
    if above == root:
        return name, root
    return ".".join([*root.relative_to(above).parts, name]), above


def _namespace(root: Path, project: Path, source: str, roots: Sequence[str]) -> Path:
    """The folder from which the packages above are imported; `root` where there are none."""
    for given in (*roots, "src"):
        base = (project / given).resolve()
        if root != base and root.is_relative_to(base) and _importable(root, base):
            return base
    if not root.is_relative_to(project):
        return root
    imported = set(_IMPORTED.findall(source))
    for folder in (root, *root.parents):
        if folder == project:
            break
        if folder.name in imported and _importable(root, folder.parent):
            return folder.parent
    return root


def _importable(root: Path, base: Path) -> bool:
    return all(part.isidentifier() for part in root.relative_to(base).parts)
