"""Q_t of a life, recomputed from its ledger: the bound of C3, and whether C1's hypothesis held."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from verify_agent.agent.audit.ledger import ADMITTED, NOTES, ROLLED_BACK, START, Entry
from verify_agent.proofs.claims.c03_monotone import most_admissions
from verify_agent.proofs.model import Finding, Line, Plot, Table


def bound(entries: Sequence[Entry]) -> Finding:
    """Admissions since the last start or rollback against floor((1 - Q_0) / delta), drawn."""
    begun = max(i for i, e in enumerate(entries) if e.kind in (START, ROLLED_BACK))
    count = sum(e.kind == ADMITTED for e in entries[begun:])
    most = most_admissions(entries[begun].quality, entries[0].delta)
    path = tuple((float(i), float(e.quality)) for i, e in enumerate(entries))
    ceiling, floor = list[tuple[float, float]](), entries[0].quality
    for i, entry in enumerate(entries):
        floor = entry.quality if entry.kind == ROLLED_BACK else floor
        admitted = sum(e.kind == ADMITTED for e in entries[begun : i + 1]) if i >= begun else 0
        ceiling.append((float(i), float(floor + admitted * entries[0].delta)))
    plot = Plot(
        "Q_t and the floor Q_0 + k delta that admissions guarantee",
        "entry of the ledger",
        "quality",
        (Line("Q_t", path, "steps"), Line("guaranteed by C3", tuple(ceiling), "steps")),
    )
    rows = (("admitted", str(count)), ("bound", str(most)), ("Q now", str(entries[-1].quality)))
    says = f"{count} admissions since the last start or rollback; C3 allows {most}."
    return Finding(count <= most, says, Table(("of the life", ""), rows), plot)


def lipschitz(entries: Sequence[Entry], resamples: int = 500) -> Finding:
    """The least L that the observed map Q_t -> Q_(t+1) allows, and whether L < 1 was possible.

    The largest slope between observed pairs is an exact lower bound. The interval is a bootstrap
    over the pairs (percentiles, seeded): it says how much the estimate hangs on single steps; no
    finite run bounds L from above.
    """
    steps = [entry for entry in entries if entry.kind not in NOTES]
    pairs = sorted({(a.quality, b.quality) for a, b in pairwise(steps)})
    torn = sorted({a for i, (a, b) in enumerate(pairs) for c, d in pairs[:i] if a == c and b != d})
    slope = _largest_slope(pairs)
    if slope is None and not torn:
        return Finding(False, "", missing="fewer than two different qualities were seen")
    source, drawn = random.Random(1), list[float]()
    for _ in range(resamples):
        sampled = _largest_slope(sorted(set(source.choices(pairs, k=len(pairs)))))
        drawn += [] if sampled is None else [float(sampled)]
    drawn.sort()
    low, high = (drawn[len(drawn) // 40], drawn[-1 - len(drawn) // 40]) if drawn else (0.0, 0.0)
    told = f"L is at least {slope}" if slope is not None else "no slope could be taken"
    met = slope is not None and slope < 1 and not torn
    says = (
        f"{told} (bootstrap 95 %: {low:.2f} to {high:.2f}); "
        f"{len(torn)} qualities led to two different ones. Theorem 1's hypothesis "
        f"{'was not contradicted' if met else 'was not met'} on this run."
    )
    rows = tuple((str(a), str(b)) for a, b in pairs)
    return Finding(True, says, Table(("Q_t", "Q_(t+1)"), rows))


def _largest_slope(pairs: Sequence[tuple[Fraction, Fraction]]) -> Fraction | None:
    slopes = [
        abs(b - d) / abs(a - c) for i, (a, b) in enumerate(pairs) for c, d in pairs[:i] if a != c
    ]
    return max(slopes, default=None)
