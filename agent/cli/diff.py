"""`verify-agent diff A.json B.json`: what got better and worse between two reports."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

EPILOG = """exit codes:
  0    nothing got worse
  1    something is refuted or vacuous that was not
  2    bad input
  3    something got worse, short of refuted
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("before", type=Path, metavar="A.json", help="a report or a baseline")
    parser.add_argument("after", type=Path, metavar="B.json", help="another one, made later")
    parser.add_argument("--json", action="store_true", help="print the changes as JSON")


def run(args: argparse.Namespace) -> int:
    """Print the changes; 0 where nothing got worse."""
    from dataclasses import asdict

    from verify_agent.agent.cli.gate import ENOUGH, INCONCLUSIVE, REFUTED
    from verify_agent.verifier.evidence import Verdict
    from verify_agent.verifier.report import compare

    found = compare.changes(compare.read_verdicts(args.before), compare.read_verdicts(args.after))
    worse = [c for c in found if compare.is_worse(c)]
    if args.json:
        print(json.dumps([asdict(c) for c in found], indent=2))
    else:
        for line in compare.lines(found):
            print(line)
        better = sum(map(compare.is_better, found))
        gone = sum(not c.after for c in found)
        print(f"{len(worse)} worse, {better} better, {gone} gone")
    refuted = {Verdict.REFUTED.value, Verdict.VACUOUS.value, Verdict.ERROR.value}
    if any(c.after in refuted for c in worse):
        return REFUTED
    return INCONCLUSIVE if worse else ENOUGH
