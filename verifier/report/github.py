"""Report -> GitHub's workflow commands: annotations in the pull request, at most ten of a level."""

from __future__ import annotations

import os

from verify_agent.verifier.evidence import FunctionReport, Obligation, Report, Verdict
from verify_agent.verifier.report.compare import global_id
from verify_agent.verifier.report.sarif import kind_and_level
from verify_agent.verifier.report.text import summary_line
from verify_agent.verifier.report.waivers import standing
from verify_agent.verifier.report.words import details, plain

MOST = 10


def render_github(report: Report) -> str:
    """The annotations, one command a line; what GitHub would not show is counted at the end."""
    excused = standing(report.waived)
    found: dict[str, list[str]] = {"error": [], "warning": []}
    for function in report.functions:
        for obligation in function.obligations:
            if global_id(function, obligation) in excused or obligation.verdict.positive:
                continue
            _, level = kind_and_level(obligation.verdict)
            found["error" if level == "error" else "warning"].append(_command(function, obligation))
    lines = [line for level in found for line in _limited(level, found[level])]
    lines += [plain(f"not checked: {s.id}: {s.reason}") for s in report.skipped]
    lines.append(f"{report.verdict.value}: {plain(summary_line(report))}")
    return "\n".join(lines) + "\n"


def _limited(level: str, texts: list[str]) -> list[str]:
    shown = [f"::{level} {text}" for text in texts[:MOST]]
    more = len(texts) - MOST
    return [*shown, f"{more} more of level {level} are in the report"] if more > 0 else shown


def _command(function: FunctionReport, obligation: Obligation) -> str:
    line = obligation.span.line if obligation.span else function.line
    path = os.path.relpath(function.path) if os.path.isabs(function.path) else function.path
    word = "not shown" if obligation.verdict is Verdict.UNKNOWN else obligation.verdict.value
    title = f"{word}: {function.id}"
    text = "\n".join(details(obligation))
    return f"file={_property(path)},line={line},title={_property(title)}::{_data(text)}"


def _data(text: str) -> str:
    """Escaped as GitHub's toolkit does for the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escaped as GitHub's toolkit does for a property of a command."""
    return _data(plain(text)).replace(":", "%3A").replace(",", "%2C")
