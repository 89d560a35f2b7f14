"""Fault localisation by spectrum: which lines the failing runs take and the passing ones do not.

The measure is Ochiai's (Abreu, Zoeteweij, van Gemund, "On the accuracy of spectrum-based fault
localization", 2007): failing runs through the line, over the root of all failing runs times all
runs through it.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from verify_agent.agent.repair.trial import Trial, coverage

PASSING = 40


@dataclass(frozen=True)
class Spectrum:
    """How suspicious each line is, from 0 to 1; a line that no failing run took is 0."""

    lines: Mapping[int, float]

    def of(self, line: int) -> float:
        """The suspicion of the statement that a line belongs to: the nearest one before it."""
        before = [n for n in self.lines if n <= line]
        return self.lines[max(before)] if before else 0.0


def spectrum(failing: Iterable[set[int]], passing: Iterable[set[int]]) -> Spectrum:
    """The spectrum of runs, each given as the lines that it took.

    >>> spectrum([{1, 2}], [{1}]).of(2)
    1.0
    """
    bad, good = Counter[int](), Counter[int]()
    total = 0
    for lines in failing:
        total += 1
        bad.update(lines)
    for lines in passing:
        good.update(lines)
    every = sorted({*bad, *good})
    return Spectrum({n: _ochiai(bad[n], good[n], total) for n in every})


def _ochiai(bad: int, good: int, total: int) -> float:
    return bad / math.sqrt(total * (bad + good)) if bad else 0.0


def localised(trial: Trial) -> Spectrum:
    """The spectrum of the function's failing runs against a sample of the others."""
    failing = [coverage(trial, args) for args in trial.wrong]
    return spectrum(failing, [coverage(trial, args) for args in trial.passing[:PASSING]])
