"""Sums that grow in a loop within a loop: a round of the outer one adds a round's worth of the
inner one, which is a product where nothing of the inner round is added."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.folds import Update, domains, updates
from verify_agent.verifier.invariants.shape import Shape, assigned_names
from verify_agent.verifier.invariants.simplify import TRUE, simplified
from verify_agent.verifier.invariants.walks import ZERO, walk_of
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir

SOURCE = "nested"
#: The bound variable of a sum within a sum.
INNER = "p!"


def nested(context: LoopContext) -> Iterator[Candidate]:
    """Candidates for both of two loops, one directly in the other."""
    for inner in context.loop.body:
        if isinstance(inner, n.For):
            shape = Shape(context)
            for name, gain in _gains(shape, inner):
                for total in _so_far(shape, name, gain):
                    yield Candidate(r.compare("==", r.name(name), total), SOURCE, cost=3)
    if context.around and isinstance(context.around[-1], n.For) and _is_for(context.loop):
        yield from _inner(context, context.around[-1], context.loop)


def _is_for(loop: n.While | n.For) -> bool:
    return isinstance(loop, n.For)


def _inner(context: LoopContext, outer: n.For, inner: n.While | n.For) -> Iterator[Candidate]:
    """What the rounds of the outer loop added, and what this one has added so far."""
    assert isinstance(inner, n.For)
    if inner not in outer.body:
        return
    changed = context.changed | assigned_names(outer.body) | {outer.index}
    shape = Shape(replace(context, loop=outer, around=context.around[:-1], changed=changed))
    before = {outer.index: r.plus(r.name(outer.index), -1)}
    for name, gain in _gains(shape, inner):
        here = _gain(shape, inner, name, r.name(inner.index))
        for total in _so_far(shape, name, gain):
            past = r.with_variables(total, before)
            if here is not None:
                whole = r.compare("==", r.name(name), r.add(past, here))
                yield Candidate(simplified(whole), SOURCE, cost=3)


def _so_far(shape: Shape, name: str, gain: n.Expr) -> Iterator[n.Expr]:
    start = shape.starts.get(name)
    if start is None or shape.changes(start):
        return
    for domain, (value, _) in domains(shape, (gain, TRUE)):
        generator = n.Generator(n.NameTarget("q!", ir.INT), domain, ())
        made = n.Comprehension(ir.ListType(ir.INT), r.NOWHERE, "generator", value, (generator,))
        yield simplified(r.add(start, n.Builtin(ir.INT, r.NOWHERE, "sum", (made,))))


def _gains(shape: Shape, inner: n.For) -> Iterator[tuple[str, n.Expr]]:
    """What all rounds of an inner loop add to each int that it adds to."""
    trips = _trips(inner)
    for name in dict.fromkeys(u.name for u in updates(inner.body)):
        if trips is None or shape.context.variables.get(name) != ir.INT:
            continue
        gain = _gain(shape, inner, name, trips)
        if gain is not None:
            yield name, gain


def _trips(inner: n.For) -> n.Expr | None:
    """How many rounds a loop has, where a range does not end before it begins."""
    match inner.iterable:
        case n.Builtin(name="range", args=(stop,)):
            return stop
        case n.Builtin(name="range", args=(start, stop)):
            return r.sub(stop, start)
    walk = walk_of(inner)
    return r.length(walk.sequences[0]) if walk is not None and walk.sequences else None


def _gain(shape: Shape, inner: n.For, name: str, rounds: n.Expr) -> n.Expr | None:
    """What a number of rounds adds to a variable; None where that is not a sum of steady parts
    and parts told by the inner item."""
    found = [u for u in updates(inner.body) if u.name == name]
    if len(found) != 1 or found[0].op not in ("+", "-") or found[0].when != TRUE:
        return None
    own = assigned_names(inner.body) | assigned_names(inner.target) | {inner.index}
    total: n.Expr | None = None
    for sign, part in _parts(found[0], 1):
        names = {x.name for x in r.variables(part)}
        if not names & own:
            value = r.mul(part, rounds) if r.number(part) != 1 else rounds
        else:
            inside = _inner_sum(inner, part, rounds, own)
            if inside is None:
                return None
            value = inside
        if total is None:
            total = value if sign > 0 else r.sub(ZERO, value)
        else:
            total = r.add(total, value) if sign > 0 else r.sub(total, value)
    return total


def _parts(update: Update, sign: int) -> Iterator[tuple[int, n.Expr]]:
    def split(expr: n.Expr, sign: int) -> Iterator[tuple[int, n.Expr]]:
        match expr:
            case n.Binary(op="+" | "-" as op, left=left, right=right):
                yield from split(left, sign)
                yield from split(right, sign if op == "+" else -sign)
            case _:
                yield sign, expr

    yield from split(update.value, sign if update.op == "+" else -sign)


def _inner_sum(inner: n.For, part: n.Expr, rounds: n.Expr, own: set[str]) -> n.Expr | None:
    """The sum of a part over the first rounds of the inner loop."""
    walk = walk_of(inner)
    if walk is None:
        return None
    value = r.with_variables(part, walk.nth(r.name(INNER)))
    if {x.name for x in r.variables(value)} & own:
        return None
    domain = n.Builtin(ir.RANGE, r.NOWHERE, "range", (ZERO, rounds))
    generator = n.Generator(n.NameTarget(INNER, ir.INT), domain, ())
    made = n.Comprehension(ir.ListType(ir.INT), r.NOWHERE, "generator", value, (generator,))
    return n.Builtin(ir.INT, r.NOWHERE, "sum", (made,))
