"""Report -> exit code (the meaning of 0 to 4 is the same for every command)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from verify_agent.verifier.evidence import FunctionReport, Report, Verdict, weakest
from verify_agent.verifier.report.compare import global_id, is_worse
from verify_agent.verifier.report.waivers import standing

ENOUGH = 0
REFUTED = 1
BAD_INPUT = 2
INCONCLUSIVE = 3
BROKEN = 4


@dataclass(frozen=True)
class Demand:
    """What is asked of a function: the least evidence, and whether `unknown` will do."""

    least: Verdict
    allow_unknown: bool = False

    def met(self, verdict: Verdict) -> bool:
        """Whether a verdict is enough."""
        if verdict is Verdict.UNKNOWN:
            return self.allow_unknown
        return verdict.positive and verdict.rank >= self.least.rank


def exit_code(
    report: Report,
    least: Verdict,
    *,
    allow_unknown: bool = False,
    demands: Callable[[FunctionReport], Demand] | None = None,
) -> int:
    """The exit code of a report where `least` is the least verdict to accept.

    `allow_unknown` accepts functions whose verdict is `unknown`, but nothing that was refuted
    and nothing incomplete. A report about no function at all is inconclusive. What is waived does
    not count, nor, where there is a baseline, what is no worse than there. `demands` says what
    is asked of each function where that differs.
    """
    plain = Demand(least, allow_unknown)
    asked = [(v, demands(f) if demands else plain) for f, v in _counted(report)]
    words = {v for v, _ in asked}
    if Verdict.ERROR in words:
        return BROKEN
    if words & {Verdict.REFUTED, Verdict.VACUOUS}:
        return REFUTED
    if not report.functions or not report.complete:
        return INCONCLUSIVE
    return ENOUGH if all(demand.met(v) for v, demand in asked) else INCONCLUSIVE


def _counted(report: Report) -> Iterator[tuple[FunctionReport, Verdict]]:
    """The functions with the verdict of what counts in them; those where nothing does left out."""
    excused = standing(report.waived)
    worse = None
    if report.changes is not None:
        worse = {c.obligation for c in report.changes if is_worse(c)}
    for function in report.functions:
        if not function.obligations:
            yield function, Verdict.UNKNOWN
            continue
        counted = [
            o.verdict
            for o in function.obligations
            if (name := global_id(function, o)) not in excused and (worse is None or name in worse)
        ]
        if counted:
            yield function, weakest(counted)
