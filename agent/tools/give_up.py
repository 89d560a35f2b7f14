"""Stop without a delivery, and say why."""

from __future__ import annotations

from dataclasses import replace

from icontract import ensure, require

from verify_agent.agent.state import ENGINES, Ending, Standing, State
from verify_agent.agent.tools.bench import Bench
from verify_agent.verifier.evidence import Verdict


def nothing_left(state: State) -> bool:
    """Whether no other tool could still bring a delivery nearer."""
    if state.deliverable:
        return False
    if state.infeasible or state.spent:
        return True
    if state.candidate is None:
        return state.exhausted
    return state.tried.issuperset(ENGINES)


@require(lambda state: state.ending is None and nothing_left(state))
@ensure(lambda result: result.ending not in (None, Ending.DELIVERED))
@ensure(lambda result, state: result.obligations == state.obligations)
def give_up(state: State, bench: Bench) -> State:
    """The ended run; what was known stays on record."""
    return replace(state, ending=_why(state)).after(bench.now())


def _why(state: State) -> Ending:
    match state.standing:
        case Standing.VACUOUS:
            return Ending.VACUOUS
        case Standing.UNSATISFIABLE:
            return Ending.UNSATISFIABLE
    if any(o.verdict is Verdict.ERROR for o in state.obligations):
        return Ending.TOOL_BROKE
    if state.spent:
        return Ending.OUT_OF_BUDGET
    return Ending.NONE_FOUND if state.candidate is None else Ending.INCONCLUSIVE
