"""What can be compared: arms, the things that they are tried on, and what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Draw:
    """One thing that every arm is tried on; `seed` is for what is left to chance."""

    number: int
    unit: str
    seed: int


class Study(Protocol):
    """Arms that are compared with the first of them, on units of one kind."""

    @property
    def arms(self) -> Sequence[str]:
        """Their names; the first is the one that all others are compared with."""
        ...

    @property
    def units(self) -> Sequence[str]:
        """What draws are made from."""
        ...

    @property
    def measure(self) -> str:
        """What is measured, with its unit; less or more being better is said there."""
        ...

    @property
    def bound(self) -> float:
        """A difference of two arms that is larger counts as this."""
        ...

    @property
    def more_is_better(self) -> bool:
        """Whether a larger value is the better one."""
        ...

    @property
    def census(self) -> bool:
        """Whether a unit gives the same each time: units are drawn without replacement then."""
        ...

    @property
    def method(self) -> str:
        """How a value comes about, for the report."""
        ...

    @property
    def threats(self) -> Sequence[str]:
        """What may make the answer not hold elsewhere."""
        ...

    def values(self, draw: Draw, order: Sequence[str]) -> Mapping[str, float]:
        """The value of each arm, tried in this order."""
        ...
