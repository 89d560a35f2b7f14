"""CrossHair's word on the candidate."""

from __future__ import annotations

from icontract import ensure, require

from verify_agent.agent.state import SYMBOLIC, State
from verify_agent.agent.tools.bench import Bench
from verify_agent.agent.tools.check import cut_short, ready, side_by_side


@require(lambda state: ready(state) and SYMBOLIC not in state.tried)
@ensure(lambda result: SYMBOLIC in result.tried or cut_short(result))
def symbolic(state: State, bench: Bench) -> State:
    """The state with CrossHair's word on the candidate."""
    return side_by_side(state, bench, frozenset({SYMBOLIC}))
