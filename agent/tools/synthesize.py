"""Ask the proposer for a candidate that survives every counterexample so far."""

from __future__ import annotations

from dataclasses import replace

from icontract import ensure, require

from verify_agent.agent.state import LastOutcome, Standing, State
from verify_agent.agent.tools.bench import Bench
from verify_agent.agent.tools.check import report_of


@require(lambda state: state.ending is None and not state.spent)
@require(lambda state: state.standing is Standing.OPEN)
@require(lambda state: not state.exhausted)
@require(lambda state: state.candidate is None or state.replaceable)
@ensure(lambda result: result.candidate is not None or result.exhausted)
@ensure(lambda result: not result.tried and not result.obligations)
@ensure(lambda result, state: result.counterexamples == state.counterexamples)
def synthesize(state: State, bench: Bench) -> State:
    """The state with a new, untouched candidate, or exhausted.

    A candidate that an engine could not judge (it hangs, it does not type-check) is set aside.
    """
    state = _set_aside(state, bench)
    left = state.goal.seconds - state.seconds
    candidate = bench.propose(state.counterexamples, left)
    return replace(
        state,
        candidate=candidate,
        simplified=False,
        exhausted=candidate is None,
        tried=frozenset(),
        obligations=(),
        last=LastOutcome.SILENT if candidate is None else LastOutcome.PROGRESS,
    ).after(bench.now())


def _set_aside(state: State, bench: Bench) -> State:
    if state.candidate is None:
        return state
    known = report_of(state, bench.subject(state.candidate))
    return replace(
        state,
        notes=(),
        rejections=(*state.rejections, known),
        rejected=state.rejected + 1,
        set_aside=state.set_aside + 1,
    )
