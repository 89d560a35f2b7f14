"""argparse with errors of our own and no exit from the inside."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable
from typing import NoReturn

from verify_agent.verifier.errors import BadInput


class HelpShown(Exception):
    """`--help` was asked for and printed."""


class Parser(argparse.ArgumentParser):
    """Raises `BadInput` for wrong options and `HelpShown` after help."""

    def error(self, message: str) -> NoReturn:
        raise BadInput(message, advice=f"`{self.prog} --help` shows the options")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise HelpShown


def command_parser(program: str, description: str) -> Parser:
    """The parser of one command with the options that all commands share."""
    parser = Parser(prog=program, description=description, allow_abbrev=False)
    parser.add_argument("--debug", action="store_true", help="show tracebacks")
    return parser


def unknown_command(name: str, commands: Iterable[str]) -> BadInput:
    """The error for a command that is none."""
    known = list(commands)
    close = difflib.get_close_matches(name, known, 1, 0.5)
    advice = f"did you mean `{close[0]}`?" if close else ""
    listed = ", ".join(f"`{k}`" for k in known)
    return BadInput(f"`{name}` is no command", expected=f"one of {listed}", advice=advice)


def at_least(least: float, kind: type = float) -> object:
    """An argparse type: a number that is not below `least`."""

    def read(text: str) -> float:
        value: float = kind(text)
        if not value >= least:
            raise argparse.ArgumentTypeError(f"{text} is below {least}")
        return value

    read.__name__ = "number"
    return read
