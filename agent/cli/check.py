"""`verify-agent check`: are the contracts of these Python files kept?"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.cli.check_plan import Plan
    from verify_agent.agent.progress import Screen
    from verify_agent.verifier.evidence import Report

EPILOG = """exit codes:
  0    every function has the evidence that is asked for
  1    a contract is refuted or vacuous
  2    bad input
  3    inconclusive: nothing refuted, but less evidence than was asked for
  4    a tool that is needed is missing or broke
  130  interrupted; the report holds what was known, and the next run goes on from there

settings: the table [tool.verify-agent] of pyproject.toml; `verify-agent init` writes one
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    from verify_agent.agent.cli.check_options import add_options

    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "targets",
        nargs="*",
        metavar="PATH|MODULE[::FUNCTION]",
        help="files, folders, modules or functions (default: `paths` of the settings)",
    )
    add_options(parser)


def run(args: argparse.Namespace) -> int:
    """Check, print and write the report; the exit code."""
    from verify_agent.agent.cli import INTERRUPTED
    from verify_agent.agent.cli.check_plan import plan_of
    from verify_agent.agent.cli.check_session import Session
    from verify_agent.agent.cli.gate import exit_code
    from verify_agent.agent.cli.reports import print_report, wanted_reports, write_reports
    from verify_agent.verifier.evidence import Verdict

    wanted = wanted_reports(args.report, sarif_profile=args.sarif_profile)
    _refuse_used(args.proofs)
    _refuse_lost_proofs(args)
    plan = plan_of(args)
    session = Session.of(args, plan.settings, tuple(sys.argv[1:]), _screen(args))
    report, interrupted = session.check(plan)
    report = _in_context(report, args, plan)
    if not interrupted:
        report, interrupted = _with_notes(report, plan, args)
    write_reports(report, wanted, explain=args.explain)
    print_report(report, args)
    if interrupted:
        return INTERRUPTED
    return exit_code(report, Verdict.TESTED, demands=plan.demand)


def _with_notes(report: Report, plan: Plan, args: argparse.Namespace) -> tuple[Report, bool]:
    """The report with notes on the contracts, and whether that was interrupted."""
    from verify_agent.agent.cli.check_strength import with_notes

    modules = plan.selection.modules
    screen, seed = _screen(args), args.seed or plan.settings.seed or 0
    try:
        return with_notes(report, modules, mutants=args.mutants, seed=seed, screen=screen), False
    except KeyboardInterrupt:
        return report, True


def _in_context(report: Report, args: argparse.Namespace, plan: Plan) -> Report:
    """The report with waivers and with what changed since the baseline; keeps a new baseline."""
    from datetime import date

    from verify_agent.verifier.report import compare
    from verify_agent.verifier.report.waivers import applied, read_waivers

    verdicts = compare.verdicts_of(report)
    file = args.waivers or _in_project(plan, plan.settings.waivers)
    if file is not None:
        waived = applied(read_waivers(file), verdicts, date.today())
        report = replace(report, waived=waived)
    base = args.baseline or _in_project(plan, plan.settings.baseline)
    if base is not None and not args.write_baseline:
        before = compare.read_verdicts(base)
        found = compare.changes(before, verdicts)
        if args.since or args.targets:
            # Only a part was looked at: what is not in this run is not gone.
            found = tuple(c for c in found if c.after)
        report = replace(report, changes=found)
    if args.write_baseline:
        from verify_agent.agent.artifacts import write_atomically

        write_atomically(args.write_baseline, compare.baseline_text(report))
    return report


def _in_project(plan: Plan, name: str) -> Path | None:
    return plan.settings.root / name if name else None


def _screen(args: argparse.Namespace) -> Screen | None:
    """Where progress is shown: on stderr, so that stdout holds the report alone."""
    if args.quiet or args.json:
        return None
    from verify_agent.agent.progress import screen_for

    return screen_for(sys.stderr, quiet=False)


def _refuse_lost_proofs(args: argparse.Namespace) -> None:
    from verify_agent.verifier.errors import BadInput

    if args.proofs is not None and args.executor:
        raise BadInput("`--proofs` with `--executor`", expected="one of them: proofs stay there")


def _refuse_used(folder: Path | None) -> None:
    """Old proofs beside new ones would look like proofs of the same run."""
    from verify_agent.verifier.errors import BadInput

    if folder is not None and folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadInput(
            "`--proofs` would write over what is there",
            expected="a new or empty folder",
            where=str(folder),
        )
