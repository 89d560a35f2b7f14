"""Which files a client may name: those in the folders that it grants."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from verify_agent.verifier.errors import BadInput


def folder_of(uri: str) -> Path | None:
    """The folder of a `file:` URI, links resolved; `None` where it names none on this machine.

    >>> folder_of("file:///tmp/a%20b").name
    'a b'
    >>> folder_of("https://example.org/") is None
    True
    """
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        return None
    path = Path(unquote(parts.path))
    return path.resolve() if path.is_absolute() else None


def granted(uris: Iterable[str]) -> tuple[Path, ...]:
    """The folders of the URIs that name one."""
    return tuple(path for path in map(folder_of, uris) if path is not None)


def inside(text: str, roots: Sequence[Path]) -> Path:
    """The path, links resolved; `BadInput` unless it is in one of the roots.

    A relative path is looked for in each root, the first that has it counts.
    """
    if not roots:
        raise BadInput(
            "the client grants no folder",
            expected="roots of the client, or folders after `verify-agent mcp`",
        )
    if "\0" in text or not text:
        raise BadInput(f"`{text!r}` is no path")
    given = Path(text)
    tried = [given] if given.is_absolute() else [root / given for root in roots]
    found = [path.resolve() for path in tried]
    allowed = [p for p in found if any(p.is_relative_to(root) for root in roots)]
    if not allowed:
        listed = ", ".join(map(str, roots))
        raise BadInput(f"`{text}` is outside of what the client grants", expected=f"in {listed}")
    return next((path for path in allowed if path.exists()), allowed[0])
