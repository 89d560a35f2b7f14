"""`verify-agent ask "make this faster" path.py::f`: say what is wanted, in words."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.intent.classifier import Intent

EPILOG = """The words are classified on this machine, with weights that come with the project; no
language model is asked. Where it is not sure it asks, and without a terminal it ends with 3 and
names the choices; `--kind` decides. What it understood is written to a task file, which `run`
is then given; of `check` there is none.

exit codes: 3 where it is not sure; else those of `run` or `check`
"""
UNSURE = 3
SHOWN = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    from verify_agent.agent.cli.reports import add_report_arguments
    from verify_agent.agent.intent.kinds import WORK

    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("query", metavar="WORDS", help='what is to be done: "write tests"')
    parser.add_argument("target", metavar="PATH::FUNCTION", help="with what")
    parser.add_argument("--kind", choices=WORK, help="what was meant, where the words don't tell")
    parser.add_argument(
        "--only-say", action="store_true", help="say what was understood; do nothing"
    )
    parser.add_argument(
        "--folder", type=Path, default=Path(), metavar="DIR", help="for the task file (here)"
    )
    parser.add_argument("--apply", action="store_true", help="as of `run`")
    parser.add_argument("--budget-seconds", type=float, metavar="SECONDS", help="as of `run`")
    parser.add_argument(
        "--evidence", choices=("tested", "confirmed", "proved"), help="the least to accept"
    )
    add_report_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Understand, say so, and do it; the exit code."""
    from verify_agent.agent.intent.classifier import shipped
    from verify_agent.agent.intent.target import marks_of, one_function

    target = one_function(args.target)
    out = sys.stderr if args.json else sys.stdout
    kind = args.kind
    if kind is None:
        intent = shipped().intent(args.query, marks_of(target, Path()))
        kind = intent.kind if intent.sure else None
        print(_told(intent), file=out)
        if kind is None and not args.only_say:
            kind = _chosen(intent)
    if kind is None:
        return UNSURE
    if args.only_say:
        return 0
    return _do(kind, target, args)


def _told(intent: Intent) -> str:
    """What was understood, or between what it can't tell."""
    from verify_agent.agent.intent.kinds import SAYS

    if intent.sure:
        return (
            f"understood: {intent.kind} ({SAYS[intent.kind]}), {intent.confidence:.0%} sure; "
            f"certified radius {float(intent.radius):.3f}"
        )
    shown = "\n".join(
        f"  {chance:4.0%}  {kind:<9} {SAYS[kind]}" for kind, chance in intent.chances[:SHOWN]
    )
    return f"not sure what is meant:\n{shown}"


def _chosen(intent: Intent) -> str | None:
    """What the person chooses; None where there is nobody to ask."""
    from verify_agent.agent.intent.kinds import WORK

    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        print(f"say it in other words, or with --kind {{{','.join(WORK)}}}", file=sys.stderr)
        return None
    choices = [kind for kind, _ in intent.chances if kind in WORK]
    listed = "  ".join(f"{n} {kind}" for n, kind in enumerate(choices, 1))
    try:
        answer = input(f"{listed}\nwhich one (Enter for none)? ").strip()
    except EOFError:
        return None
    by_number = {str(n): kind for n, kind in enumerate(choices, 1)}
    return by_number.get(answer, answer if answer in choices else None)


def _do(kind: str, target: str, args: argparse.Namespace) -> int:
    from verify_agent.agent.artifacts import write_atomically
    from verify_agent.agent.cli import check, run
    from verify_agent.agent.intent.asked import place_for, task_name, task_text
    from verify_agent.agent.intent.kinds import CHECK
    from verify_agent.verifier.errors import BadInput

    if kind == CHECK:
        if args.apply:
            raise BadInput("--apply with `check`", expected="a kind that changes code")
        return check.run(_arguments(check.add_arguments, target, args))
    if not args.folder.is_dir():
        raise BadInput("it is no folder", expected="a folder", where=str(args.folder))
    text = task_text(kind, args.query, target, args.folder)
    path = place_for(task_name(kind, target.partition("::")[2]), text, args.folder)
    write_atomically(path, text)
    print(f"wrote {path}", file=sys.stderr if args.json else sys.stdout)
    return run.run(_arguments(run.add_arguments, str(path), args))


def _arguments(
    options: Callable[[argparse.ArgumentParser], None], wanted: str, args: argparse.Namespace
) -> argparse.Namespace:
    """Another command's arguments for one target, with those of ours that it has, too."""
    from verify_agent.agent.cli.parser import command_parser

    parser = command_parser("verify-agent ask", "")
    options(parser)
    given = parser.parse_args(["--", wanted])
    for name, value in vars(args).items():
        if name in vars(given):
            setattr(given, name, value)
    return given
