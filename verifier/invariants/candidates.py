"""Candidates for the invariant of one loop: from all sources, true on every trace, few."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from verify_agent.verifier.invariants.base import Candidate, LoopContext, Source
from verify_agent.verifier.invariants.environments import environments_of
from verify_agent.verifier.invariants.filtering import Filter
from verify_agent.verifier.invariants.runs import traces
from verify_agent.verifier.ir import nodes as n

#: How many candidates a loop gets at most.
MOST = 150


def candidates(
    context: LoopContext, seed: int = 0, without: Collection[str] = ()
) -> tuple[Candidate, ...]:
    """What all sources propose for the loop, as far as it holds in every environment.

    Cheap ones first; no two are the same formula. Without environments nothing is known to be
    false, and what rests on traces alone is not proposed. `without` names sources to leave out.
    """
    kept: list[Candidate] = []
    holds = Filter(context)
    for name, source in sources(seed).items():
        if name not in without:
            kept += [c for c in source(context) if holds(c.expr)]
    return tuple(sorted(kept, key=lambda c: c.cost)[:MOST])


def sources(seed: int = 0) -> dict[str, Source]:
    """Every source by its name, in the order in which they pay."""
    from verify_agent.verifier.invariants.asserts import asserts_at_head
    from verify_agent.verifier.invariants.bounds import bounds
    from verify_agent.verifier.invariants.divisors import divisors
    from verify_agent.verifier.invariants.earlier import earlier
    from verify_agent.verifier.invariants.elementwise import elementwise
    from verify_agent.verifier.invariants.extremes import extremes
    from verify_agent.verifier.invariants.folds import folds
    from verify_agent.verifier.invariants.holes import holes
    from verify_agent.verifier.invariants.linear import linear
    from verify_agent.verifier.invariants.nested import nested
    from verify_agent.verifier.invariants.order import order
    from verify_agent.verifier.invariants.polynomial import polynomial
    from verify_agent.verifier.invariants.postcondition import postcondition
    from verify_agent.verifier.invariants.tables import tables

    return {
        "asserts": asserts_at_head,
        "linear": linear,
        "bounds": bounds,
        "earlier": earlier,
        "postcondition": postcondition,
        "tables": tables,
        "folds": folds,
        "extremes": extremes,
        "nested": nested,
        "elementwise": elementwise,
        "order": order,
        "holes": holes,
        "divisors": divisors,
        "polynomial": polynomial,
    }


@dataclass
class Discovered:
    """A source that runs the program for environments, and asks all sources.

    Runs are made once a program, candidates once a loop. `without` names sources that are not
    asked.
    """

    seed: int = 0
    without: frozenset[str] = frozenset()
    _known: dict[object, tuple[Candidate, ...]] = field(default_factory=dict)
    _traces: dict[int, tuple[n.Program, dict[str, list[dict[str, object]]]]] = field(
        default_factory=dict
    )

    def __call__(self, context: LoopContext) -> tuple[Candidate, ...]:
        """The candidates of a loop."""
        key = (
            id(context.program),
            context.function.name,
            context.loop.label,
            tuple(context.variables),
            context.changed,
        )
        if key not in self._known:
            self._known[key] = candidates(self.traced(context), self.seed, self.without)
        return self._known[key]

    def traced(self, context: LoopContext) -> LoopContext:
        """The context with environments."""
        return replace(context, environments=self.environments(context))

    def environments(self, context: LoopContext) -> tuple[dict[str, object], ...]:
        """Values at the loop's head in runs of the program; none where it can't be run."""
        found = self._traces.get(id(context.program))
        if found is None:
            seen = traces(context.program, self.seed)
            # The program is kept so that its identity is not given to another one.
            found = self._traces[id(context.program)] = (context.program, seen)
        return environments_of(context, found[1])
