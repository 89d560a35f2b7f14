"""A change to a module's text: pieces of it replaced, every other byte kept."""

from __future__ import annotations

import enum
from dataclasses import dataclass


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


#: How large an edit of each class is: what is smaller is tried, and offered, first.
SIZES = {
    EditClass.OPERATOR: 1.0,
    EditClass.CONSTANT: 1.1,
    EditClass.EARLIER: 1.1,
    EditClass.VARIABLE: 1.2,
    EditClass.OFF_BY_ONE: 1.4,
    EditClass.CONDITION: 1.8,
    EditClass.INITIAL: 1.5,
    EditClass.BRANCHES: 2.0,
    EditClass.ORDER: 2.2,
    EditClass.REMOVED: 2.4,
    EditClass.GUARD: 2.8,
    EditClass.UPDATE: 2.6,
    EditClass.EXPRESSION: 3.0,
    EditClass.BODY: 9.0,
    EditClass.PRECONDITION: 8.0,
}


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
        """How large it is, without a unit; an edit of a later class is larger."""
        return SIZES[self.kind] + self.extra

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
