"""Report -> plain text for people: a table per function and one line of summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from verify_agent.verifier.evidence import (
    Counterexample,
    FunctionReport,
    Obligation,
    Report,
    Verdict,
)
from verify_agent.verifier.report import compare, waivers
from verify_agent.verifier.report.quality import quality_table
from verify_agent.verifier.report.summary import (
    STANDING,
    assumption_counts,
    engines_of,
    own_assumptions,
    rests,
    summarize,
)

_WIDEST = 72
_LONGEST_REASON = 160
_COLOURS = {
    Verdict.ERROR: "35",
    Verdict.REFUTED: "31",
    Verdict.VACUOUS: "33",
    Verdict.CANDIDATE: "33",
    Verdict.UNKNOWN: "33",
    Verdict.TESTED: "36",
    Verdict.CONFIRMED: "32",
    Verdict.PROVED: "32",
}


def render_text(
    report: Report, *, explain: bool = False, colour: bool = False, listed: bool = True
) -> str:
    """The report as text that ends with a newline.

    `explain` adds what each engine said about each obligation; `colour` puts terminal codes
    around the verdicts; `listed` names every function that was left out, else they are counted.
    """
    blocks = [_function(f, explain, colour) for f in report.functions]
    if (listed or explain) and report.skipped:
        blocks.append(_skipped(report))
    blocks.append(_closing(report, colour))
    return "\n\n".join(blocks) + "\n"


def render_function(function: FunctionReport) -> str:
    """What the report says of one function."""
    return _function(function, explain=False, colour=False)


def summary_line(report: Report) -> str:
    """The one line that says it all: `3 functions: 2 proved (1 under assumptions), 1 refuted`."""
    summary = summarize(report)
    total = len(report.functions)
    if not total:
        return "no function under contract was found: unknown"
    parts = []
    for verdict, count in summary.functions:
        apart = f" ({summary.resting} under assumptions)" if summary.resting else ""
        parts.append(f"{count} {verdict.value}{apart if verdict is Verdict.PROVED else ''}")
    return f"{_counted(total, 'function')}: {', '.join(parts)}"


def _skipped(report: Report) -> str:
    lines = [f"  {s.id}  ({s.path}:{s.line})  {s.reason}" for s in report.skipped]
    return "\n".join(["not checked:", *lines])


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _function(function: FunctionReport, explain: bool, colour: bool) -> str:
    verdict = _painted(function.verdict, colour)
    resting = ", under assumptions" if rests(function) else ""
    lines = [f"{function.id}  ({function.path}:{function.line})  {verdict}{resting}"]
    lines += _table(function.obligations, colour)
    told: set[tuple[str, ...]] = set()
    for obligation in function.obligations:
        if obligation.counterexample is not None:
            lines += _counterexample(obligation, obligation.counterexample)
        if explain:
            lines += _attempts(obligation, told)
    lines += _broken(function)
    own = own_assumptions(function)
    if own:
        lines.append("  rests on:")
        lines += [f"    - {a}" for a in own]
    lines += [f"  note: {note}" for note in function.notes]
    return "\n".join(lines)


def _broken(function: FunctionReport) -> list[str]:
    """Engines that broke, even where the others' word carries the verdict."""
    told = dict.fromkeys(
        f"  broke: {a.engine}: {_one_line(a.reason)}"
        for o in function.obligations
        for a in o.attempts
        if a.outcome is Verdict.ERROR
    )
    return list(told)


def _table(obligations: Sequence[Obligation], colour: bool) -> list[str]:
    rows = [(o.verdict.value, o.kind, _short(o.text), _by(o), o.verdict) for o in obligations]
    widths = [max((len(str(r[i])) for r in rows), default=0) for i in range(3)]
    lines = []
    for verdict, kind, text, by, word in rows:
        painted = _painted(word, colour) + " " * (widths[0] - len(verdict))
        lines.append(f"  {painted}  {kind:<{widths[1]}}  {text:<{widths[2]}}  {by}".rstrip())
    return lines


def _by(obligation: Obligation) -> str:
    reason = obligation.reason
    if obligation.verdict.positive:
        return ", ".join(engines_of(obligation))
    return _short(reason, _LONGEST_REASON)


def _counterexample(obligation: Obligation, found: Counterexample) -> list[str]:
    replayed = "" if found.replayed else "  (not borne out by a run)"
    lines = [f"  {obligation.verdict.value}: {_one_line(obligation.text)}{replayed}"]
    lines += [f"    >>> {step}" for step in found.setup]
    lines.append(f"    >>> {found.call}")
    lines.append(f"    came:     {_one_line(found.outcome)}")
    if found.expected:
        lines.append(f"    expected: {_one_line(found.expected)}")
    return lines


def _attempts(obligation: Obligation, told: set[tuple[str, ...]]) -> list[str]:
    """What each engine said; details that stood under another obligation are not repeated."""
    lines = [f"  {obligation.kind}: {_one_line(obligation.text)}"]
    for attempt in obligation.attempts:
        reason = f" ({_one_line(attempt.reason)})" if attempt.reason else ""
        cached = ", from the cache" if attempt.cache else ""
        spent = f"{attempt.seconds:.2f} s{cached}"
        lines.append(f"    {attempt.engine}: {attempt.outcome.value}{reason}, {spent}")
        details = () if attempt.details in told else attempt.details
        told.add(attempt.details)
        lines += [f"      {line}" for detail in details for line in detail.splitlines()]
    return lines


def _closing(report: Report, colour: bool) -> str:
    lines: list[str] = []
    counts = assumption_counts(report)
    if counts:
        lines.append("assumptions (obligations that rest on each):")
        width = max(len(str(n)) for _, n in counts)
        lines += [f"  {number:>{width}}  {text}{_always(text)}" for text, number in counts]
    lines += [f"waived: {_one_line(waivers.line(w))}" for w in report.waived]
    lines += [f"since the baseline: {_one_line(c)}" for c in compare.lines(report.changes or ())]
    lines += quality_table(report.quality)
    lines += [f"note: {note}" for note in report.notes]
    reasons = Counter(s.reason for s in report.skipped)
    lines += [
        f"not checked: {_counted(number, 'function')}: {reason}"
        for reason, number in reasons.items()
    ]
    if not report.complete:
        lines.append("incomplete: something was skipped or stopped before its end")
    lines.append(_tools(report.run.tools.items(), report.run.seed))
    lines.append(f"{_painted(report.verdict, colour)}: {summary_line(report)}")
    return "\n".join(line for line in lines if line)


def _always(assumption: str) -> str:
    return "  (always)" if assumption in STANDING else ""


def _tools(tools: Iterable[tuple[str, str]], seed: int) -> str:
    named = ", ".join(f"{name} {version}" for name, version in sorted(tools))
    return f"made with {named}; seed {seed}" if named else ""


def _painted(verdict: Verdict, colour: bool) -> str:
    return f"\x1b[{_COLOURS[verdict]}m{verdict.value}\x1b[0m" if colour else verdict.value


def _short(text: str, widest: int = _WIDEST) -> str:
    line = _one_line(text)
    return line if len(line) <= widest else f"{line[: widest - 3]}..."


def _one_line(text: str) -> str:
    """The text without line ends and control characters, so that it can't fake a report."""
    flat = " ".join(text.split())
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in flat)
