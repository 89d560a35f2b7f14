"""Functions of the codebase that meet a contract on known cases, before another proposer.

They are trusted with nothing: each is judged by every engine, as any candidate.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from verify_agent.agent.found_first import FoundFirst, Program
from verify_agent.agent.repair.codebase import Codebase, codebase_of
from verify_agent.agent.similar.gather import Function, functions_in
from verify_agent.agent.similar.offering import offers
from verify_agent.verifier.errors import BadSource

STRATEGY = "a function of the codebase"
MOST_TRIED = 200
#: Of the clock, for reading the codebase.
SECONDS = 3.0


def functions_of_codebase(codebase: Codebase, seconds: float = SECONDS) -> list[Function]:
    """The functions of the codebase's files, as many as can be read in the time."""
    stop = time.monotonic() + seconds
    found: list[Function] = []
    for path in codebase.files:
        if time.monotonic() > stop:
            break
        try:
            found.extend(functions_in(path))
        except BadSource:
            continue
    return found


@dataclass
class Neighbouring(FoundFirst):
    """The codebase's functions before another proposer."""

    def found(self) -> Iterator[Program]:
        """The functions whose parameters fit, the likeliest first."""
        origin = self.task.origin
        if origin is None or origin.path is None:
            return
        codebase = codebase_of(self.task)
        functions = functions_of_codebase(codebase)
        itself: tuple[Path, str] = (codebase.file, self.task.qualname)
        for offer in offers(self.task.signature, functions, itself, None, MOST_TRIED):
            place = f"{codebase.relative(offer.function.path)}::{offer.function.qualname}"
            yield Program(offer.text, STRATEGY, f"like it in the codebase: {place}")
