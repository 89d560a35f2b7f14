"""Ask the proposer for a candidate that survives every counterexample so far."""

from __future__ import annotations

from dataclasses import replace

from icontract import ensure, require

from verify_agent.agent.state import LastOutcome, Standing, State
from verify_agent.agent.tools.bench import Bench


@require(lambda state: state.ending is None and not state.spent)
@require(lambda state: state.standing is Standing.OPEN)
@require(lambda state: state.candidate is None and not state.exhausted)
@ensure(lambda result: result.candidate is not None or result.exhausted)
@ensure(lambda result: not result.tried and not result.obligations)
@ensure(lambda result, state: result.counterexamples == state.counterexamples)
def synthesize(state: State, bench: Bench) -> State:
    """The state with a new, untouched candidate, or exhausted."""
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
