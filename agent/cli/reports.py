"""`--report FORMAT=PATH`: which formats exist, and writing them."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from verify_agent.verifier.errors import BadInput
from verify_agent.verifier.evidence import Report

FORMATS = ("text", "json", "sarif", "junit", "markdown", "html", "github", "intoto")
PROFILES = ("full", "code-scanning")


@dataclass(frozen=True)
class Wanted:
    """One rendering to write."""

    format: str
    path: Path
    profile: str = "full"


def add_report_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that every command with a report has."""
    parser.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help=f"write a report too, several times if needed; formats: {', '.join(FORMATS)}",
    )
    parser.add_argument(
        "--sarif-profile",
        choices=PROFILES,
        default="full",
        help="`code-scanning` holds only what a person must look at, as GitHub wants it (full)",
    )
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="of what is printed (text)"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    parser.add_argument("--quiet", action="store_true", help="print only the last line")
    parser.add_argument(
        "--explain", action="store_true", help="show what was tried and why it ended as it did"
    )


def wanted_reports(entries: Sequence[str], *, sarif_profile: str = "full") -> tuple[Wanted, ...]:
    """The renderings that the options ask for; `BadInput` for a format that is none."""
    return tuple(_wanted(entry, sarif_profile) for entry in entries)


def _wanted(entry: str, profile: str) -> Wanted:
    name, separator, path = entry.partition("=")
    if not separator or not path:
        raise BadInput(f"`--report {entry}` names no file", expected="`--report FORMAT=PATH`")
    if name not in FORMATS:
        raise BadInput(f"`{name}` is no format of reports", expected=f"one of {', '.join(FORMATS)}")
    return Wanted(name, Path(path), profile)


def renderer(
    name: str, *, explain: bool = False, profile: str = "full", strict: bool = True
) -> Callable[[Report], str]:
    """The function that renders a format."""
    match name:
        case "text":
            from verify_agent.verifier.report.text import render_text

            return lambda report: render_text(report, explain=explain)
        case "json":
            from verify_agent.verifier.report.json_ import render_json

            return render_json
        case "sarif":
            from verify_agent.verifier.report.sarif import render_sarif

            return lambda report: render_sarif(report, code_scanning=profile == "code-scanning")
        case "junit":
            from verify_agent.verifier.report.junit import render_junit

            return lambda report: render_junit(report, strict=strict)
        case "markdown":
            from verify_agent.verifier.report.markdown import render_markdown

            return render_markdown
        case "html":
            from verify_agent.verifier.report.html import render_html

            return lambda report: render_html(report, sources_of(report))
        case "github":
            from verify_agent.verifier.report.github import render_github

            return render_github
        case "intoto":
            from verify_agent.verifier.report.intoto import render_intoto

            return render_intoto
        case _:
            raise AssertionError(name)


def sources_of(report: Report) -> dict[str, str]:
    """The texts that the report is about, as they are now, where they are still the same."""
    import hashlib

    from verify_agent.verifier.errors import BadSource
    from verify_agent.verifier.frontend.load import read_source

    found: dict[str, str] = {}
    for path, digest in report.subjects.items():
        try:
            text = read_source(Path(path))
        except BadSource:
            continue
        if hashlib.sha256(text.encode()).hexdigest() == digest:
            found[path] = text
    return found


def write_reports(
    report: Report, wanted: Sequence[Wanted], *, explain: bool = False, strict: bool = False
) -> None:
    """Write every rendering, each in one piece or not at all."""
    from verify_agent.agent.artifacts import write_atomically

    for one in wanted:
        render = renderer(one.format, explain=explain, profile=one.profile, strict=strict)
        write_atomically(one.path, render(report))


def print_report(report: Report, args: argparse.Namespace) -> None:
    """Print the report to stdout the way the options ask for."""
    from verify_agent.verifier.report.text import render_text, summary_line

    name = "json" if args.json else args.format
    if name != "text":
        sys.stdout.write(renderer(name, profile=args.sarif_profile)(report))
    elif args.quiet:
        print(f"{report.verdict.value}: {summary_line(report)}")
    else:
        colour = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        sys.stdout.write(render_text(report, explain=args.explain, colour=colour, listed=False))
