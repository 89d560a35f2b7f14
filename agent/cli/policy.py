"""`verify-agent policy`: the policy in use, why it chooses so, its certificate, what a run took."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.policy_model import RunClass

EPILOG = """what:
  show           where the policy comes from, what becomes of a run, and its choices
  graph          the automaton as SVG
  why STATE      what each action is worth in a state (as `show` names it, or a part of its name)
  certify        prove that it is optimal for its model; with --output, write the certificates
  path [RUN]     the path of a finished run (the last one without RUN), and what was expected
  learn TASK...  learn from the runs of this folder; a new policy is taken over only with a
                 certificate, without a loss on the recorded suite and on these tasks

exit codes:
  0    done
  1    no certificate, or the new policy was not taken over
  2    bad input
"""
WHAT = ("show", "graph", "why", "certify", "path", "learn")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=WHAT, metavar="WHAT", help="one of the words below")
    parser.add_argument("of", nargs="*", metavar="STATE|RUN|TASK", help="see below")
    parser.add_argument("--kind", choices=("new", "existing"), default="new", help="of task")
    parser.add_argument("--collection", action="store_true", help="not for scalars")
    parser.add_argument("--tests", action="store_true", help="where only tests are asked for")
    parser.add_argument("--estimates", action="store_true", help="show: with all estimates")
    parser.add_argument(
        "--sensitivity",
        action="store_true",
        help="show: with the estimates that decide (half a minute)",
    )
    parser.add_argument("--output", type=Path, metavar="PATH", help="graph, certify: where to")
    parser.add_argument("--state-folder", type=Path, default=Path(".verify-agent"))


def run(args: argparse.Namespace) -> int:
    """Do what was asked for; the exit code."""
    from verify_agent.agent import policy_show

    folder, run_class = args.state_folder, _class(args)
    match args.what:
        case "show":
            print(policy_show.overview(folder))
            print(policy_show.choices(run_class, folder))
            if args.estimates:
                print(policy_show.estimates(run_class, folder))
            if args.sensitivity:
                print(policy_show.sensitive(run_class, folder))
            return 0
        case "graph":
            _write(args.output, policy_show.graph(run_class, folder))
            return 0
        case "why":
            print(policy_show.why_in(" ".join(args.of), run_class, folder))
            return 0
        case "path":
            print(policy_show.path(args.of[0] if args.of else None, folder))
            return 0
        case "certify":
            from verify_agent.agent.policy_certify import certify_all

            return certify_all(folder, args.output, print)
        case "learn":
            from verify_agent.agent.policy_learn import learn

            return learn(folder, [Path(p) for p in args.of], print)
    raise AssertionError(args.what)


def _class(args: argparse.Namespace) -> RunClass:
    from verify_agent.agent.state import KindClass

    return KindClass(args.kind), not args.collection, not args.tests


def _write(path: Path | None, text: str) -> None:
    from verify_agent.verifier.errors import BadInput

    if path is None:
        print(text, end="")
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise BadInput(
            f"it can't be written: {problem.strerror}", where=str(path), advice="name another file"
        ) from problem
    print(f"wrote {path}")
