"""The deductive engine's word on the candidate: a proof by both solvers, or an input."""

from __future__ import annotations

from icontract import ensure, require

from verify_agent.agent.state import State
from verify_agent.agent.tools.bench import Bench
from verify_agent.agent.tools.check import cut_short, ready, side_by_side
from verify_agent.verifier.evidence import DEDUCTIVE


@require(lambda state: ready(state) and DEDUCTIVE not in state.tried)
@ensure(lambda result: DEDUCTIVE in result.tried or cut_short(result))
def prove(state: State, bench: Bench) -> State:
    """The state with the prover's attempts; a counterexample goes to the synthesizer."""
    return side_by_side(state, bench, frozenset({DEDUCTIVE}))
