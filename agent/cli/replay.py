"""`verify-agent replay DIR`: check proofs that `--proofs DIR` wrote, with both solvers."""

from __future__ import annotations

import argparse
from pathlib import Path

EPILOG = """exit codes:
  0    every proof holds
  2    bad input: no folder, or one without proofs
  3    some proof does not hold any more: changed, lost, added, or not proved again
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("directory", type=Path, metavar="DIR", help="a folder of SMT-LIB files")
    parser.add_argument("--seed", type=int, default=0, help="of the solvers (default: 0)")
    parser.add_argument("--quiet", action="store_true", help="print only what no longer holds")


def run(args: argparse.Namespace) -> int:
    """0 where every proof holds, 3 where one does not, 2 for a folder without proofs."""
    from verify_agent.agent.cli.gate import ENOUGH, INCONCLUSIVE
    from verify_agent.verifier.errors import BadInput
    from verify_agent.verifier.smt.store import replay

    if not args.directory.is_dir():
        raise BadInput(
            "it is no folder", expected="one that `--proofs` wrote", where=str(args.directory)
        )
    results = replay(args.directory, seed=args.seed)
    if not results:
        raise BadInput("it holds no proofs", expected="SMT-LIB files", where=str(args.directory))
    for result in results:
        if result.holds and args.quiet:
            continue
        reason = f"  {result.reason}" if result.reason else ""
        print(f"{'holds' if result.holds else 'FAILS'}  {result.file}{reason}")
    failed = sum(not r.holds for r in results)
    print(f"{len(results)} proofs: {len(results) - failed} hold, {failed} do not")
    return INCONCLUSIVE if failed else ENOUGH
