"""Work in units that do not depend on the machine or its load: what scheduling goes by.

One unit is about a microsecond of CPython on a machine of today, so that shares of work are
shares of time; but it is counted, never measured: the same problem is always searched in the
same order.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Meter:
    """Units of work done so far, and terms and bodies tried so far.

    >>> meter = Meter()
    >>> meter.spend(3)
    >>> meter.spent
    3
    """

    spent: int = 0
    tried: int = 0

    def spend(self, units: int) -> None:
        """Count work that was done."""
        self.spent += units

    def attempt(self, units: int) -> None:
        """Count one candidate that was tried, a term or a body, and the work that it took."""
        self.tried += 1
        self.spent += units


@dataclass(frozen=True)
class Means:
    """What a search for an expression may use: constants of the contract, what is forbidden in
    the answer, and the meter that its work is counted on."""

    constants: tuple[object, ...] = ()
    forbid: frozenset[str] = frozenset()
    meter: Meter = field(default_factory=Meter)
