"""Polynomial equalities fitted to traces: monomials as columns, environments as rows.

Sharma, Gupta, Hariharan, Aiken and Nori, "A data driven approach for algebraic loop
invariants" (ESOP 2013).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement
from math import prod

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.elimination import relations
from verify_agent.verifier.invariants.measurements import Measure, measures
from verify_agent.verifier.invariants.shape import Shape
from verify_agent.verifier.ir import nodes as n

SOURCE = "polynomial"
#: The most monomials, the greatest coefficient of a relation that is proposed, its terms.
COLUMNS, COEFFICIENT, TERMS = 26, 64, 6
#: About how many environments a relation is fitted to; it is tried on all.
FITTED = 45
Monomial = tuple[int, ...]


def polynomial(context: LoopContext) -> Iterator[Candidate]:
    """Equalities between polynomials of the loop's ints, of low degree first."""
    known = measures(Shape(context))
    if len(context.environments) < 4 or not any(m.changes for m in known):
        return
    found: list[tuple[int, ...]] = []
    for degree in (1, 2, 3, 4):
        for chosen in _choices(known, degree):
            yield from _fitted(known, chosen, degree, found)


def _choices(known: list[Measure], degree: int) -> Iterator[tuple[int, ...]]:
    """Which measures take part: fewer for higher degrees."""
    size = {1: 7, 2: 5, 3: 3, 4: 2}[degree]
    changed = [k for k, m in enumerate(known) if m.changes]
    fixed = [k for k, m in enumerate(known) if not m.changes]
    if degree == 1 or (degree == 2 and len(known) <= size):
        yield tuple([*changed, *fixed][:size])
        return
    if degree == 2:
        for pair in combinations(fixed[:4], 2):
            yield (*changed[:3], *pair)
        return
    for k in changed:
        for j in changed:
            if k != j:
                yield (j, k)
        if degree == 3:
            for j in changed:
                for i in fixed[:1]:
                    if k != j:
                        yield (j, i, k)


def _fitted(
    known: list[Measure], chosen: tuple[int, ...], degree: int, found: list[tuple[int, ...]]
) -> Iterator[Candidate]:
    monomials = _monomials(chosen, degree)
    if len(monomials) > COLUMNS:
        return
    count = len(known[0].values)
    columns = [
        [prod(known[k].values[row] for k in monomial) for row in range(count)]
        for monomial in monomials
    ]
    rows = list(dict.fromkeys(zip(*columns, strict=True)))
    if degree > 2 and len(set(known[chosen[0]].values)) < degree + 3:
        return
    enough = len(monomials) + 2 if degree > 2 else len(monomials) // 2 + 2
    if len(rows) < enough:
        return
    for vector in relations(rows[:: max(1, len(rows) // FITTED)]):
        leading = [m for m, c in zip(monomials, vector, strict=True) if c][-1]
        if any(_divides(old, leading) for old in found):
            continue
        used = [(c, m) for c, m in zip(vector, monomials, strict=True) if c]
        if len(used) > TERMS or max(abs(c) for c, _ in used) > COEFFICIENT:
            continue
        if any(known[k].changes for _, m in used for k in m):
            found.append(leading)
            yield Candidate(_equation(known, used), SOURCE, cost=2 + degree)


def _monomials(chosen: tuple[int, ...], degree: int) -> list[Monomial]:
    """By degree; of those above two variables' second degree, powers of one and one other."""
    made: list[Monomial] = []
    if degree <= 2:
        for size in range(degree + 1):
            made += combinations_with_replacement(chosen, size)
        return made
    if len(chosen) == 3:
        for size in range(degree + 1):
            made += combinations_with_replacement(chosen[:2], size)
        return [*made, chosen[2:]]
    first, other = chosen
    made = [(first,) * size for size in range(degree + 1)]
    return [*made, (other,), *([(first, other)] if degree == 3 else [])]


def _divides(a: Monomial, b: Monomial) -> bool:
    return all(b.count(x) >= a.count(x) for x in a)


def _equation(known: list[Measure], used: list[tuple[int, Monomial]]) -> n.Expr:
    """Positive terms on one side, negative ones on the other."""
    if used[-1][0] < 0:
        used = [(-c, m) for c, m in used]
    left = [_term(known, c, m) for c, m in used if c > 0]
    right = [_term(known, -c, m) for c, m in used if c < 0]
    return r.compare("==", _sum(left), _sum(right))


def _term(known: list[Measure], coefficient: int, monomial: Monomial) -> n.Expr:
    made: n.Expr = r.integer(coefficient)
    for number in monomial:
        made = r.mul(made, known[number].term)
    return made


def _sum(terms: list[n.Expr]) -> n.Expr:
    made: n.Expr = r.integer(0)
    for term in reversed(terms):
        made = r.add(made, term)
    return made
