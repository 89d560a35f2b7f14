"""Look at the contract itself: can anybody meet it?"""

from __future__ import annotations

from dataclasses import replace

from icontract import ensure, require

from verify_agent.agent.state import LastOutcome, Standing, State
from verify_agent.agent.tools.bench import Bench


@require(lambda state: state.ending is None and not state.spent)
@require(lambda state: state.standing is Standing.UNCHECKED)
@ensure(lambda result: result.standing is not Standing.UNCHECKED)
@ensure(lambda result: not result.infeasible or result.problem != "")
def examine(state: State, bench: Bench) -> State:
    """The state with the contract's standing; a defect comes with its explanation."""
    found = bench.examine()
    infeasible = found.standing in (Standing.VACUOUS, Standing.UNSATISFIABLE)
    return replace(
        state,
        standing=found.standing,
        unsupported=found.unsupported,
        last=LastOutcome.REFUTED if infeasible else LastOutcome.PROGRESS,
        problem=found.explanation,
    ).after(bench.now())
