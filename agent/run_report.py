"""The report of a run, made from its last state."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from verify_agent.agent.evidence_needed import refutation, undecided
from verify_agent.agent.repair.callers import CALLERS
from verify_agent.agent.run_problem import delivered_subject
from verify_agent.agent.state import ALWAYS, Ending, Standing, State
from verify_agent.agent.task import ABOUT_GIVEN, OPTIMIZE, SPECIFY, TEST, Task
from verify_agent.contracts.render import stub
from verify_agent.verifier.errors import VerifyAgentError
from verify_agent.verifier.evidence import (
    DEDUCTIVE,
    Attempt,
    FunctionReport,
    Obligation,
    Report,
    RunRecord,
    Verdict,
)
from verify_agent.verifier.subject import TYPES, Subject, obligations_of


def report_of_run(
    task: Task, state: State, record: RunRecord, notes: tuple[str, ...] = ()
) -> Report:
    """All that is known at the end of a run; `complete` only if nothing was cut short.

    `notes` are what the proposer has to say.
    """
    function, source = _function(task, state)
    path = str(_path(task))
    subjects = {path: hashlib.sha256(source.encode()).hexdigest()} if source else {}
    cut = state.ending in (Ending.INTERRUPTED, Ending.OUT_OF_BUDGET, Ending.TOOL_BROKE)
    skipped = state.candidate is not None and not state.tried.issuperset(ALWAYS)
    return Report(
        record,
        (replace(function, path=path),),
        subjects,
        complete=not (cut or skipped),
        notes=(*_notes(task, state), *notes),
    )


def _function(task: Task, state: State) -> tuple[FunctionReport, str]:
    if state.candidate is not None:
        try:
            subject = delivered_subject(task, state.candidate.source)
        except (VerifyAgentError, ValueError):  # that is what the run ended with; see its problem
            return _nothing_more(task, state.obligations or _without(task, state)), ""
        known = state.obligations or obligations_of(subject)
        # What stands around a repair is no part of the function's contract; notes tell of it.
        obligations = tuple(o for o in known if o.kind != CALLERS or not o.verdict.positive)
        report = FunctionReport(subject.id, subject.path, subject.line, obligations, state.notes)
        return _about_given(task, report), subject.source
    if state.rejections and not refutation(state.rejections[-1].obligations):
        return state.rejections[-1], ""
    return _nothing_more(task, _without(task, state)), ""


def _path(task: Task) -> Path:
    """Where the function stands that the report is about."""
    if task.kind == TEST and task.origin is not None and task.origin.path is not None:
        return task.origin.path
    return task.output


def _about_given(task: Task, report: FunctionReport) -> FunctionReport:
    """Where the code stays as it is, what mypy has against it is a note and no verdict of ours."""
    against = [o for o in report.obligations if o.kind == TYPES and not o.verdict.positive]
    if task.kind not in ABOUT_GIVEN or not against:
        return report
    left = tuple(o for o in report.obligations if o not in against)
    notes = (f"{o.text}: {o.reason}" for o in against)
    return replace(report, obligations=left, notes=(*report.notes, *notes))


def _nothing_more(task: Task, obligations: tuple[Obligation, ...]) -> FunctionReport:
    return FunctionReport(f"{task.module}:{task.qualname}", "", 1, obligations)


def _without(task: Task, state: State) -> tuple[Obligation, ...]:
    """The obligations where there is no candidate: none of them is known."""
    blank = Subject(stub(task.signature), task.qualname, task.signature, task.contract, task.module)
    outcome = Verdict.VACUOUS if state.standing is Standing.VACUOUS else Verdict.UNKNOWN
    reason = state.problem if state.infeasible else "no candidate"
    attempt = Attempt(DEDUCTIVE if state.infeasible else "synthesis", outcome, reason)
    return tuple(o.with_attempts([attempt]) for o in obligations_of(blank))


def _silence(rejected: FunctionReport) -> str:
    """Why an engine that is always needed could not judge it, or the prover not prove it."""
    silent = [e for e in ALWAYS if undecided(rejected.obligations, e)]
    said = [a for o in rejected.obligations for a in o.attempts if not a.outcome.positive]
    for engine in (*silent, DEDUCTIVE):
        for attempt in said:
            if attempt.engine == engine and attempt.reason:
                return f"{engine}: {attempt.reason}"
    return "not judged"


def _notes(task: Task, state: State) -> list[str]:
    ending = state.ending.value if state.ending else "not ended"
    head = f"{task.name}: {ending}"
    notes = [f"{head}: {state.problem}" if state.problem else head]
    if task.kind in (OPTIMIZE, SPECIFY) and state.candidate is not None:
        notes.append(f"{task.name}: {state.candidate.strategy}")
    for rejected in state.rejections:
        found = refutation(rejected.obligations)
        if found and found[1].counterexample:
            broken, shown = found[0], found[1].counterexample
            notes.append(f"a candidate was refuted: {shown.call} breaks {broken.text}")
        else:
            notes.append(f"a candidate was set aside: {_silence(rejected)}")
    return notes
