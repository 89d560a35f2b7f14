"""What a person wants of a repair beyond the first one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """What else a person wants of a repair: `alternatives` counts the first one too.

    With `allow_unjudged` it is enough that no function around is seen to be worse off.
    """

    alternatives: int = 1
    apply: bool = False
    branch: str = ""
    allow_unjudged: bool = False
