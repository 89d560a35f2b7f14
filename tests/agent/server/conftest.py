"""A project with a light server in it: real sockets, forks and signals, no engines."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).with_name("programs.py")


@dataclass
class Project:
    """A folder with a mark; clients and servers in it."""

    root: Path
    environment: dict[str, str]
    servers: list[subprocess.Popen[str]] = field(default_factory=list)

    def serve(self, *numbers: str) -> subprocess.Popen[str]:
        """Start a server; `ready` is what it says first, or why not."""
        command = [sys.executable, str(PROGRAMS), "serve", str(self.root), *numbers]
        server = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.root,
            env=self.environment,
        )
        self.servers.append(server)
        return server

    def served(self, *numbers: str) -> subprocess.Popen[str]:
        """A server that is ready."""
        server = self.serve(*numbers)
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        return server

    def start(self, *argv: str, mode: str = "ask", **more: object) -> subprocess.Popen[str]:
        """Start a client."""
        given = {"cwd": self.root, "env": self.environment, "stdin": subprocess.PIPE, **more}
        command = [sys.executable, str(PROGRAMS), mode, *argv]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, text=True, **pipes, **given)  # type: ignore[call-overload,no-any-return]

    def ask(
        self, *argv: str, text: str = "", mode: str = "ask", **more: object
    ) -> tuple[int, str, str]:
        """A client's exit code, output and errors."""
        client = self.start(*argv, mode=mode, **more)
        out, err = client.communicate(text, timeout=300)
        return client.returncode, out, err


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    root = tmp_path / "project"
    root.mkdir()
    # A path of pytest's may be too long for a socket.
    runtime = Path(tempfile.mkdtemp(prefix="va-", dir="/tmp"))
    (root / "pyproject.toml").write_text("[project]\nname = 'p'\n")
    made = Project(root.resolve(), {**os.environ, "XDG_RUNTIME_DIR": str(runtime)})
    yield made
    for server in made.servers:
        server.terminate()
        server.communicate(timeout=200)
    shutil.rmtree(runtime)


@pytest.fixture
def in_project(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Project]:
    """This very process as a client of the project."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", project.environment["XDG_RUNTIME_DIR"])
    return lambda: project
