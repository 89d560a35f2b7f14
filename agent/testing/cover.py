"""Minimal set cover: the fewest examples that together kill every mutant that can be killed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from icontract import ensure, require

#: Nodes of the search after which the best cover so far is taken.
MOST_NODES = 20_000

Kills = Mapping[int, frozenset[int]]


@dataclass(frozen=True)
class Cover:
    """The chosen examples by number; `fewest` where no smaller cover exists."""

    chosen: tuple[int, ...]
    fewest: bool


def killed_by(kills: Kills, chosen: Sequence[int]) -> frozenset[int]:
    """The mutants that these examples kill together."""
    return frozenset(m for example in chosen for m in kills[example])


@require(lambda kills: all(example >= 0 for example in kills))
@ensure(lambda result, kills: killed_by(kills, result.chosen) == killed_by(kills, list(kills)))
@ensure(lambda result, kills: irredundant(kills, result.chosen))
def fewest(kills: Kills) -> Cover:
    """A smallest set of examples that kills all that any of them kills.

    `kills` has the mutants that each example kills; of examples that kill as many, earlier ones
    are preferred (callers put short ones first). Branch and bound over the mutant with the fewest
    examples, from a greedy cover (Chvatal 1979); exact up to `MOST_NODES`.

    >>> fewest({0: frozenset({1}), 1: frozenset({1, 2}), 2: frozenset({2, 3})}).chosen
    (0, 2)
    """
    rows = _minimal_rows(kills)
    search = _Search(kills, rows, _greedy(kills, rows))
    search.go(frozenset(rows), ())
    return Cover(tuple(sorted(search.best)), search.nodes < MOST_NODES)


def irredundant(kills: Kills, chosen: Sequence[int]) -> bool:
    """Whether every chosen example kills a mutant that none of the others does."""
    return all(
        kills[one] - killed_by(kills, [other for other in chosen if other != one]) for one in chosen
    )


def _minimal_rows(kills: Kills) -> dict[int, tuple[int, ...]]:
    """For each mutant its examples; a mutant that dies with another one is left out."""
    rows: dict[int, set[int]] = {}
    for example, mutants in kills.items():
        for mutant in mutants:
            rows.setdefault(mutant, set()).add(example)
    kept: dict[int, tuple[int, ...]] = {}
    seen: list[set[int]] = []
    for mutant, examples in sorted(rows.items(), key=lambda row: (len(row[1]), row[0])):
        if not any(other <= examples for other in seen):
            seen.append(examples)
            kept[mutant] = tuple(sorted(examples))
    return kept


def _greedy(kills: Kills, rows: Mapping[int, tuple[int, ...]]) -> tuple[int, ...]:
    left, chosen = set(rows), []
    while left:
        best = max(kills, key=lambda e: (len(kills[e] & left), -e))
        chosen.append(best)
        left -= kills[best]
    # What came early may be needless after what came late.
    for one in list(chosen):
        rest = [e for e in chosen if e != one]
        if set(rows) <= killed_by(kills, rest):
            chosen = rest
    return tuple(chosen)


@dataclass
class _Search:
    kills: Kills
    rows: Mapping[int, tuple[int, ...]]
    best: tuple[int, ...]
    nodes: int = 0

    def go(self, left: frozenset[int], chosen: tuple[int, ...]) -> None:
        """Try the examples of one mutant that is left, where fewer than the best can do."""
        self.nodes += 1
        if not left:
            self.best = chosen
            return
        if self.nodes >= MOST_NODES or len(chosen) + self._bound(left) >= len(self.best):
            return
        mutant = min(left, key=lambda m: (len(self.rows[m]), m))
        for example in sorted(self.rows[mutant], key=lambda e: (-len(self.kills[e] & left), e)):
            if len(chosen) + 1 < len(self.best):
                self.go(left - self.kills[example], (*chosen, example))

    def _bound(self, left: frozenset[int]) -> int:
        """No fewer examples than mutants of which no two share one."""
        taken: set[int] = set()
        count = 0
        for mutant in sorted(left, key=lambda m: (len(self.rows[m]), m)):
            if not taken & set(self.rows[mutant]):
                taken |= set(self.rows[mutant])
                count += 1
        return count
