"""A change to a module's text: pieces of it replaced, every other byte kept."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from verify_agent.agent.skills.registry import skill


class EditClass(enum.Enum):
    """What an edit does, from small to large; the value is what a person is told."""

    OPERATOR = "another operator"
    CONSTANT = "another constant"
    EARLIER = "an earlier version"
    VARIABLE = "another variable"
    OFF_BY_ONE = "off by one"
    CONDITION = "another condition"
    INITIAL = "another initial value"
    BRANCHES = "branches in another order"
    ORDER = "statements in another order"
    REMOVED = "a statement removed"
    GUARD = "a guard added"
    UPDATE = "a statement added"
    EXPRESSION = "another expression"
    BODY = "another body"
    PRECONDITION = "a stronger precondition"


TENTHS = 10
"""What the skill `edit_size` counts in."""


@dataclass(frozen=True)
class Splice:
    """The bytes of a UTF-8 text from `start` to `end` replaced."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Edit:
    """One edit: its splices do not overlap. `line` is where it is (from 1); `extra` adds to
    its size; `said` is what it does in words, where its class does not say it."""

    kind: EditClass
    splices: tuple[Splice, ...]
    line: int
    extra: float = 0.0
    said: str = ""

    @property
    def told(self) -> str:
        """What it does, for people."""
        return self.said or f"{self.kind.value} in line {self.line}"

    @property
    def size(self) -> float:
        """How large it is, by the skill `edit_size`: small ones are tried, and offered, first."""
        return skill("edit_size", self.kind.name) / TENTHS + self.extra

    def overlaps(self, other: Edit) -> bool:
        """Whether both touch the same place."""
        return any(
            a.start <= b.end and b.start <= a.end for a in self.splices for b in other.splices
        )


def applied(text: bytes, edits: tuple[Edit, ...]) -> str:
    """The text after edits that do not overlap.

    >>> applied(b"x < 1", (Edit(EditClass.OPERATOR, (Splice(2, 3, ">"),), 1),))
    'x > 1'
    """
    splices = sorted((s for e in edits for s in e.splices), key=lambda s: (s.start, s.end))
    pieces: list[bytes] = []
    at = 0
    for splice in splices:
        if splice.start < at:
            raise ValueError("the edits overlap")
        pieces += [text[at : splice.start], splice.text.encode()]
        at = splice.end
    return b"".join([*pieces, text[at:]]).decode()
