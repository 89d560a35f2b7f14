"""Strategies for a callable's arguments: types, preconditions, and aliases between arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from verify_agent.verifier.engines.strategies import Maker, Strategy
from verify_agent.verifier.engines.strategies_bounds import Plan, plans
from verify_agent.verifier.engines.strategies_changes import changes_of
from verify_agent.verifier.engines.strategies_limits import Limits
from verify_agent.verifier.engines.strategies_recipe import Made

Condition = Callable[[Mapping[str, Any]], bool]
_MUTABLE = (list, dict, set)


@dataclass(frozen=True)
class Demand:
    """What the arguments have to meet.

    `declared` are the types by parameter, `texts` the precondition's conjuncts, `holds` the same
    as functions (`False` also where one raises), `names` what the texts may refer to. Each of
    `cases` is a condition that some of the arguments should meet.
    """

    declared: Mapping[str, Any]
    texts: Sequence[str]
    holds: Sequence[Condition]
    names: Mapping[str, Any]
    cases: Sequence[str] = ()


def arguments(maker: Maker, demand: Demand, depth: int = 0) -> Strategy:
    """A strategy for dictionaries of arguments, most of which the precondition allows.

    Some are not: whoever draws them holds each against the precondition.
    """
    texts = list(demand.texts)
    ways = list(plans(list(demand.declared), texts))
    for case in demand.cases:
        ways += plans(list(demand.declared), [*texts, case])
    bases = {name: maker.of(declared, depth) for name, declared in demand.declared.items()}

    @st.composite
    def drawn(draw: Callable[[Strategy], Any]) -> dict[str, Any]:
        plan = ways[0] if len(ways) == 1 else draw(st.sampled_from(ways))
        known: dict[str, Any] = {}
        for name in plan.order:
            known[name] = _one(draw, maker, demand, plan, name, known, bases[name])
        values = {name: known[name] for name in demand.declared}
        return _repaired(values, demand.holds)

    return drawn()


def _one(
    draw: Callable[[Strategy], Any],
    maker: Maker,
    demand: Demand,
    plan: Plan,
    name: str,
    known: Mapping[str, Any],
    base: Strategy,
) -> Any:
    twins = [
        v
        for n, v in known.items()
        if isinstance(v, (*_MUTABLE, Made)) and demand.declared[n] == demand.declared[name]
    ]
    if twins and draw(st.integers(0, 4)) == 4:
        return draw(st.sampled_from(twins))
    limits = Limits.of(plan.bounds.get(name, ()), {**demand.names, **known})
    return draw(limits.narrowed(maker, demand.declared[name], base))


def _repaired(values: dict[str, Any], holds: Sequence[Condition]) -> dict[str, Any]:
    """The values, changed where a simple change makes a false condition true."""
    for _ in range(2):
        broken = [condition for condition in holds if not condition(values)]
        if not broken:
            return values
        changed = list(changes_of(values))
        for condition in broken:
            better = [other for other in changed if condition(other)]
            whole = (other for other in better if all(c(other) for c in holds))
            values = next(whole, better[0] if better else values)
    return values
