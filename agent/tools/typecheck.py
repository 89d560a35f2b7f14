"""mypy's strict word on the candidate."""

from __future__ import annotations

from icontract import ensure, require

from verify_agent.agent.state import TYPING, State
from verify_agent.agent.tools.bench import Bench
from verify_agent.agent.tools.check import cut_short, ready, side_by_side


@require(lambda state: ready(state) and TYPING not in state.tried)
@ensure(lambda result: TYPING in result.tried or cut_short(result))
def typecheck(state: State, bench: Bench) -> State:
    """The state with mypy's strict word on the candidate."""
    return side_by_side(state, bench, frozenset({TYPING}))
