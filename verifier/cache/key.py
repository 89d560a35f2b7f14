"""Under which key evidence is kept: everything that it can depend on, as one digest.

The parts are the text that a function reaches (`frontend.reach`), or for programs that are alike
the form of that text (`frontend.canonical`), the versions of the tools, the text of this verifier
itself, the interpreter and the packages that it has installed. Limits of time are no part: they
decide whether there is a proof, not whether it is one.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_TOOLS = ("z3-solver", "cvc5", "crosshair-tool", "hypothesis", "icontract", "mypy")
_FORMAT = "1"
_FLOORS = ("contracts", "verifier")


def key_of(kind: str, *parts: str) -> str:
    """One digest of some texts; no two lists of texts have the same.

    >>> key_of("a", "bc") == key_of("a", "b", "c")
    False
    """
    whole = hashlib.sha256()
    for text in (_FORMAT, kind, *parts):
        whole.update(f"{len(text)}:{text}".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


def environment(python: str = "") -> str:
    """A digest of the tools, this verifier, the interpreter and its installed packages."""
    return key_of("environment", *_tools(), _own_text(), *_interpreter(python))


def _tools() -> Iterable[str]:
    for name in _TOOLS:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name} missing"


@lru_cache(maxsize=1)
def _own_text() -> str:
    root = Path(__file__).resolve().parents[2]
    whole = hashlib.sha256()
    for floor in _FLOORS:
        for path in sorted((root / floor).rglob("*.py")):
            whole.update(str(path.relative_to(root)).encode())
            whole.update(path.read_bytes())
    return whole.hexdigest()


@lru_cache(maxsize=4)
def _interpreter(python: str) -> tuple[str, ...]:
    if python and os.path.realpath(python) != os.path.realpath(sys.executable):
        return _other_interpreter(python)
    return (sys.version, sys.platform, *_installed(sys.path))


def _other_interpreter(python: str) -> tuple[str, ...]:
    import json
    import subprocess

    asked = "import json, sys; print(json.dumps([sys.version, sys.platform, sys.path]))"
    done = subprocess.run(
        [python, "-P", "-c", asked], capture_output=True, text=True, check=True, timeout=30
    )
    told, platform, path = json.loads(done.stdout)
    return (str(told), str(platform), *_installed(path))


def _installed(path: Sequence[str]) -> list[str]:
    """The packages, by the names of their records: name and version stand in them."""
    found: list[str] = []
    for folder in path:
        try:
            names = os.listdir(folder)
        except OSError:
            continue
        found += [n for n in names if n.endswith((".dist-info", ".egg-info"))]
    return sorted(found)
