"""Report -> Markdown for a job summary or a pull request, under GitHub's limit of 1 MiB."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Sequence

from verify_agent.verifier.evidence import FunctionReport, Obligation, Report, Verdict
from verify_agent.verifier.report import compare, waivers
from verify_agent.verifier.report.sarif import failures
from verify_agent.verifier.report.summary import assumption_counts
from verify_agent.verifier.report.text import summary_line
from verify_agent.verifier.report.words import calls, message, plain

LIMIT = 1_000_000
_FAILURES = 10
_LINES = 50
_LONGEST = 400
#: Kinds of which a function may have several: the text tells them apart.
_TOLD_BY_TEXT = ("ensure", "invariant", "raises", "assert", "example", "property", "reading")
_MARKS = {True: "✅", False: "❌", None: "⚠️"}


def render_markdown(report: Report) -> str:
    """The report as Markdown that ends with a newline and has less than `LIMIT` bytes."""
    blocks = [
        _gate(report),
        *_table(report),
        *_changes(report),
        *_failures(report),
        *_open(report),
        *_listed("Waivers", [_code(waivers.line(w)) for w in report.waived]),
        *_listed("Assumptions", [f"{n} × {_text(t)}" for t, n in assumption_counts(report)]),
        *_listed("Notes", [_text(n) for n in report.notes]),
        *_not_checked(report),
        f"Repeat with `verify-agent {plain(shlex.join(report.run.argv)).replace('`', '')}`",
    ]
    text = "\n\n".join(blocks) + "\n"
    while len(text.encode()) >= LIMIT and len(blocks) > 2:
        del blocks[-2]
        text = "\n\n".join([*blocks, "The rest was left out: the text is limited."]) + "\n"
    return text


def _gate(report: Report) -> str:
    good = report.verdict.positive
    bad = report.verdict in (Verdict.REFUTED, Verdict.VACUOUS, Verdict.ERROR)
    mark = _MARKS[True if good else False if bad else None]
    tail = "" if report.complete else " (incomplete)"
    return f"{mark} **{report.verdict.value}**: {_text(summary_line(report))}{tail}"


def _table(report: Report) -> list[str]:
    """A row for each kind of obligation, a column for each verdict that occurs."""
    counts = Counter((o.kind, o.verdict) for f in report.functions for o in f.obligations)
    if not counts:
        return []
    words = [v for v in reversed(Verdict) if any(w is v for _, w in counts)]
    lines = [f"| obligation | {' | '.join(v.value for v in words)} |"]
    lines.append("|---|" + "---:|" * len(words))
    for kind in dict.fromkeys(k for k, _ in counts):
        cells = (str(counts[kind, v] or "") for v in words)
        lines.append(f"| {_text(kind)} | {' | '.join(cells)} |")
    return ["\n".join(lines)]


def _changes(report: Report) -> list[str]:
    if report.changes is None:
        return []
    if not report.changes:
        return ["Nothing changed since the baseline."]
    return _listed("Since the baseline", [_code(line) for line in compare.lines(report.changes)])


def _failures(report: Report) -> list[str]:
    found = list(failures(report))
    blocks = [_failure(f, o) for f, o in found[:_FAILURES]]
    if len(found) > _FAILURES:
        blocks.append(f"{len(found) - _FAILURES} more are in the full report.")
    return ["### Failures", *blocks] if blocks else []


def _failure(function: FunctionReport, obligation: Obligation) -> str:
    line = obligation.span.line if obligation.span else function.line
    head = f"**{_text(function.id)}** ({_code(f'{function.path}:{line}')}): "
    shown = obligation.counterexample
    if shown is None:
        return head + _code(message(obligation))
    body = [*calls(shown), f"# {plain(shown.outcome)}"]
    if shown.expected:
        body.append(f"# expected: {plain(shown.expected)}")
    told = f"{obligation.verdict.value}: {obligation.kind}: {plain(obligation.text)}"
    fence = "````"
    code = "\n".join(_short(part).replace(fence, "") for part in body)
    return f"{head}{_code(told)}\n\n{fence}python\n{code}\n{fence}"


def _open(report: Report) -> list[str]:
    """What is unknown, a line for what a function's obligations have as the same reason."""
    found: dict[tuple[str, str], list[str]] = {}
    for function in report.functions:
        for obligation in function.obligations:
            if obligation.verdict is Verdict.UNKNOWN:
                name = obligation.kind
                if obligation.kind in _TOLD_BY_TEXT:
                    name = f"{obligation.kind} {_code(obligation.text)}"
                found.setdefault((function.id, obligation.reason), []).append(name)
    lines = [
        f"{_text(name)}: {', '.join(kinds)}: {_code(reason or 'no reason was given')}"
        for (name, reason), kinds in found.items()
    ]
    return _listed("Not shown", lines)


def _not_checked(report: Report) -> list[str]:
    """Every function that was left out, by reason; the count is that of the functions."""
    found: dict[str, list[str]] = {}
    for skipped in report.skipped:
        found.setdefault(skipped.reason, []).append(_code(skipped.id))
    if not found:
        return []
    lines = [f"- {len(n)} × {_text(why)}: {', '.join(n)}" for why, n in found.items()]
    return [_folded(f"Not checked: {len(report.skipped)}", "\n".join(lines))]


def _listed(title: str, lines: Sequence[str]) -> list[str]:
    """A folded list; long ones are cut and say so."""
    if not lines:
        return []
    more = len(lines) - _LINES
    shown: Iterable[str] = [*lines[:_LINES], *([f"and {more} more"] if more > 0 else [])]
    body = "\n".join(f"- {line}" for line in shown)
    return [_folded(f"{title}: {len(lines)}", body)]


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"


def _text(text: str) -> str:
    """Text in which nothing is markup."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|~" else c for c in _short(plain(text)))


def _code(text: str) -> str:
    return f"`{_short(plain(text)).replace('`', chr(39))}`".replace("|", "\\|")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
