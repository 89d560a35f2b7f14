"""Stop without a delivery, and say why."""

from __future__ import annotations

from dataclasses import replace

from icontract import ensure, require

from verify_agent.agent.evidence_needed import lacking, merit, refutation, undecided
from verify_agent.agent.state import ENGINES, Ending, Standing, State
from verify_agent.agent.task import OPTIMIZE
from verify_agent.agent.tools.bench import Bench
from verify_agent.verifier.evidence import DEDUCTIVE, Obligation, Verdict
from verify_agent.verifier.subject import REFERENCE


def nothing_left(state: State) -> bool:
    """Whether no other tool could still bring a delivery nearer."""
    if state.deliverable:
        return False
    if state.infeasible or state.spent or state.blocked:
        return True
    if state.candidate is None:
        return state.exhausted
    return not state.replaceable and (not state.sound or state.tried.issuperset(ENGINES))


@require(lambda state: state.ending is None and nothing_left(state))
@ensure(lambda result: result.ending not in (None, Ending.DELIVERED))
@ensure(lambda result, state: result.obligations in (state.obligations, *_set_aside(state)))
@ensure(lambda result, state: merit(result.obligations) >= merit(state.obligations))
def give_up(state: State, bench: Bench) -> State:
    """The ended run; what was known stays on record, and the best candidate is the one shown."""
    state = _with_best(state)
    problem = state.problem or _what_is_missing(state)
    ending = _why(state)
    return replace(state, problem=problem, ending=ending).after(bench.now())


def _set_aside(state: State) -> tuple[tuple[Obligation, ...], ...]:
    return (state.best.obligations,) if state.best else ()


def _with_best(state: State) -> State:
    """The state with the best candidate that was set aside, if no better one is at hand."""
    best = state.best
    if state.task.kind == OPTIMIZE:
        return state
    if best is None or state.infeasible or state.broken:
        return state
    if merit(state.obligations) > merit(best.obligations):
        return state
    return replace(
        state,
        candidate=best.candidate,
        tried=best.tried,
        obligations=best.obligations,
        notes=best.notes,
        rejections=tuple(r for r in state.rejections if r.obligations != best.obligations),
    )


def _why(state: State) -> Ending:
    if state.standing is Standing.VACUOUS:
        return Ending.VACUOUS
    if state.standing is Standing.UNSATISFIABLE:
        return Ending.UNSATISFIABLE
    if any(_broke(o) for o in lacking(state.obligations, state.goal.evidence)):
        return Ending.TOOL_BROKE
    if state.spent:
        return Ending.OUT_OF_BUDGET
    if state.task.kind == OPTIMIZE and not breaks_contract(state):
        return Ending.NO_BETTER
    if state.candidate is not None or state.set_aside > 0:
        return Ending.INCONCLUSIVE
    return Ending.NONE_FOUND


def breaks_contract(state: State) -> bool:
    """Whether a candidate was refuted that may be equal to the function: so is the function."""
    found = (refutation(r.obligations) for r in state.rejections)
    return any(f is not None and f[0].kind != REFERENCE for f in found)


def _what_is_missing(state: State) -> str:
    """The weakest obligation that is not decided as it should be, and why."""
    if state.blocked:
        return state.unsupported
    return _lacking(state) + _alternatives(state)


def _alternatives(state: State) -> str:
    if state.best is None or state.set_aside < 2:
        return ""
    return f"; it is the best of {state.set_aside:d} candidates that were set aside"


def _lacking(state: State) -> str:
    if state.task.kind == OPTIMIZE and not state.spent:
        aside = state.set_aside + (0 if state.candidate is None else 1)
        open_ = f"{aside} that measured better could not be proved equal"
        return open_ if aside else "nothing measured better was found"
    if state.candidate is None and state.set_aside > 0:
        last = [o.reason for o in state.rejections[-1].obligations if o.reason]
        return f"{state.set_aside} candidates could not be judged: {'; '.join(last[:1])}"
    if state.candidate is None:
        if state.exhausted and not state.spent:
            return "the search came to its end"
        return f"{state.rejected} candidates were refuted, {state.seconds:.0f} s spent"
    short = lacking(state.obligations, state.goal.evidence)
    silent = [e for e in state.needed if undecided(state.obligations, e)]
    if not short:
        return f"no positive word of {', '.join(silent)}" if silent else ""
    worst = min(short, key=lambda o: (not _broke(o), o.verdict.rank))
    return f"{worst.kind} `{worst.text}` is {worst.verdict.value}: {_reason(worst)}"


def _broke(obligation: Obligation) -> bool:
    return any(a.outcome is Verdict.ERROR for a in obligation.attempts)


def _reason(obligation: Obligation) -> str:
    """Why no engine got further, the prover's reason first."""
    told = sorted(obligation.attempts, key=lambda a: a.engine != DEDUCTIVE)
    return next((a.reason for a in told if a.reason), "no engine said more")
