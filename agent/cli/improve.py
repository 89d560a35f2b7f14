"""`verify-agent improve`: better skills behind a gate, their archive, and the way back."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from verify_agent.agent.improve.approval import Request
    from verify_agent.agent.improve.cycle import Cycle

EPILOG = """what:
  (nothing)        propose changes of skills until the budget is spent; Ctrl-C ends it at once
  log              every entry of the ledger
  tree             all generations, admitted or not; * is the active one
  show ID          a proposal with the gate's word on it, or a generation with its skills
  diff ID [ID]     what differs between two generations (the shipped one, if one is named)
  rollback ID      make an earlier generation the active one again, byte for byte
  approve ID       put a proposal that awaits a person to the gate again, and say yes
  reset REASON     close the breaker after something made improvement stop

Only skills change, small functions that steer the search, and never the installed package: the
active generation is in the state folder. Everything that was tried is kept.

exit codes:
  0    done
  1    the breaker is open, or the proposal was not admitted
  2    bad input
  4    the ledger or the archive is damaged
"""
WHAT = ("run", "log", "tree", "show", "diff", "rollback", "approve", "reset")
UNITS = {"s": 1, "m": 60, "h": 3600}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.epilog = EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    add("what", nargs="?", choices=WHAT, default="run", metavar="WHAT", help="see below")
    add("of", nargs="*", metavar="ID|REASON", help="see below")
    add("--budget", type=duration, default=600.0, metavar="TIME", help="as in 90s, 10m, 1h (10m)")
    add(
        "--approve",
        choices=("ask", "auto", "never"),
        default="ask",
        help="a person says yes to each change (ask), or only to what was not earned (auto)",
    )
    add("--seed", type=int, default=0, help="of the proposers (0)")
    add("--tasks", type=int, default=46, metavar="N", help="of the open suite (46)")
    add(
        "--start",
        default="shipped",
        metavar="WHAT",
        help="a new life begins at `shipped`, `flat` (costs that say nothing) or a state folder's",
    )
    add("--state-folder", type=Path, default=Path(".verify-agent"))


def duration(text: str) -> float:
    """The seconds of a time such as `90s`, `10m` or `1h`.

    >>> duration("10m")
    600.0
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh]?)", text)
    if found is None:
        raise argparse.ArgumentTypeError(f"`{text}` is no time; write 90s, 10m or 1h")
    return float(found[1]) * UNITS[found[2] or "s"]


def run(args: argparse.Namespace) -> int:
    """Do what was asked for; the exit code."""
    _check(args)
    if args.what in ("log", "tree", "show", "diff"):
        print(_shown(args), end="")
        return 0
    from verify_agent.agent.improve.approval import Mode
    from verify_agent.agent.improve.running import Stopper
    from verify_agent.agent.improve.setting import Wanted, cycle_in

    mode = Mode(args.approve) if args.what == "run" else Mode.ASK
    ask = _ask if sys.stdin.isatty() else None
    if args.what == "approve":
        ask = _yes
    wanted = Wanted(args.state_folder, mode, ask, args.seed, args.tasks, args.start)
    stopper = Stopper(args.budget, args.state_folder)
    with stopper, cycle_in(wanted, stopper.why, _say) as cycle:
        return _ACTIONS[args.what](cycle, args)


def _run(cycle: Cycle, args: argparse.Namespace) -> int:
    from verify_agent.agent.improve.running import reported

    why, written = reported(cycle)
    print(f"ended: {why}")
    for path in written:
        print(f"wrote {path}")
    return 1 if cycle.life.tripped else 0


def _rollback(cycle: Cycle, args: argparse.Namespace) -> int:
    generation = cycle.archive.generation(cycle.archive.full_hash(args.of[0]))
    cycle.begin()
    cycle.roll_back(generation, " ".join(args.of[1:]))
    print(f"active: generation {generation.number}  {generation.hash}")
    return 0


def _approve(cycle: Cycle, args: argparse.Namespace) -> int:
    from verify_agent.agent.improve.showing import record_of

    cycle.begin()
    decision = cycle.judge(record_of(cycle.archive, args.of[0]).proposal)
    return 0 if decision.admitted else 1


def _reset(cycle: Cycle, args: argparse.Namespace) -> int:
    import getpass

    cycle.begin()
    cycle.life.reset(getpass.getuser(), " ".join(args.of))
    print("the breaker is closed")
    return 0


_ACTIONS: dict[str, Callable[[Cycle, argparse.Namespace], int]] = {
    "run": _run,
    "rollback": _rollback,
    "approve": _approve,
    "reset": _reset,
}


def _check(args: argparse.Namespace) -> None:
    from verify_agent.verifier.errors import BadInput

    least = {"show": 1, "diff": 1, "rollback": 1, "approve": 1, "reset": 1}.get(args.what, 0)
    if len(args.of) < least:
        raise BadInput(f"`improve {args.what}` needs an argument", advice="see `improve --help`")
    if args.what in ("run", "log", "tree") and args.of:
        raise BadInput(f"`{args.of[0]}` is not asked for", advice="see `improve --help`")
    if args.tasks < 1:
        raise BadInput(f"an open suite of {args.tasks} tasks", expected="1 or more")


def _shown(args: argparse.Namespace) -> str:
    from verify_agent.agent.improve import showing
    from verify_agent.agent.improve.archive import Archive
    from verify_agent.agent.improve.ledger import Ledger, default_anchor
    from verify_agent.agent.improve.running import active_hash
    from verify_agent.agent.skills.active import FOLDER
    from verify_agent.verifier.errors import BadInput

    folder = args.state_folder / FOLDER
    archive = Archive(folder)
    entries = Ledger(folder, default_anchor(folder)).read().entries if folder.is_dir() else ()
    match args.what:
        case "log":
            return showing.log_of(entries) + "\n"
        case "tree":
            return showing.tree_of(archive, active_hash(entries, archive)) + "\n"
        case "diff":
            first, *rest = (archive.generation(archive.full_hash(name)) for name in args.of)
            shipped = archive.generations()[0]
            pair = (first, rest[0]) if rest else (shipped, first)
            return showing.difference(*pair)
    try:
        return showing.shown_record(showing.record_of(archive, args.of[0])) + "\n"
    except BadInput:
        generation = archive.generation(archive.full_hash(args.of[0]))
        return showing.shown_generation(generation) + "\n"


def _say(text: str) -> None:
    print(text, flush=True)


def _yes(request: Request) -> bool:
    return True


def _ask(request: Request) -> bool:
    """Show the change, the contracts and the evidence, and read the answer of a person."""
    print(request.diff)
    for title, text in zip(("contract before", "contract after"), request.contracts, strict=True):
        print(f"{title}:\n{text}")
    for step in request.steps:
        print(f"  {step.step:12} {step.verdict}")
    print("admit this change? [y/N] ", end="", flush=True)
    answer = sys.stdin.readline()
    return answer.strip().lower() in ("y", "yes")
