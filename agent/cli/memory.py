"""`verify-agent memory`: show, export, import and forget what earlier runs left behind."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.memory.store import Memory

EPILOG = """what:
  show [KEY]     what is remembered, the last used first; of a KEY (or its beginning) everything
  export FILE    write it to a file, a record a line
  import FILE    take over what was exported; it is proposed and checked as any candidate
  forget [KEY]   forget what has that KEY (or beginning); all of it with --all

exit codes:
  0    done
  1    nothing of that KEY
  2    bad input
"""
WHAT = ("show", "export", "import", "forget")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("what", choices=WHAT, metavar="WHAT", help="one of the words below")
    parser.add_argument("of", nargs="?", metavar="KEY|FILE", help="see below")
    parser.add_argument("--all", action="store_true", help="forget: everything")
    parser.add_argument("--state-folder", type=Path, default=Path(".verify-agent"))


def run(args: argparse.Namespace) -> int:
    """Do what was asked for; the exit code."""
    from verify_agent.agent.memory.store import Memory
    from verify_agent.agent.run_store import FILE

    if args.what != "import" and not (args.state_folder / FILE).exists():
        print(f"nothing is remembered in {args.state_folder}")
        return 0 if args.of is None or args.what == "export" else 1
    memory = Memory(args.state_folder)
    try:
        code = _done(args, memory)
    finally:
        memory.close()
    for note in memory.notes:
        print(f"note: {note}")
    return code


def _done(args: argparse.Namespace, memory: Memory) -> int:
    from verify_agent.agent.memory.show import overview, whole
    from verify_agent.agent.memory.transfer import export_to, import_from
    from verify_agent.verifier.errors import BadInput

    match args.what:
        case "show":
            found = whole(memory, args.of) if args.of else overview(memory)
            print(found or f"nothing is remembered under {args.of}")
            return 0 if found else 1
        case "export" | "import" if args.of is None:
            raise BadInput("no file is named", expected=f"`memory {args.what} FILE`")
        case "export":
            print(f"wrote {args.of}: {export_to(memory, Path(args.of))} records")
            return 0
        case "import":
            print(f"took over {import_from(memory, Path(args.of))} records")
            return 0
    if not (args.all or args.of):
        raise BadInput("what is to be forgotten?", expected="a key, or `--all`")
    count = memory.forget(key=args.of)
    print(f"forgot {count} records")
    return 0 if count or args.all else 1
