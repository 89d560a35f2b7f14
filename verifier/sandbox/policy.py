"""How much a job in the sandbox may use, and what can come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Layer(StrEnum):
    """One means of isolation; which of them are active is found by applying them."""

    PROCESS_GROUP = "process-group"
    RLIMITS = "rlimits"
    EMPTY_ENVIRONMENT = "empty-environment"
    PRIVATE_FOLDER = "private-folder"
    FOLDER_QUOTA = "folder-quota"
    NO_NEW_PRIVILEGES = "no-new-privileges"
    LANDLOCK = "landlock"
    OWN_USER = "own-user"
    PARENT_DEATH_SIGNAL = "parent-death-signal"
    SECCOMP = "seccomp"
    USER_NAMESPACE = "user-namespace"
    PID_NAMESPACE = "pid-namespace"
    NETWORK_NAMESPACE = "network-namespace"
    SUBREAPER = "subreaper"


#: What every POSIX system has.
BASE_LAYERS = frozenset(
    {Layer.PROCESS_GROUP, Layer.RLIMITS, Layer.EMPTY_ENVIRONMENT, Layer.PRIVATE_FOLDER}
)


@dataclass(frozen=True)
class Policy:
    """Limits of one job.

    `memory_mb` is what the job may take beyond what its preloaded modules have; `processes`
    counts processes (1: it can't fork) and `threads` threads; `output_bytes` is for standard
    output and error together, `result_bytes` for the result, `file_bytes` for one file,
    `folder_bytes` for all files together where the layer `folder-quota` is active.
    `required` are the layers without which nothing is run (`SandboxTooWeak`); `disabled` are
    left out even where the machine has them. `readable` are paths that may be read beside
    Python's own libraries and this package.
    """

    wall_seconds: float = 10.0
    cpu_seconds: int = 10
    memory_mb: int = 1_024
    processes: int = 1
    threads: int = 32
    output_bytes: int = 1_000_000
    result_bytes: int = 16_000_000
    file_bytes: int = 16_000_000
    folder_bytes: int = 64_000_000
    required: frozenset[Layer] = BASE_LAYERS
    disabled: frozenset[Layer] = frozenset()
    readable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ended:
    """What all outcomes carry: wall seconds, the start of what was printed, active layers."""

    seconds: float = field(default=0.0, kw_only=True)
    output: str = field(default="", kw_only=True)
    layers: tuple[str, ...] = field(default=(), kw_only=True)

    @property
    def told(self) -> str:
        """The outcome on one line."""
        return f"{type(self).__name__}: {last_words(getattr(self, 'text', ''))}".rstrip(": ")


@dataclass(frozen=True)
class Completed(Ended):
    """The function returned `value` (as JSON carries it)."""

    value: Any


@dataclass(frozen=True)
class TimedOut(Ended):
    """Stopped at a limit of time; `clock` is `wall` or `cpu`."""

    clock: str
    limit: float


@dataclass(frozen=True)
class OutOfMemory(Ended):
    """The job asked for more memory than its policy grants."""

    text: str


@dataclass(frozen=True)
class Killed(Ended):
    """A signal ended the job."""

    signal: int


@dataclass(frozen=True)
class Crashed(Ended):
    """The function raised, or the process ended without a result; `text` says how."""

    text: str


@dataclass(frozen=True)
class TooMuchOutput(Ended):
    """More was printed, or returned, than the policy takes."""

    limit: int


@dataclass(frozen=True)
class Forbidden(Ended):
    """The job did what no honest code does: a forbidden system call, a forged result."""

    text: str


def last_words(text: str) -> str:
    """The line of a traceback that names the exception; of other text the last line.

    >>> last_words('Traceback:\\n  File "a.py", line 1\\n    f()\\nKeyError: 1\\na note(\\n)\\n')
    'KeyError: 1'
    """
    lines = text.strip().splitlines()
    frames = [n for n, line in enumerate(lines) if line.startswith("  File ")]
    after = lines[frames[-1] + 1 :] if frames else lines[-1:]
    return next((line for line in after if line[:1].strip()), "")


Outcome = Completed | TimedOut | OutOfMemory | Killed | Crashed | TooMuchOutput | Forbidden
