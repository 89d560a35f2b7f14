"""The functions of a repository that are most like one function, and what is known for sure."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verify_agent.agent.similar.behaviour import outcomes
from verify_agent.agent.similar.clones import DIFFERENT, OPEN, Word, differing, judged
from verify_agent.agent.similar.features import structure
from verify_agent.agent.similar.gather import Function
from verify_agent.agent.similar.index import Index, best, indexed
from verify_agent.verifier.replay import Runner

#: So many functions are run beside the query's, at most.
MOST_RUN = 200


@dataclass(frozen=True)
class Hit:
    """A function like the query's; scores from 0 to 1, `behaviour` None where it was not run.

    `behaviour` is the share of the shared inputs on which both did the same.
    """

    function: Function
    score: float
    structure: float
    behaviour: float | None
    known: Word


@dataclass
class Search:
    """The index of a repository's functions; `sandbox` is None where nothing may be run."""

    functions: Sequence[Function]
    sandbox: Runner | None = None
    prove_seconds: float = 0.0
    told: Callable[[str], None] = lambda text: None
    _index: Index | None = None

    def index(self) -> Index:
        """The index, made when it is first asked for."""
        if self._index is None:
            self._index = indexed(structure([f.node]) for f in self.functions)
        return self._index

    def like(self, query: Function, count: int) -> list[Hit]:
        """The `count` functions most like the query's, itself left out, with what is known."""
        scores = self.index().scores(structure([query.node]))
        behaviours = self._behaviours(query, scores.tolist())
        total = scores.copy()
        for place, (share, _) in behaviours.items():
            total[place] = (scores[place] + share) / 2
        hits = []
        for place, score in best(total, count + 1):
            other = self.functions[place]
            if (other.path, other.qualname) == (query.path, query.qualname):
                continue
            seen = behaviours.get(place)
            known = self._known(query, other, seen[1] if seen else "")
            hits.append(Hit(other, score, float(scores[place]), seen[0] if seen else None, known))
        return hits[:count]

    def _known(self, query: Function, other: Function, difference: str) -> Word:
        if difference:
            return Word(DIFFERENT, difference)
        if not self.prove_seconds:
            return Word(OPEN, "not tried")
        self.told(f"proving {other.place}")
        return judged(query, other, self.prove_seconds)

    def _behaviours(self, query: Function, scores: list[float]) -> dict[int, tuple[float, str]]:
        """Of functions with the query's types: the share of like outcomes, and a difference."""
        wanted = query.runnable
        if self.sandbox is None or wanted is None:
            return {}
        (own,) = outcomes(query.source, [wanted], self.sandbox)
        if not any(text.startswith("=") for text in own):
            return {}
        alike = [i for i, f in enumerate(self.functions) if f.types == wanted.types and f.runnable]
        alike = sorted(alike, key=lambda i: (-scores[i], i))[:MOST_RUN]
        found = {}
        for group in _by_source(self.functions, alike):
            runnables = [r for i in group if (r := self.functions[i].runnable)]
            seen = outcomes(self.functions[group[0]].source, runnables, self.sandbox)
            for place, told in zip(group, seen, strict=True):
                if told:
                    found[place] = (_share(own, told), differing(query, own, told))
        return found


def _by_source(functions: Sequence[Function], places: list[int]) -> list[list[int]]:
    groups: dict[str, list[int]] = {}
    for place in places:
        groups.setdefault(functions[place].source, []).append(place)
    return list(groups.values())


def _share(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    same = sum(a == b and bool(a) for a, b in zip(one, other, strict=False))
    return same / max(len(one), len(other), 1)


def rounded(score: float | None) -> str:
    """A score for people; a dash where there is none.

    >>> rounded(0.987), rounded(None)
    ('0.98', '-')
    """
    return "-" if score is None else f"{math.floor(score * 100 + 1e-6) / 100:.2f}"
