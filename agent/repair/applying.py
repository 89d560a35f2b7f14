"""A verified change put where the person wants it: into the files, or on a new git branch."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from verify_agent.agent.artifacts import write_atomically
from verify_agent.agent.repair.starting import origin_of
from verify_agent.agent.synth.problem import Candidate
from verify_agent.agent.task import Task
from verify_agent.agent.task_origin import read_exactly
from verify_agent.verifier.errors import BadInput

SECONDS = 30.0


def changed_files(task: Task, candidate: Candidate) -> dict[Path, str]:
    """The texts of the codebase's files that differ after a repair, by path."""
    origin = origin_of(task)
    if origin.path is None:
        return {}
    changes = {origin.path.resolve(): candidate.source}
    changes |= {Path(path): text for path, text in candidate.others}
    return {p: t for p, t in changes.items() if t != read_exactly(p)[0]}


def require_target(task: Task, option: str) -> None:
    """`BadInput` where there is no file in a codebase to change."""
    if not task.in_codebase:
        raise BadInput(
            "the task has no `target`", expected="a function in a codebase", where=option
        )


def applied(task: Task, changes: Mapping[Path, str]) -> tuple[str, ...]:
    """Write the changed files; the paths. `BadInput` where the target changed meanwhile."""
    origin = origin_of(task)
    if origin.path is not None and read_exactly(origin.path)[0] != origin.text:
        found = "it was changed while the task ran; nothing was applied"
        raise BadInput(found, where=str(origin.path))
    for path, text in changes.items():
        write_atomically(path, text, read_exactly(path)[1])
    return tuple(map(str, changes))


def check_branch(task: Task, name: str) -> None:
    """`BadInput` where the branch can't be made: no repository, a bad or taken name.

    A target with changes that are not committed is refused too: they would be in the commit.
    """
    require_target(task, "--branch")
    path = origin_of(task).path
    assert path is not None
    _git(path, "check-ref-format", "--branch", name)
    _git(path, "rev-parse", "--verify", "HEAD^{commit}")
    taken = _run(path, "show-ref", "--verify", "--quiet", f"refs/heads/{name}")
    if taken.returncode == 0:
        raise BadInput(f"there is a branch `{name}` already", where="--branch")
    if _git(path, "status", "--porcelain", "--", str(path.resolve())):
        found = "the target has changes that are not committed"
        raise BadInput(found, expected="a committed file", where=str(path))


def committed(task: Task, name: str, changes: Mapping[Path, str], message: str) -> str:
    """The id of a commit on top of HEAD with the changed files, on a new branch.

    Working tree, index and the branch that is checked out stay as they are: the commit is made
    from an index of its own.
    """
    origin = origin_of(task)
    assert origin.path is not None
    here = origin.path
    top = Path(_git(here, "rev-parse", "--show-toplevel")).resolve()
    with tempfile.TemporaryDirectory(prefix="verify-agent-") as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        head = _git(here, "rev-parse", "--verify", "HEAD^{commit}")
        _git(here, "read-tree", head, more=index)
        for path, text in changes.items():
            inside = path.relative_to(top).as_posix()
            data = text.encode(read_exactly(path)[1])
            blob = _git(here, "hash-object", "-w", "--stdin", f"--path={inside}", data=data)
            mode = "100755" if os.access(path, os.X_OK) else "100644"
            entry = f"{mode},{blob},{inside}"
            _git(here, "update-index", "--add", "--cacheinfo", entry, more=index)
        tree = _git(here, "write-tree", more=index)
        commit = _git(here, "commit-tree", tree, "-p", head, data=message.encode())
        _git(here, "update-ref", f"refs/heads/{name}", commit, "0" * len(head))
    return commit


def _git(
    near: Path, *arguments: str, data: bytes | None = None, more: Mapping[str, str] | None = None
) -> str:
    """What git prints; `BadInput` with its own words where it refuses."""
    done = _run(near, *arguments, data=data, more=more)
    if done.returncode != 0:
        told = done.stderr.decode(errors="replace").strip() or f"exit {done.returncode}"
        raise BadInput(f"git {arguments[0]}: {told}", where=str(near))
    return done.stdout.decode(errors="replace").strip()


def _run(
    near: Path, *arguments: str, data: bytes | None = None, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    environment = {k: v for k, v in os.environ.items() if k not in ("GIT_DIR", "GIT_INDEX_FILE")}
    try:
        return subprocess.run(
            ["git", "-C", str(near.resolve().parent), *arguments],
            input=data,
            stdin=subprocess.DEVNULL if data is None else None,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={**environment, **(more or {})},
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise BadInput(f"git can't be run: {problem}", where="--branch") from problem
