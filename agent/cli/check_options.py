"""The options of `verify-agent check`."""

from __future__ import annotations

import argparse
from pathlib import Path

ENGINES = ("typing", "symbolic", "properties", "deductive")
LEVELS = ("tested", "confirmed", "proved")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Everything but the targets."""
    from verify_agent.agent.cli.reports import add_report_arguments

    add_report_arguments(parser)
    _about_engines(parser)
    _about_contracts(parser)
    _about_the_gate(parser)
    _about_the_run(parser)


def _about_engines(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--engine",
        action="append",
        choices=ENGINES,
        help="use only this engine, several times if needed (default: all)",
    )
    add("--timeout", type=float, metavar="SECONDS", help="per function (20)")
    add("--seed", type=int, help="of engines and solvers (0)")
    add("--python", default="", metavar="PATH", help="the interpreter that has the code's packages")
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


def _about_contracts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mutants",
        action="store_true",
        help="change each body and list the changed ones that its contract lets live",
    )


def _about_the_gate(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--evidence",
        choices=LEVELS,
        help="the least to accept; engines are asked one after the other until it is there "
        "(without: all engines are asked, and `tested` is accepted)",
    )
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--allow-unknown", action="store_true", help="accept `unknown`")
    group.add_argument("--strict", action="store_true", help="accept no `unknown`")
    parser.add_argument(
        "--no-server", action="store_true", help="leave a warm server (`serve`) alone"
    )
    add("--baseline", type=Path, metavar="FILE", help="fail only on what is worse than there")
    add("--write-baseline", type=Path, metavar="FILE", help="keep this run's verdicts for that")
    add("--waivers", type=Path, metavar="FILE", help="obligations that a person takes on (TOML)")


def _about_the_run(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--since", default="", metavar="REV", help="only what a change since REV can affect")
    add("--jobs", type=int, metavar="N", help="functions checked side by side (one a core)")
    add("--executor", default="", metavar="dask://HOST:PORT", help="where functions are checked")
    add("--cache", default="", metavar="URL", help="share evidence through a URL of fsspec")
    add("--no-cache", action="store_true", help="show everything anew")
    add(
        "--resume",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="go on where a run with the same targets and options was cut (default: yes)",
    )
