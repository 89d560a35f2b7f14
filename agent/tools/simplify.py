"""Rewrite an untouched candidate into what a person would write."""

from __future__ import annotations

from dataclasses import replace

from icontract import ensure, require

from verify_agent.agent.state import LastOutcome, Standing, State
from verify_agent.agent.tools.bench import Bench


@require(lambda state: state.ending is None and not state.spent)
@require(lambda state: state.standing is Standing.OPEN)
@require(lambda state: state.candidate is not None and not state.simplified)
@require(lambda state: not state.tried, "no evidence may be lost")
@ensure(lambda result: result.simplified and result.candidate is not None)
@ensure(lambda result, state: result.candidate.cost <= state.candidate.cost)
def simplify(state: State, bench: Bench) -> State:
    """The state with the simplified candidate, that is no larger than before."""
    if state.candidate is None:
        raise ValueError("there is no candidate to simplify")
    shorter = bench.simplify(state.candidate)
    return replace(state, candidate=shorter, simplified=True, last=LastOutcome.PROGRESS).after(
        bench.now()
    )
