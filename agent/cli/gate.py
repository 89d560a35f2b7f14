"""Report -> exit code (the meaning of 0 to 4 is the same for every command)."""

from __future__ import annotations

from verify_agent.verifier.evidence import Report, Verdict

ENOUGH = 0
REFUTED = 1
BAD_INPUT = 2
INCONCLUSIVE = 3
BROKEN = 4


def exit_code(report: Report, least: Verdict, *, allow_unknown: bool = False) -> int:
    """The exit code of a report where `least` is the least verdict to accept.

    `allow_unknown` accepts functions whose verdict is `unknown`, but nothing that was refuted
    and nothing incomplete. A report about no function at all is inconclusive.
    """
    words = {f.verdict for f in report.functions}
    if Verdict.ERROR in words:
        return BROKEN
    if words & {Verdict.REFUTED, Verdict.VACUOUS}:
        return REFUTED
    if not words or not report.complete:
        return INCONCLUSIVE
    accepted = {v for v in Verdict if v.rank >= least.rank and v.positive}
    if allow_unknown:
        accepted.add(Verdict.UNKNOWN)
    return ENOUGH if words <= accepted else INCONCLUSIVE
