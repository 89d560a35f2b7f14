"""Many random programs through CPython and the symbolic executor, with a count of what came."""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import observation
from random_programs import Generator, arguments
from third_leg import ThirdLeg, TooLong

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.load import load
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.ir.interpreter import Interpreter, Stopped
from verify_agent.verifier.ir.interpreter_values import Limits
from verify_agent.verifier.ir.nodes import Program

DIGITS = r"\d+"
#: A number that is squared in a loop takes all memory: such a program is asked of nobody.
LIMITS = Limits(bits=100_000)
DEEP = 20_000  # terms of unrolled loops are nested deeply
#: What the executor has no model for, so that most programs are spent on what it has.
BARRED = re.compile(
    r"key=|\{1\}|\bstr\((?!True)|\bset\(|\bint\(|\bround\(|\{w|\bd\d+\b|\*[q_]| [&|^] |[&|^]="
    r"|for w in .* for v in"
    r"|\.(remove|join|strip|upper|lower|title|zfill|ljust|rjust|replace|split|bit_length|find)\("
    r"|\.(isdigit|isalpha|isupper|isspace|items)\(|\b(xs|ys|zs|l\d+) \*="
    r"|^ *\w+\[[^=]*:[^=]*\] = |^ *del .*:.*:|\* a\)$|s\.(index|count)\(|, \w+\) = \["
)


@dataclass
class Tally:
    """What became of the programs: refusals by construct, never left out silently."""

    programs: int = 0
    through: int = 0
    runs: int = 0
    imprecise: int = 0
    open: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def share(self) -> float:
        """The part of the programs that went through with some input."""
        return self.through / max(self.programs, 1)

    def report(self) -> str:
        """The counts, to be read."""
        lines = [
            f"{self.programs} programs, {self.through} through all legs with {self.runs} runs, "
            f"{self.imprecise} runs imprecise, {self.open.total()} open"
        ]
        for kind, counts in (("refused", self.refused), ("open", self.open)):
            lines += [f"{kind} {count}: {what}" for what, count in counts.most_common()]
        return "\n".join(lines)


def random_case(seed: int) -> tuple[str, list[list[Any]]]:
    """A program of the executor's subset, and arguments."""
    rng = random.Random(seed)
    source = Generator(rng, BARRED).program()
    return source, [arguments(rng) for _ in range(2)]


def lowered(source: str) -> Program | str:
    """The program; the construct where the front end refuses it."""
    try:
        program = lower(next(s for s in load(source).functions if s.qualname == "f"))
    except Unsupported as error:
        return error.construct
    return next(iter(program.unsupported.values()), program)


def campaign(seeds: Iterable[int]) -> Tally:
    """Run programs by seed; an `AssertionError` shows the first disagreement."""
    tally = Tally()
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, DEEP))
    try:
        for seed in seeds:
            source, given = random_case(seed)
            program = lowered(source)
            if isinstance(program, str):
                tally.refused[f"{re.sub(DIGITS, 'N', program)}, by the front end"] += 1
                continue
            tally.programs += 1
            ways = ((False, False), (True, True)) if seed % 2 else ((False, True), (True, False))
            outcomes = [
                compared(tally, program, source, args, constants=constants, catching=catching)
                for args, (constants, catching) in zip(given, ways, strict=True)
            ]
            tally.through += any(outcomes)
    finally:
        sys.setrecursionlimit(before)
    return tally


def compared(
    tally: Tally, program: Program, source: str, args: list[Any], *, constants: bool, catching: bool
) -> bool:
    """Whether the executor's word could be compared; it must allow what CPython does."""
    if isinstance(Interpreter(program, LIMITS).run(deepcopy(args)), Stopped):
        tally.refused["a run that takes more than it may"] += 1
        return False
    leg = ThirdLeg(program, deepcopy(args), constants, catching)
    try:
        told = leg.run()
    except Unsupported as error:
        tally.refused[re.sub(DIGITS, "N", error.construct)] += 1
        return False
    except TooLong:
        tally.refused["a loop of many rounds"] += 1
        return False
    if told.open:
        tally.open[re.sub(DIGITS, "N", told.open)[:60]] += 1
        return False
    theirs = observation.cpython(source, args)
    way = f"constants={constants}, catching={catching}"
    assert told.allows(theirs), f"f(*{args}), {way}\n{source}\nCPython: {theirs}\nhere: {told}"
    tally.runs += 1
    tally.imprecise += not told.precise
    return True
