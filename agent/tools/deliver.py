"""Hand over the candidate: only with all the evidence that was asked for."""

from __future__ import annotations

from dataclasses import replace

from icontract import ensure, require

from verify_agent.agent.evidence_needed import meets, refutation, undecided
from verify_agent.agent.state import ALWAYS, Ending, LastOutcome, Standing, State
from verify_agent.agent.tools.bench import Bench


@require(lambda state: state.ending is None)
@require(lambda state: state.standing is Standing.OPEN and state.candidate is not None)
@require(lambda state: state.tried.issuperset(ALWAYS))
@require(lambda state: meets(state.obligations, state.goal.evidence))
@require(lambda state: refutation(state.obligations) is None)
@require(lambda state: not any(undecided(state.obligations, engine) for engine in state.needed))
@ensure(lambda result, state: result.ending is Ending.DELIVERED)
@ensure(lambda result, state: result.obligations == state.obligations)
def deliver(state: State, bench: Bench) -> State:
    """The ended run, after module, tests and report were written."""
    bench.deliver(state)
    return replace(state, last=LastOutcome.PROGRESS, ending=Ending.DELIVERED).after(bench.now())
