"""Linear facts that are tight on the traces: `x <= y`, `x + y - z >= c`, `(x - y) % m == c`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.measurements import Measure, literals, measures
from verify_agent.verifier.invariants.shape import Shape
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir

SOURCE = "linear"
#: The greatest constant in a fact, the least number of environments that must attain it.
SMALL, ATTAINED = 2, 2


def linear(context: LoopContext) -> Iterator[Candidate]:
    """Candidates fitted to the environments."""
    if len(context.environments) < 4:
        return
    shape = Shape(context)
    known = measures(shape)
    for expr, cost in (*_signs(known), *_pairs(known), *_triples(known)):
        yield Candidate(expr, SOURCE, cost=cost)
    for expr, cost in _congruences(known, literals(shape)):
        yield Candidate(expr, SOURCE, cost=cost)


Found = Iterator[tuple[n.Expr, int]]


def _tight(values: list[int]) -> int | None:
    """The least value, where it is small and several environments have it."""
    least = min(values)
    return least if abs(least) <= SMALL and values.count(least) >= ATTAINED else None


def _signs(known: list[Measure]) -> Found:
    for x in known:
        if not x.changes:
            continue
        least = _tight(list(x.values))
        if least is not None:
            yield r.compare(">=", x.term, r.integer(least)), 1
        most = _tight([-v for v in x.values])
        if most is not None:
            yield r.compare("<=", x.term, r.integer(-most)), 2


def _pairs(known: list[Measure]) -> Found:
    """x <= y + c, as it is tight."""
    for x in known:
        for y in known:
            if x is y or not (x.changes or y.changes):
                continue
            gaps = [b - a for a, b in zip(x.values, y.values, strict=True)]
            gap = _tight(gaps)
            if gap is not None and len(set(gaps)) > 1:
                yield r.compare("<=", x.term, r.plus(y.term, -gap)), 2


def _triples(known: list[Measure]) -> Found:
    """x + y <= z + c and x + y >= z + c, as they are tight."""
    for z in known:
        others = [m for m in known if m is not z]
        for x, y in combinations(others, 2):
            if not (x.changes or y.changes or z.changes):
                continue
            sums = list(zip(x.values, y.values, z.values, strict=True))
            if len({a + b - c for a, b, c in sums}) == 1:
                continue
            total = r.add(x.term, y.term)
            above = _tight([a + b - c for a, b, c in sums])
            if above is not None and not _implied(x, y, z, above):
                yield r.compare(">=", total, r.plus(z.term, above)), 5
            below = _tight([c - a - b for a, b, c in sums])
            if below is not None:
                yield r.compare("<=", total, r.plus(z.term, -below)), 5


def _implied(x: Measure, y: Measure, z: Measure, above: int) -> bool:
    """Whether x + y >= z + c says no more than x >= z and y >= 0 together, or so."""
    for a, b in ((x, y), (y, x)):
        gap = min(p - q for p, q in zip(a.values, z.values, strict=True))
        if gap + min(b.values) >= above:
            return True
    return False


def _congruences(known: list[Measure], numbers: list[int]) -> Found:
    """x % m == c, (x + y) % m == c and (x - y) % m == c, for literals of the program as m."""
    for m in dict.fromkeys(v for v in numbers if 2 <= v <= 16):
        for x in known:
            if x.changes and len(set(x.values)) > 1:
                yield from _same_rest(x.term, list(x.values), m)
        for x, y in combinations(known, 2):
            if x.changes or y.changes:
                pairs = list(zip(x.values, y.values, strict=True))
                yield from _same_rest(r.add(x.term, y.term), [a + b for a, b in pairs], m)
                yield from _same_rest(r.sub(x.term, y.term), [a - b for a, b in pairs], m)


def _same_rest(term: n.Expr, values: list[int], m: int) -> Found:
    rests = {v % m for v in values}
    if len(rests) == 1 and len(set(values)) > 2:
        mod = n.Binary(ir.INT, r.NOWHERE, "%", term, r.integer(m))
        yield r.compare("==", mod, r.integer(rests.pop())), 4
