"""`verify-agent experiment plan.yaml`: run an experiment and write its report."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.experiment.conduct import Conducted

EPILOG = """A plan names a question, a study and when to stop:

  question: What does each source of invariants contribute?
  study: {kind: invariant sources, folder: programs, seconds: 10}
  stop: {half_width: 0.05, least: 10, most: 100}
  seed: 1

Kinds of study: `policies`, `invariant sources`, `strategies`, `least gain`. A run that is cut
goes on where it was when the command is given again; the records of another plan are never
overwritten.

exit codes: 0 the report is written; 2 bad input
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("plan", type=Path, help="the plan's file")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where records and report go (the plan's name)"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")


def run(args: argparse.Namespace) -> int:
    """Conduct the experiment and say where its report is."""
    from verify_agent.agent.experiment import report
    from verify_agent.agent.experiment.conduct import conduct
    from verify_agent.agent.experiment.plan import load_plan
    from verify_agent.agent.experiment.studies import study_of

    plan = load_plan(args.plan)
    folder = args.output or args.plan.with_suffix("")
    done = conduct(plan, study_of(plan, args.plan), folder, _quiet if args.quiet else _progress)
    path = report.write(done, folder, args.plan)
    print(report.answer(done))
    print(f"{len(done.draws)} draws; report: {path}")
    return 0


def _quiet(_: Conducted) -> None:
    """Say nothing."""


def _progress(done: Conducted) -> None:
    draw, _ = done.draws[-1]
    most = done.plan.stop.most
    if done.study.census:
        most = min(most, len(done.study.units))
    arm = max(done.latest(), key=lambda a: done.latest()[a].half_width)
    widest = done.latest()[arm]
    print(
        f"{draw.number + 1}/{most} {draw.unit}: widest interval {arm} {widest}",
        file=sys.stderr,
        flush=True,
    )
