"""`--report FORMAT=PATH`: which formats exist, and writing them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify_agent.verifier.errors import BadInput, NotBuiltYet
from verify_agent.verifier.evidence import Report

BUILT = ("text", "json")
NAMED = ("text", "json", "sarif", "junit", "markdown", "html", "github", "intoto")


@dataclass(frozen=True)
class Wanted:
    """One rendering to write."""

    format: str
    path: Path


def add_report_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that every command with a report has."""
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help=f"write a report too, several times if needed; formats: {', '.join(BUILT)}",
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--quiet", action="store_true", help="print only the last line")
    parser.add_argument(
        "--explain", action="store_true", help="show what was tried and why it ended as it did"
    )


def wanted_reports(entries: Sequence[str]) -> tuple[Wanted, ...]:
    """The renderings that the options ask for; `BadInput` for a format that is none."""
    return tuple(_wanted(entry) for entry in entries)


def _wanted(entry: str) -> Wanted:
    name, separator, path = entry.partition("=")
    if not separator or not path:
        raise BadInput(f"`--report {entry}` names no file", expected="`--report FORMAT=PATH`")
    if name not in NAMED:
        raise BadInput(f"`{name}` is no format of reports", expected=f"one of {', '.join(BUILT)}")
    if name not in BUILT:
        raise NotBuiltYet(
            f"reports as `{name}` are not built yet", expected=f"one of {', '.join(BUILT)}"
        )
    return Wanted(name, Path(path))


def renderer(name: str, *, explain: bool = False) -> Callable[[Report], str]:
    """The function that renders a format."""
    match name:
        case "text":
            from verify_agent.verifier.report.text import render_text

            return lambda report: render_text(report, explain=explain)
        case "json":
            from verify_agent.verifier.report.json_ import render_json

            return render_json
        case _:
            raise AssertionError(name)


def write_reports(report: Report, wanted: Sequence[Wanted], *, explain: bool = False) -> None:
    """Write every rendering, each in one piece or not at all."""
    from verify_agent.agent.artifacts import write_atomically

    for one in wanted:
        write_atomically(one.path, renderer(one.format, explain=explain)(report))


def print_report(report: Report, *, as_json: bool, quiet: bool, explain: bool) -> None:
    """Print the report to stdout the way the options ask for."""
    from verify_agent.verifier.report.text import render_text, summary_line

    if as_json:
        sys.stdout.write(renderer("json")(report))
    elif quiet:
        print(f"{report.verdict.value}: {summary_line(report)}")
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        sys.stdout.write(render_text(report, explain=explain, colour=colour))
