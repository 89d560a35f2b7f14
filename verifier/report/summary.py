"""Counts over a report that every rendering shows the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from verify_agent.verifier.evidence import FunctionReport, Obligation, Report, Verdict

#: Assumptions that stand under every verdict and are said once, not counted as a weakness.
STANDING = frozenset(
    {
        "enough stack and memory",
        "builtin types exactly",
        "mypy and the type stubs that it reads",
    }
)


@dataclass(frozen=True)
class Summary:
    """How many functions and obligations have which verdict.

    `resting` counts the functions that are proved, but only under an assumption of their own
    (termination not shown, a callee taken on trust, no second solver).
    """

    functions: tuple[tuple[Verdict, int], ...]
    obligations: tuple[tuple[Verdict, int], ...]
    resting: int

    def count(self, verdict: Verdict) -> int:
        """The number of functions with that verdict."""
        return dict(self.functions).get(verdict, 0)


def summarize(report: Report) -> Summary:
    """The counts, strongest verdict first."""
    return Summary(
        _counted(f.verdict for f in report.functions),
        _counted(o.verdict for f in report.functions for o in f.obligations),
        sum(rests(f) for f in report.functions),
    )


def rests(function: FunctionReport) -> bool:
    """Whether the function is proved under an assumption that not every proof makes."""
    return function.verdict is Verdict.PROVED and bool(own_assumptions(function))


def own_assumptions(function: FunctionReport) -> tuple[str, ...]:
    """The function's assumptions without those that stand under every verdict."""
    return tuple(a for a in function.assumptions if a not in STANDING)


def assumption_counts(report: Report) -> tuple[tuple[str, int], ...]:
    """Each assumption with the number of obligations that rest on it, most used first."""
    counter: Counter[str] = Counter(
        a for f in report.functions for o in f.obligations for a in o.assumptions
    )
    return tuple(sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))


def engines_of(obligation: Obligation) -> tuple[str, ...]:
    """The engines whose word is the obligation's verdict, with their versions."""
    verdict = obligation.verdict
    by = (f"{a.engine} {a.version}".strip() for a in obligation.attempts if a.outcome is verdict)
    return tuple(dict.fromkeys(by))


def _counted(verdicts: Iterable[Verdict]) -> tuple[tuple[Verdict, int], ...]:
    counter = Counter(verdicts)
    return tuple(sorted(counter.items(), key=lambda pair: -pair[0].rank))
