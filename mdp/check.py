"""An exhaustive check of the automaton that a policy makes of a model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

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
