"""Ask the proposer for a candidate that survives every counterexample so far."""

from __future__ import annotations

from dataclasses import replace

from icontract import ensure, require

from verify_agent.agent.effort import search_seconds
from verify_agent.agent.evidence_needed import merit
from verify_agent.agent.state import Aside, LastOutcome, Standing, State
from verify_agent.agent.tools.bench import Bench
from verify_agent.agent.tools.check import report_of


@require(lambda state: state.ending is None and not state.spent)
@require(lambda state: state.standing is Standing.OPEN)
@require(lambda state: not state.exhausted)
@require(lambda state: state.candidate is None or state.replaceable)
@require(lambda state: state.candidate is not None or not state.stuck, "evidence is of something")
@ensure(lambda result: result.candidate is not None or result.exhausted)
@ensure(lambda result: not result.tried and not result.obligations)
@ensure(lambda result, state: not state.stuck or result.best is not None)
@ensure(lambda result, state: result.counterexamples == state.counterexamples)
def synthesize(state: State, bench: Bench) -> State:
    """The state with a new, untouched candidate, or exhausted.

    A candidate that an engine could not judge (it hangs, it does not type-check) or that the
    prover could not prove is set aside.
    """
    seconds = search_seconds(state)
    state = _set_aside(state, bench)
    candidate = bench.propose(state.counterexamples, seconds)
    return replace(
        state,
        candidate=candidate,
        simplified=False,
        tried=frozenset(),
        obligations=(),
        exhausted=candidate is None,
        last=LastOutcome.SILENT if candidate is None else LastOutcome.PROGRESS,
    ).after(bench.now())


def _set_aside(state: State, bench: Bench) -> State:
    if state.candidate is None:
        return state
    known = report_of(state, bench.subject(state.candidate))
    best = better(state)
    counted = 0 if state.candidate.remembered else 1
    return replace(
        state,
        notes=(),
        rejections=(*state.rejections, known),
        rejected=state.rejected + counted,
        set_aside=state.set_aside + counted,
        best=best,
    )


def better(state: State) -> Aside | None:
    """The best candidate that is known: the present one if it is sound and more is known of it."""
    best = state.best
    if state.candidate is None or not state.stuck:
        return best
    if best is not None and merit(best.obligations) >= merit(state.obligations):
        return best
    return Aside(state.candidate, state.tried, state.obligations, state.notes)
