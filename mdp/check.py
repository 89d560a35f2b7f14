"""An exhaustive check of the automaton that a policy makes of a model, and exact forecasts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from verify_agent.mdp.exact import expected
from verify_agent.mdp.model import Model


@dataclass(frozen=True)
class AutomatonReport:
    """What an exhaustive walk found; `stuck` are reachable states from which no ending can be
    reached, `unsafe` are reachable (state, action) pairs that the given predicate forbids."""

    reachable: frozenset[str]
    endings: frozenset[str]
    stuck: tuple[str, ...]
    unsafe: tuple[tuple[str, str], ...]

    @property
    def sound(self) -> bool:
        """Whether an ending is reached with probability 1 and nothing unsafe is ever done.

        In a finite chain the first follows from no reachable state being stuck.
        """
        return not self.stuck and not self.unsafe and bool(self.endings)


def check_automaton(
    model: Model,
    policy: Mapping[str, str],
    starts: Iterable[str],
    allowed: Callable[[str, str], bool],
) -> AutomatonReport:
    """Walk every state that the policy can reach from `starts`.

    `allowed(state, action)` says what may be done where (delivery only with evidence).
    """
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_nodes_from(model.states)
    for state, action in policy.items():
        graph.add_edges_from((state, t) for t, _ in model.choices[state][action].successors)
    first = tuple(starts)
    reachable = frozenset(first).union(*(nx.descendants(graph, s) for s in first))
    endings = reachable & model.terminal
    ending = frozenset(endings).union(*(nx.ancestors(graph, s) for s in endings))
    pairs = ((s, policy[s]) for s in model.states if s in reachable and s in policy)
    return AutomatonReport(
        reachable,
        endings,
        tuple(s for s in model.states if s in reachable - ending),
        tuple((s, a) for s, a in pairs if not allowed(s, a)),
    )


@dataclass(frozen=True)
class Forecast:
    """What becomes of a run from one state: each ending's probability, and the expected cost.

    Exact, undiscounted; `steps` is the expected number of actions.
    """

    start: str
    endings: Mapping[str, Fraction]
    cost: Fraction
    steps: Fraction

    @property
    def sure(self) -> bool:
        """Whether an ending is reached with probability exactly 1."""
        return sum(self.endings.values(), Fraction(0)) == 1


def forecasts(
    model: Model, policy: Mapping[str, str], starts: Iterable[str]
) -> tuple[Forecast, ...]:
    """The forecast of each start; raises `NoEnding` where a run may go on for ever."""
    nothing = {s: Fraction(0) for s in model.terminal}
    shares = {
        end: expected(model, policy, lambda s: Fraction(0), {**nothing, end: Fraction(1)})
        for end in sorted(model.terminal)
    }
    costs = expected(model, policy, lambda s: model.choices[s][policy[s]].cost, nothing)
    steps = expected(model, policy, lambda s: Fraction(1), nothing)
    return tuple(
        Forecast(s, {end: share[s] for end, share in shares.items()}, costs[s], steps[s])
        for s in starts
    )


def dead_ends(model: Model, endings: Iterable[str]) -> tuple[str, ...]:
    """States that are no ending and still have no action."""
    return tuple(s for s in model.states if s in model.terminal - set(endings))
