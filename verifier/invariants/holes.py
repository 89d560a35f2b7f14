"""Items moved by one place within a list while another item is held back for the gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.elementwise import tests
from verify_agent.verifier.invariants.order import pairs, same_items
from verify_agent.verifier.invariants.shape import Shape, entry_value
from verify_agent.verifier.invariants.walks import ZERO
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.walk import walk

SOURCE = "holes"
Q = r.name("q!")


@dataclass(frozen=True)
class Move:
    """`base[hole] = base[source]`: what stands at `hole` is free when a round begins; when the
    first began, the hole was at `first`."""

    base: n.Var
    hole: n.Expr
    source: n.Expr
    first: n.Expr


def holes(context: LoopContext) -> Iterator[Candidate]:
    """Candidates for loops that move items of a list into a gap."""
    shape = Shape(context)
    for move in _moves(shape):
        for expr in (*_permuted(shape, move), *_ordered(shape, move), *_passed(shape, move)):
            yield Candidate(expr, SOURCE, cost=2)


def _moves(shape: Shape) -> Iterator[Move]:
    for statement in shape.loop.body:
        match statement:
            case n.Assign(
                target=n.ItemTarget(base=n.Var() as base, index=hole),
                value=n.Index(base=n.Var() as same, index=source),
            ) if base == same and base.type == ir.ListType(ir.INT):
                starts = {
                    x.name: shape.starts[x.name]
                    for x in r.variables(hole)
                    if x.name in shape.context.changed and x.name in shape.starts
                }
                first = r.with_variables(hole, starts)
                if starts and shape.in_scope(first) and not shape.changes(first):
                    yield Move(base, hole, source, first)
            case _:
                continue


def _held(shape: Shape, move: Move) -> list[n.Expr]:
    """Values that are stored in the list elsewhere: what is held back for the gap."""
    inside = {id(x) for x in walk(shape.loop.body)}
    return list(
        dict.fromkeys(
            x.value
            for x in walk(shape.context.function.body)
            if isinstance(x, n.Assign)
            and id(x) not in inside
            and isinstance(x.target, n.ItemTarget)
            and x.target.base == move.base
            and isinstance(x.value, n.Var)
            and shape.in_scope(x.value)
            and not shape.changes(x.value)
        )
    )


def _permuted(shape: Shape, move: Move) -> Iterator[n.Expr]:
    """With the held item, and but for what stands in the gap, the items are those there were."""
    type_ = move.base.type
    sources: list[n.Expr] = [
        x for x in shape.sequences if x.type == type_ and x.name not in shape.context.changed
    ]
    sources += [entry_value(p) for p in shape.context.function.parameters if p == move.base]
    gap = n.ListExpr(type_, r.NOWHERE, (r.item(move.base, move.hole),))
    for held in _held(shape, move):
        back = n.ListExpr(type_, r.NOWHERE, (held,))
        for source in sources:
            one, other = (
                n.Binary(type_, r.NOWHERE, "+", *sides)
                for sides in ((move.base, back), (source, gap))
            )
            yield same_items(one, other)


def _ordered(shape: Shape, move: Move) -> Iterator[n.Expr]:
    """What is done is in order, but for what stands in the gap."""
    beside = r.compare("!=", Q, move.hole)
    for op in ("<=", ">="):
        yield pairs(move.base, ZERO, r.plus(move.first, 1), op, beside)


def _passed(shape: Shape, move: Move) -> Iterator[n.Expr]:
    """What the loop asks of an item before it moves it holds of all that it has moved."""
    item, moved = r.item(move.base, move.source), r.item(move.base, Q)
    for test in tests(shape):
        told = r.replaced(test, item, moved)
        if told == test or shape.changes(r.replaced(told, moved, ZERO)):
            continue
        yield r.for_all("q!", r.plus(move.hole, 1), r.plus(move.first, 1), told)
        yield r.for_all("q!", move.first, move.hole, told)
