"""Closed forms for numbers that a loop or recursion adds up, fitted to what the function returns.

A form is a guess until it is proved: polynomials of the parameters with rational coefficients,
and `a * b ** n` added to a polynomial of one of them.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction

from verify_agent.agent.optimize.model import Known, Rewrite, statements
from verify_agent.agent.optimize.rules.factors import product_text, sum_text
from verify_agent.verifier.ir.types import IntType

DEGREES = {1: 6, 2: 4, 3: 3, 4: 2}
BASES = (2, 3, 4, 5, 6, 7, 8, 9, 10, -1, -2)
MAGNITUDE = 60
#: So many samples more than coefficients are solved for at first.
MORE = 6

Powers = tuple[int, ...]
Samples = list[tuple[tuple[int, ...], int]]


def rewrites(known: Known) -> Iterator[Rewrite]:
    """One expression for the whole function, or one behind a guard for small arguments."""
    if not _loops(known.node) or not isinstance(known.returns, IntType):
        return
    names = [n for n, t in known.types.items() if isinstance(t, IntType)]
    if len(names) != len(known.types) or len(names) not in DEGREES:
        return
    samples = _distinct(known)
    whole = list(_whole(names, samples))
    yield from whole or _guarded(names, samples)


def _whole(names: Sequence[str], samples: Samples) -> Iterator[Rewrite]:
    for text in _forms(names, samples):
        yield Rewrite(statements(_returned(names, text)), "closed form")


def _guarded(names: Sequence[str], samples: Samples) -> Iterator[Rewrite]:
    """A constant below a bound of one parameter, a form above it."""
    for position, name in enumerate(names):
        for bound in (0, 1, 2, -1):
            low = {r for a, r in samples if a[position] < bound}
            high = [(a, r) for a, r in samples if a[position] >= bound]
            if len(low) != 1 or len(high) < 4:
                continue
            for text in _forms(names, high):
                guard = f"if {name} < {bound}:\n    return {low.copy().pop()}"
                yield Rewrite(statements(f"{guard}\n{_returned(names, text)}"), "closed form")


def _returned(names: Sequence[str], text: str) -> str:
    """The statements that return it; a power gets a name, as its type is `Any` to mypy."""
    found = next((n for n in ast.walk(ast.parse(text)) if _is_power(n)), None)
    if found is None:
        return f"return {text}"
    name = next(n for n in ("power", "exponential", "p_") if n not in names)
    power = ast.unparse(found)
    return f"{name}: int = {power}\nreturn {text.replace(power, name)}"


def _is_power(node: ast.AST) -> bool:
    return isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)


def _forms(names: Sequence[str], samples: Samples) -> Iterator[str]:
    degree = DEGREES[len(names)]
    monomials = list(itertools.product(range(degree + 1), repeat=len(names)))
    monomials = [p for p in monomials if sum(p) <= degree]
    found = _fitted(samples, [[_power(a, p) for p in monomials] for a, _ in samples])
    if found is not None:
        yield _polynomial(names, dict(zip(monomials, found, strict=True)))
        return
    if len(names) == 1 and all(a[0] >= 0 for a, _ in samples):
        yield from _geometric(names[0], samples)


def _geometric(name: str, samples: Samples) -> Iterator[str]:
    """`(a + b * n) * base ** n` and a polynomial of degree two, for exponents not negative."""
    usable = [(a, r) for a, r in samples if 0 <= a[0] <= 40]
    for base in BASES:
        rows = [
            [Fraction(base) ** n, n * Fraction(base) ** n, Fraction(1), Fraction(n), Fraction(n**2)]
            for (n,), _ in usable
        ]
        found = _fitted(usable, rows)
        if found is not None and (found[0] or found[1]):
            power = f"({base}) ** {name}" if base < 0 else f"{base} ** {name}"
            parts = [(found[0], power), (found[1], f"{name} * {power}")]
            parts += [(found[3], name), (found[4], f"{name} * {name}"), (found[2], "")]
            yield sum_text(parts)


def _fitted(samples: Samples, rows: list[list[Fraction]]) -> list[Fraction] | None:
    """The one combination of the columns that gives every result; None where there is none.

    More samples than columns are needed, so that a fit says something.
    """
    if not rows or len(rows) < len(rows[0]) + MORE:
        return None
    few = len(rows[0]) + MORE
    found = _solved(samples[:few], rows[:few])
    if found is None:
        return None
    pairs = zip(rows[few:], samples[few:], strict=True)
    fits = all(sum(c * v for c, v in zip(found, row, strict=True)) == r for row, (_, r) in pairs)
    return found if fits else None


def _solved(samples: Samples, rows: list[list[Fraction]]) -> list[Fraction] | None:
    """Gaussian elimination; None where the rows do not determine it or contradict each other."""
    table = [[*row, Fraction(r)] for row, (_, r) in zip(rows, samples, strict=True)]
    width = len(rows[0])
    pivots: list[int] = []
    for column in range(width):
        line = len(pivots)
        chosen = next((i for i in range(line, len(table)) if table[i][column]), None)
        if chosen is None:
            return None
        table[line], table[chosen] = table[chosen], table[line]
        lead = table[line][column]
        table[line] = [v / lead for v in table[line]]
        for i, other in enumerate(table):
            if i != line and other[column]:
                factor = other[column]
                table[i] = [v - factor * w for v, w in zip(other, table[line], strict=True)]
        pivots.append(column)
    if any(row[-1] for row in table[width:]):
        return None
    return [table[i][-1] for i in range(width)]


def _power(values: Sequence[int], powers: Powers) -> Fraction:
    made = Fraction(1)
    for value, power in zip(values, powers, strict=True):
        made *= Fraction(value) ** power
    return made


def _polynomial(names: Sequence[str], terms: dict[Powers, Fraction]) -> str:
    if len(names) == 1:
        degrees = max((p[0] for p, c in terms.items() if c), default=0)
        return product_text(names[0], [terms[(d,)] for d in range(degrees + 1)])
    ordered = sorted(((p, c) for p, c in terms.items() if c), key=lambda t: (-sum(t[0]), t[0]))
    return sum_text([(c, _monomial(names, p)) for p, c in ordered])


def _monomial(names: Sequence[str], powers: Powers) -> str:
    return " * ".join(n for n, p in zip(names, powers, strict=True) for _ in range(p))


def _distinct(known: Known) -> Samples:
    """The samples of moderate size, each input once, in an order that mixes small and large."""
    table = {a: r for a, r in known.samples if all(abs(v) <= MAGNITUDE for v in a)}
    return sorted(table.items(), key=lambda s: hash(s[0]) % 101)


def _loops(node: ast.FunctionDef) -> bool:
    """Whether it has a loop, or calls itself."""
    kinds = (ast.For, ast.While, ast.comprehension)
    nodes = list(ast.walk(node))
    calls = [n for n in nodes if isinstance(n, ast.Call)]
    itself = any(isinstance(c.func, ast.Name) and c.func.id == node.name for c in calls)
    ranges = any(isinstance(c.func, ast.Name) and c.func.id == "range" for c in calls)
    return itself or ranges or any(isinstance(n, kinds) for n in nodes)
