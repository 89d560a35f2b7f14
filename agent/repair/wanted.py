"""What a person wants of a repair beyond the first one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Wanted:
    """What else a person wants of a repair: `alternatives` counts the first one too.

    With `allow_unjudged` it is enough for a change of the codebase that no function around is seen
    to be worse off.
    """

    alternatives: int = 1
    apply: bool = False
    branch: str = ""
    allow_unjudged: bool = False

    @property
    def must_be_judged(self) -> bool:
        """Whether the codebase is to be changed, and only where all around was judged."""
        return not self.allow_unjudged and (self.apply or bool(self.branch))
