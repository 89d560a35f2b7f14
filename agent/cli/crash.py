"""Where the traceback of an internal error goes: a file, never the screen."""

from __future__ import annotations

import tempfile
import traceback
from pathlib import Path


def write_crash(problem: Exception) -> str:
    """Write the traceback to a new file and return its path, or why there is none."""
    text = "".join(traceback.format_exception(problem))
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="verify-agent-", suffix=".log", delete=False, encoding="utf-8"
        ) as file:
            file.write(text)
    except OSError as failed:
        return f"no log (it could not be written: {failed})"
    return str(Path(file.name))
