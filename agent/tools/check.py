"""Run a set of engines side by side on the candidate and put their words on record.

The tools that run one engine (`typecheck`, `symbolic`, `property_test`, `prove`) are this one
with a set of one; which sets are run is the policy's choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from icontract import ensure, require

from verify_agent.agent.effort import seconds_of
from verify_agent.agent.evidence_needed import refutation
from verify_agent.agent.repair.callers import callers_obligation
from verify_agent.agent.state import ENGINES, Ending, LastOutcome, Standing, State
from verify_agent.agent.tools.bench import Bench, CheckInterrupted, Said
from verify_agent.verifier.evidence import (
    INCONSISTENT,
    FunctionReport,
    Obligation,
    Verdict,
)
from verify_agent.verifier.subject import Subject, obligations_of, types_obligation

STOPPED = "stopped from outside"


def ready(state: State) -> bool:
    """Whether there is a candidate to check and budget to do it."""
    return (
        state.ending is None
        and not state.spent
        and state.standing is Standing.OPEN
        and state.candidate is not None
        and (state.sound or state.replaceable)
        and not state.blocked
    )


@require(lambda state: ready(state))
@require(lambda engines: bool(engines) and engines <= set(ENGINES))
@require(lambda state, engines: not engines & state.tried)
@ensure(lambda result, state, engines: result.tried >= state.tried | engines or cut_short(result))
@ensure(lambda result, state: rejected(result) or keeps_evidence(state, result))
@ensure(lambda result: refutation(result.obligations) is None or cut_short(result))
def side_by_side(state: State, bench: Bench, engines: frozenset[str]) -> State:
    """The state with what the engines say; the candidate is gone if one of them refutes it.

    The run ends as broken where the prover proved what a run refutes (a bug in this tool), and
    as interrupted on Ctrl-C, with the words of the engines that were done by then.
    """
    if state.candidate is None:
        raise ValueError("there is no candidate to check")
    subject = bench.subject(state.candidate)
    ending = None
    try:
        said = bench.check(subject, engines, {e: seconds_of(e, state) for e in engines})
    except CheckInterrupted as stopped:
        said, ending = stopped.said, Ending.INTERRUPTED
    notes = (*state.notes, *(note for s in said.values() for note in s.notes))
    known = replace(
        state,
        tried=state.tried | frozenset(said),
        obligations=_merge(state.obligations or _blank(state, subject), said),
        notes=tuple(dict.fromkeys(notes)),
        simplified=True,
        unsupported=next(
            (s.unsupported for s in said.values() if s.unsupported), state.unsupported
        ),
    ).after(bench.now())
    judged = _judge(known, subject, frozenset(said))
    return replace(judged, ending=ending, problem=STOPPED) if ending else judged


def cut_short(result: State) -> bool:
    """Whether the candidate was given up or the run ended before all was said."""
    return rejected(result) or result.ending is not None


def rejected(result: State) -> bool:
    """Whether the candidate was given up, its report and what refuted it being kept."""
    return result.candidate is None and bool(result.rejections)


def keeps_evidence(before: State, after: State) -> bool:
    """Whether every attempt on record before still is."""
    later = {o.id: o.attempts for o in after.obligations}
    return all(o.attempts == later[o.id][: len(o.attempts)] for o in before.obligations)


def report_of(state: State, subject: Subject) -> FunctionReport:
    """What is known about the present candidate."""
    return FunctionReport(subject.id, subject.path, subject.line, state.obligations, state.notes)


def _judge(state: State, subject: Subject, engines: frozenset[str]) -> State:
    wrong = next((o for o in state.obligations if o.reason == INCONSISTENT), None)
    if wrong:
        problem = f"{wrong.id}: {INCONSISTENT}"
        return replace(state, ending=Ending.TOOL_BROKE, problem=problem, last=LastOutcome.BROKE)
    if refutation(state.obligations):
        return _reject(state, subject)
    said = [a for o in state.obligations for a in o.attempts if a.engine in engines]
    if any(a.outcome is Verdict.VACUOUS for a in said):
        reasons = [a.reason for a in said if a.outcome is Verdict.VACUOUS]
        return replace(
            state,
            standing=Standing.VACUOUS,
            problem=reasons[0] or "no input meets the precondition",
            last=LastOutcome.REFUTED,
        )
    broke = any(a.outcome is Verdict.ERROR for a in said)
    spoke = any(a.outcome.positive for a in said)
    last = LastOutcome.BROKE if broke else LastOutcome.PROGRESS if spoke else LastOutcome.SILENT
    return replace(state, last=last)


def _reject(state: State, subject: Subject) -> State:
    found = refutation(state.obligations)
    fresh = (found[1].counterexample,) if found and found[1].counterexample else ()
    counted = 0 if state.candidate and state.candidate.remembered else 1
    return replace(
        state,
        candidate=None,
        simplified=False,
        tried=frozenset(),
        obligations=(),
        notes=(),
        counterexamples=(*state.counterexamples, *fresh),
        rejections=(*state.rejections, report_of(state, subject)),
        rejected=state.rejected + counted,
        last=LastOutcome.REFUTED,
    )


def _blank(state: State, subject: Subject) -> tuple[Obligation, ...]:
    around = callers_obligation(state.task, subject.qualname)
    return (types_obligation(subject), *obligations_of(subject), *around)


def _merge(obligations: tuple[Obligation, ...], said: Mapping[str, Said]) -> tuple[Obligation, ...]:
    """The prover's words first, so that its counterexamples are the first to be used."""
    order = sorted(said, key=lambda engine: (engine != "deductive", engine))
    merged = []
    for obligation in obligations:
        words = (said[engine].attempts for engine in order)
        merged.append(
            obligation.with_attempts(a for w in words for i, a in w if i == obligation.id)
        )
    return tuple(merged)
