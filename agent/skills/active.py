"""Which generation is in use: one file of the user's state, whole or not there at all.

The installed package is never edited; what is active is a set of texts beside it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from verify_agent.agent.skills.registry import NAMES, Skills

FOLDER = "improve"
FILE = "active.json"


def active_text(sources: Mapping[str, str]) -> str:
    """The file's text for a generation's sources; their hash guards it."""
    body = json.dumps(dict(sorted(sources.items())))
    return json.dumps({"sha256": _hash(body), "sources": body}) + "\n"


def read_active(state_folder: Path) -> Skills:
    """The skills in use for a state folder: the shipped ones where no generation is active.

    A file that was damaged is left alone and named in the skills' notes; it counts as none.
    """
    path = state_folder / FOLDER / FILE
    if not path.is_file():
        return Skills()
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        sources = json.loads(raw["sources"])
        sound = raw["sha256"] == _hash(raw["sources"]) and set(sources) <= set(NAMES)
    except (ValueError, KeyError, TypeError, UnicodeDecodeError, OSError):
        sound, sources = False, {}
    if not sound:
        return Skills(failures={FILE: f"{path} is damaged"})
    return Skills({str(k): str(v) for k, v in sources.items()})


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
