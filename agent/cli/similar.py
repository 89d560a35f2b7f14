"""`verify-agent similar PATH::f`: the functions like it, by score and where it can be by proof."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.similar.gather import Function
    from verify_agent.agent.similar.search import Hit

EPILOG = """A score says how much two functions look alike (structure, names removed) and on how
many shared inputs they did the same (behaviour, run in the sandbox; for functions whose parameters
have types). What is known for sure stands below: `proved equal` on every input that the first one's
precondition allows, `different` with an input, or `not shown` with the reason.

exit codes:
  0    done
  2    bad input
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("function", metavar="PATH::f", help="the function to compare with")
    parser.add_argument(
        "--in", dest="among", type=Path, metavar="REPO", help="where to look; else its own folder"
    )
    parser.add_argument("--top", type=int, default=5, metavar="N", help="hits (5)")
    parser.add_argument("--no-run", action="store_true", help="structure alone: run nothing")
    parser.add_argument(
        "--prove-seconds", type=float, default=10.0, metavar="S", help="a hit (10); 0: none"
    )
    parser.add_argument("--json", action="store_true", help="print the hits as JSON")


def run(args: argparse.Namespace) -> int:
    """Show the hits; 0."""
    from verify_agent.agent.similar.gather import gathered, named
    from verify_agent.agent.similar.search import Search
    from verify_agent.verifier.errors import BadInput
    from verify_agent.verifier.sandbox.runner import Zygote

    path, found, qualname = args.function.partition("::")
    if not found or not qualname:
        raise BadInput(f"`{args.function}`", expected="`path.py::function`")
    if args.top < 1 or not args.prove_seconds >= 0:
        found = f"--top {args.top} --prove-seconds {args.prove_seconds}"
        raise BadInput(found, expected="1 or more hits, and 0 seconds or more")
    query = named(Path(path), qualname)
    among = gathered(args.among or Path(path).parent)
    if among.unread:
        print(f"note: {among.unread} files are not Python", file=sys.stderr)
    with Zygote(preload=("verify_agent.agent.similar.behaviour_job",)) as sandbox:
        search = Search(among.functions, None if args.no_run else sandbox, args.prove_seconds)
        if sys.stderr.isatty():
            search.told = lambda text: print(text, file=sys.stderr)
        hits = search.like(query, args.top)
    print(_json(hits) if args.json else _table(query, hits, len(among.functions)))
    return 0


def _table(query: Function, hits: list[Hit], count: int) -> str:
    from verify_agent.agent.similar.search import rounded

    lines = [f"{query.place}, among {count} functions:", "", "score  structure  behaviour"]
    for hit in hits:
        numbers = f"{rounded(hit.score):<5}  {rounded(hit.structure):<9}  {rounded(hit.behaviour)}"
        lines += [f"{numbers:<28}{hit.function.place}", f"{'':28}{hit.known.word}"]
        if hit.known.detail:
            lines[-1] += f": {hit.known.detail}"
    return "\n".join(lines if hits else [*lines[:1], "nothing is like it"])


def _json(hits: list[Hit]) -> str:
    import json

    return json.dumps(
        [
            {
                "path": str(hit.function.path),
                "line": hit.function.node.lineno,
                "qualname": hit.function.qualname,
                "score": hit.score,
                "structure": hit.structure,
                "behaviour": hit.behaviour,
                "known": hit.known.word,
                "detail": hit.known.detail,
            }
            for hit in hits
        ],
        indent=1,
    )
