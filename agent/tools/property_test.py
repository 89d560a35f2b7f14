"""Hypothesis' word on the candidate."""

from __future__ import annotations

from icontract import ensure, require

from verify_agent.agent.state import PROPERTIES, State
from verify_agent.agent.tools.bench import Bench
from verify_agent.agent.tools.check import cut_short, ready, side_by_side


@require(lambda state: ready(state) and PROPERTIES not in state.tried)
@ensure(lambda result: PROPERTIES in result.tried or cut_short(result))
def property_test(state: State, bench: Bench) -> State:
    """The state with Hypothesis' word on the candidate."""
    return side_by_side(state, bench, frozenset({PROPERTIES}))
