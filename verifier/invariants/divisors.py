"""What every common divisor divides, for loops in the manner of Euclid."""

from __future__ import annotations

from collections.abc import Iterator

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.folds import ITEM
from verify_agent.verifier.invariants.shape import ONE, Shape
from verify_agent.verifier.invariants.walks import ZERO
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.walk import walk

SOURCE = "divisors"


def divisors(context: LoopContext) -> Iterator[Candidate]:
    """Where `a % result == 0` is promised: what divides the loop's numbers divides a.

    Divisors are looked at up to the number that is returned, itself among them.
    """
    shape = Shape(context)
    dividends = _dividends(shape)
    for value in shape.returned:
        if not isinstance(value, n.Var) or value not in shape.changed_ints:
            continue
        others = [x for x in shape.changed_ints if x != value][:2]
        for whole in dividends:
            for other in others:
                yield Candidate(_divided(whole, value, other), SOURCE, cost=3)


def _dividends(shape: Shape) -> list[n.Expr]:
    found: dict[n.Expr, None] = {}
    for clause in shape.context.function.ensures:
        for node in walk(shape.at_entry(clause.expr)):
            match node:
                case n.Binary(op="%", left=whole, right=n.Var(name="result")):
                    if shape.in_scope(whole) and not shape.changes(whole):
                        found[whole] = None
                case _:
                    continue
    return list(found)


def _divided(whole: n.Expr, value: n.Expr, other: n.Expr) -> n.Expr:
    """all(whole % q == 0 for q in range(1, value + 1) if value % q == 0 and other % q == 0)."""
    conditions = tuple(_divides(x) for x in (value, other))
    domain = n.Builtin(ir.RANGE, r.NOWHERE, "range", (ONE, r.plus(value, 1)))
    generator = n.Generator(n.NameTarget(ITEM, ir.INT), domain, conditions)
    made = n.Comprehension(ir.BOOL, r.NOWHERE, "generator", _divides(whole), (generator,))
    return n.Builtin(ir.BOOL, r.NOWHERE, "all", (made,))


def _divides(x: n.Expr) -> n.Expr:
    return r.compare("==", n.Binary(ir.INT, r.NOWHERE, "%", x, r.name(ITEM)), ZERO)
