"""What stands around the verdicts of a report: functions left out, waivers, what changed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Skipped:
    """A function that has nothing to show, or was not to be checked, and why."""

    id: str
    path: str
    line: int
    reason: str


@dataclass(frozen=True)
class Waived:
    """An obligation that a person takes on; `until` is the last day, as ISO 8601.

    `obligation` is the module's name, a colon and the obligation's id. `verdict` is what the run
    says of it, empty where it has no such obligation.
    """

    obligation: str
    who: str
    why: str
    until: str
    verdict: str = ""
    expired: bool = False


@dataclass(frozen=True)
class Change:
    """An obligation whose verdict differs from the baseline's; empty where there was or is none."""

    obligation: str
    before: str
    after: str
