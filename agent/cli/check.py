"""`verify-agent check`: are the contracts of these Python files kept?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from verify_agent.agent.progress import Screen
    from verify_agent.verifier.evidence import Report
    from verify_agent.verifier.frontend.load import Module
    from verify_agent.verifier.options import Options
    from verify_agent.verifier.subject import Subject

ENGINES = ("typing", "symbolic", "properties", "deductive")
LEVELS = ("tested", "confirmed", "proved")
EPILOG = """exit codes:
  0    every function has the evidence that is asked for
  1    a contract is refuted or vacuous
  2    bad input
  3    inconclusive: nothing refuted, but less evidence than was asked for
  4    a tool that is needed is missing or broke
  130  interrupted; the report holds what was known
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    from verify_agent.agent.cli.reports import add_report_arguments

    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("targets", nargs="+", metavar="PATH[::FUNCTION]", help="files, folders or functions")
    add(
        "--engine",
        action="append",
        choices=ENGINES,
        help="use only this engine, several times if needed (default: all)",
    )
    add_report_arguments(parser)
    add("--timeout", type=float, default=20.0, metavar="SECONDS", help="per function (20)")
    add("--seed", type=int, default=0, help="of engines and solvers (0)")
    add("--jobs", type=int, metavar="N", help="functions checked side by side (one a core)")
    add(
        "--stability",
        type=int,
        default=1,
        metavar="N",
        help="repeat with N seeds; verdicts that differ are reported, and the weaker counts",
    )
    add(
        "--proofs",
        type=Path,
        metavar="DIR",
        help="write proved obligations as SMT-LIB files, for `verify-agent replay DIR`",
    )
    add(
        "--mutants",
        action="store_true",
        help="change each body and list the changed ones that its contract lets live",
    )
    add("--evidence", choices=LEVELS, default="tested", help="the least to accept (tested)")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--allow-unknown", action="store_true", help="accept `unknown`")
    group.add_argument("--strict", action="store_true", help="accept no `unknown` (as without)")


def run(args: argparse.Namespace) -> int:
    """Check, print and write the report; the exit code."""
    from verify_agent.agent.cli import INTERRUPTED
    from verify_agent.agent.cli.check_files import selected
    from verify_agent.agent.cli.check_session import check
    from verify_agent.agent.cli.gate import exit_code
    from verify_agent.agent.cli.reports import print_report, wanted_reports, write_reports
    from verify_agent.verifier.evidence import Verdict

    options = _options(args)
    wanted = wanted_reports(args.report)
    _refuse_used(args.proofs)
    modules = selected(args.targets)
    report, interrupted = check(
        modules,
        options,
        tuple(sys.argv[1:]),
        seeds=args.stability,
        screen=_screen(args),
        proofs=args.proofs,
    )
    if not interrupted:
        report, interrupted = _with_notes(report, modules, args)
    write_reports(report, wanted, explain=args.explain)
    print_report(report, as_json=args.json, quiet=args.quiet, explain=args.explain)
    if interrupted:
        return INTERRUPTED
    return exit_code(report, Verdict(args.evidence), allow_unknown=args.allow_unknown)


def _with_notes(
    report: Report, modules: Sequence[tuple[Module, tuple[Subject, ...]]], args: argparse.Namespace
) -> tuple[Report, bool]:
    """The report with notes on the contracts, and whether that was interrupted."""
    from verify_agent.agent.cli.check_strength import with_notes

    screen = _screen(args)
    try:
        found = with_notes(report, modules, mutants=args.mutants, seed=args.seed, screen=screen)
    except KeyboardInterrupt:
        return report, True
    return found, False


def _options(args: argparse.Namespace) -> Options:
    from verify_agent.verifier.errors import BadInput
    from verify_agent.verifier.options import Options
    from verify_agent.verifier.session.jobs import cores

    if not 0 < args.timeout < float("inf"):
        raise BadInput(f"`--timeout {args.timeout}`", expected="more than 0 seconds")
    if args.seed < 0:
        raise BadInput(f"`--seed {args.seed}`", expected="0 or more")
    for name, number in (("--stability", args.stability), ("--jobs", args.jobs)):
        if number is not None and number < 1:
            raise BadInput(f"`{name} {number}`", expected="1 or more")
    engines = tuple(dict.fromkeys(args.engine or ENGINES))
    jobs = args.jobs or cores()
    return Options(engines=engines, seconds=args.timeout, seed=args.seed, jobs=jobs)


def _screen(args: argparse.Namespace) -> Screen | None:
    """Where progress is shown: on stderr, so that stdout holds the report alone."""
    if args.quiet or args.json:
        return None
    from verify_agent.agent.progress import screen_for

    return screen_for(sys.stderr, quiet=False)


def _refuse_used(folder: Path | None) -> None:
    """Old proofs beside new ones would look like proofs of the same run."""
    from verify_agent.verifier.errors import BadInput

    if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(
            "`--proofs` would write over what is there",
            expected="a new or empty folder",
            where=str(folder),
        )
