"""From an intent to a task file: what `run` is given for a query and its target."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

OPTIMIZE = "optimize"
#: Words that ask for another objective than time.
_OBJECTIVES = (
    ("complexity", r"simpl\w*|cyclomatic|branch\w*|leaner|readable|elegant|streamline"),
    ("size", r"short\w*|small\w*|less code|compact|concise|fewer lines"),
)


def objective(query: str) -> str:
    """What an optimised version is to be better at: `time` where nothing else is named.

    >>> objective("make it shorter, please")
    'size'
    """
    found = (name for name, words in _OBJECTIVES if re.search(rf"\b(?:{words})\b", query.lower()))
    return next(found, "time")


def task_text(kind: str, query: str, target: str, folder: Path) -> str:
    """The task file, to stand in `folder`; `target` is relative to where we are."""
    path, _, qualname = target.partition("::")
    near = os.path.relpath(path, folder).replace(os.sep, "/")
    lines = [
        f"name: {task_name(kind, qualname)}",
        f"kind: {kind}",
        f"target: {json.dumps(f'{near}::{qualname}', ensure_ascii=False)}",
        f"description: {json.dumps(_printable(query), ensure_ascii=False)}",
    ]
    if kind == OPTIMIZE:
        lines.append(f"objective: {objective(query)}")
    return "\n".join(lines) + "\n"


def _printable(text: str) -> str:
    """YAML has no room for control characters and half characters."""
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)


def task_name(kind: str, qualname: str) -> str:
    """A slug for a function and a kind; a name has to begin with a letter.

    >>> task_name("test", "Stack.push")
    'Stack-push-test'
    """
    slug = re.sub(r"[^A-Za-z0-9_]+", "-", qualname).strip("-_") or "function"
    return f"{slug if slug[0].isalpha() else f'f{slug}'}-{kind}"


def place_for(name: str, text: str, folder: Path) -> Path:
    """A file for the task: one that holds this text already, else one that is not there yet.

    Nothing that stands there is written over, nor a module beside it of the same name.
    """
    number = 1
    while True:
        path = folder / (f"{name}.yaml" if number == 1 else f"{name}-{number}.yaml")
        if path.is_file() and path.read_bytes() == text.encode():
            return path
        module = path.with_name(f"{path.stem.replace('-', '_')}.py")
        if not path.exists() and not module.exists():
            return path
        number += 1
