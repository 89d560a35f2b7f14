"""What a program mentions: the constants near which its behaviour changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from verify_agent.verifier.ir.nodes import Const, Program
from verify_agent.verifier.ir.walk import walk

MAX_LENGTH = 300


@dataclass(frozen=True)
class Mentions:
    """Constants of the bodies and contracts, and what is made of them, smallest first."""

    ints: tuple[int, ...]
    texts: tuple[str, ...]
    floats: tuple[float, ...]

    @property
    def lengths(self) -> tuple[int, ...]:
        """Ints that may be meant as a length."""
        return tuple(n for n in self.ints if 0 <= n <= MAX_LENGTH)

    @property
    def characters(self) -> tuple[str, ...]:
        """The characters of the texts."""
        return tuple(dict.fromkeys(c for t in self.texts for c in t))


def mentions_of(program: Program) -> Mentions:
    """The constants that any function of the program or its contract mentions."""
    ints: dict[int, None] = {}
    texts: dict[str, None] = {}
    floats: dict[float, None] = {}
    for node in walk([*program.functions.values(), *program.classes.values()]):
        match node:
            case Const(value=bool() | None):
                continue
            case Const(value=int(number)):
                ints[number] = None
            case Const(value=str(text)):
                texts[text] = None
            case Const(value=float(number)):
                floats[number] = None
            case _:
                continue
    return Mentions(_around(ints), _joined(texts), tuple(floats))


def _around(ints: Iterable[int]) -> tuple[int, ...]:
    """Each number and its neighbours, then sums, differences and products of a few."""
    base = sorted(ints, key=lambda n: (abs(n), n < 0))
    near = [m for n in base for m in (n, n + 1, n - 1, -n)]
    few = base[:10]
    pairs = [m for a in few for b in few for m in (a + b, a - b, a * b, a * b + 1)]
    products = [a * b for a in few[:6] for b in few[:6]]
    triples = [m for p in products for c in few[:6] for m in (p + c, p - c, c - p)]
    return tuple(dict.fromkeys([*near, *pairs, *triples]))[:400]


def _joined(texts: Iterable[str]) -> tuple[str, ...]:
    """Each text, its case variants, and concatenations of two."""
    base = sorted(texts, key=lambda t: (len(t), t))[:8]
    variants = [v for t in base for v in (t, t.upper(), t.lower(), t[::-1])]
    pairs = [a + b for a in base for b in base]
    return tuple(dict.fromkeys([*variants, *pairs]))
