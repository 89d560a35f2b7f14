"""Several reports on the same functions with different seeds -> one, in which the weaker counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from verify_agent.verifier.evidence import (
    DEDUCTIVE,
    FunctionReport,
    Obligation,
    Report,
    Verdict,
)


def of_all_seeds(reports: Sequence[Report], wanted: int) -> Report:
    """The first report with every obligation at its weakest word, and notes on what differs.

    Where a run refutes what another run proved both stay on record: that is an `ERROR`.
    """
    first = reports[0]
    if wanted == 1:
        return first
    whole = [r for r in reports if r.complete] or [first]
    functions = tuple(_function([_same(r, f) for r in whole], whole) for f in first.functions)
    unstable = sum(f.unstable for f in functions)
    told = f"{unstable} of {len(functions)} functions are unstable over {len(whole)} seeds"
    if not unstable:
        told = f"the verdicts are the same with {len(whole)} seeds"
    notes = [*first.notes, told]
    if len(whole) < wanted:
        notes.append(f"{wanted - len(whole)} of {wanted} seeds were not tried to the end")
    return replace(
        first,
        functions=tuple(f.report for f in functions),
        complete=len(whole) == wanted,
        notes=tuple(notes),
    )


@dataclass(frozen=True)
class _Judged:
    """A function's report over all seeds, and whether any word differed."""

    report: FunctionReport
    unstable: bool


def _same(report: Report, function: FunctionReport) -> FunctionReport:
    """The function in another report; where it is missing there, the function itself."""
    return next((f for f in report.functions if f.id == function.id), function)


def _function(found: Sequence[FunctionReport], reports: Sequence[Report]) -> _Judged:
    columns = list(zip(*(f.obligations for f in found), strict=True))
    notes = list(found[0].notes)
    for column in columns:
        if len({o.verdict for o in column}) > 1:
            words = ", ".join(
                f"{o.verdict.value} with seed {r.run.seed}"
                for o, r in zip(column, reports, strict=True)
            )
            notes.append(f"unstable: {column[0].kind}: {column[0].text}: {words}")
    report = replace(
        found[0], obligations=tuple(map(_weakest, columns)), notes=tuple(dict.fromkeys(notes))
    )
    return _Judged(report, len(notes) > len(found[0].notes))


def _weakest(column: Sequence[Obligation]) -> Obligation:
    weakest = min(column, key=lambda o: o.verdict.rank)
    proofs = [
        a
        for o in column
        for a in o.attempts
        if a.engine == DEDUCTIVE and a.outcome is Verdict.PROVED
    ]
    if weakest.verdict is Verdict.REFUTED and proofs:
        return weakest.with_attempts(proofs[:1])
    return weakest
