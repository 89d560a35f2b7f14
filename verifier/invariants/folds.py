"""`acc == f(xs[:i])` from the shape of the update: sums, products, counts, extremes, lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.shape import ONE, Shape, is_empty
from verify_agent.verifier.invariants.simplify import TRUE, negated, simplified
from verify_agent.verifier.invariants.walks import ZERO, is_sequence
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir

SOURCE = "fold"
#: How a bound variable of a candidate is called; no identifier of a program is.
ITEM = "q!"


@dataclass(frozen=True)
class Update:
    """What a round does to a variable, and under which condition on the round's item."""

    name: str
    op: str
    value: n.Expr
    when: n.Expr


def updates(block: n.Block, when: n.Expr = TRUE) -> Iterator[Update]:
    """Updates in a block and the branches under it; inner loops left out.

    `op` is the operator of `x = x op value`, `append`, `+:` where the value is put in front (as
    a text or list), or `=`.
    """
    for statement in block:
        match statement:
            case n.AugAssign(target=n.NameTarget(name), op=op, value=value):
                yield Update(name, op, value, when)
            case n.Assign(target=n.NameTarget(name), value=value):
                yield _assignment(name, value, when)
            case n.Assign(target=n.TupleTarget(items, None), value=n.TupleExpr(items=values)):
                for target, value in zip(items, values, strict=False):
                    if isinstance(target, n.NameTarget):
                        yield _assignment(target.name, value, when)
            case n.Evaluate(value=n.Method(base=n.Var(name=name), name="append", args=(value,))):
                yield Update(name, "append", value, when)
            case n.Evaluate(
                value=n.Method(
                    base=n.Var(name=name, type=ir.ListType() as type_),
                    name="insert",
                    args=(n.Const(value=0), value),
                )
            ):
                yield Update(name, "+:", n.ListExpr(type_, r.NOWHERE, (value,)), when)
            case n.If(test=test, then=then, orelse=orelse):
                yield from updates(then, _both(when, test))
                yield from updates(orelse, _both(when, negated(test)))
            case _:
                continue


def _both(a: n.Expr, b: n.Expr) -> n.Expr:
    return simplified(r.conjunction(a, b))


def _assignment(name: str, value: n.Expr, when: n.Expr) -> Update:
    match value:
        case n.Binary(op=op, left=n.Var(name=own), right=right) if own == name:
            return Update(name, op, right, when)
        case n.Binary(op="+" | "*" as op, left=left, right=n.Var(name=own)) if own == name:
            text = op if left.type in (ir.INT, ir.BOOL, ir.FLOAT) else "+:"
            return Update(name, text, left, when)
        case _:
            return Update(name, "=", value, when)


def folds(context: LoopContext) -> Iterator[Candidate]:
    """Candidates for each variable that the body updates."""
    shape = Shape(context)
    found = list(updates(context.loop.body))
    for update in found:
        for expr, cost in _of_update(shape, update):
            yield Candidate(expr, SOURCE, cost=cost)
    for expr, cost in _lists(shape, found):
        yield Candidate(expr, SOURCE, cost=cost)


Found = Iterator[tuple[n.Expr, int]]


def _of_update(shape: Shape, update: Update) -> Found:
    type_ = shape.context.variables.get(update.name)
    acc = r.name(update.name, type_ or ir.INT)
    start = shape.starts.get(update.name)
    if type_ not in (ir.INT, ir.STR) or start is None or shape.changes(start):
        return
    constant = update.when == TRUE and r.number(update.value) is not None
    if update.op in ("+", "-") and type_ == ir.INT and not constant:
        for domain, parts in domains(shape, (update.value, update.when)):
            value, when = parts
            made = _generated(domain, value, when)
            total = n.Builtin(ir.INT, r.NOWHERE, "sum", (made,))
            whole = r.add(start, total) if update.op == "+" else r.sub(start, total)
            yield r.compare("==", acc, whole), 3
        if update.value == ONE:
            yield from _counts(shape, acc, start, update)
    steady = update.when == TRUE and not shape.changes(update.value)
    if update.op == "*" and steady and isinstance(shape.loop, n.For):
        power = n.Binary(ir.INT, r.NOWHERE, "**", update.value, r.name(shape.loop.index))
        yield r.compare("==", acc, power if start == ONE else r.mul(start, power)), 3
    if update.op == "=" and type_ == ir.INT:
        yield from _extremes(shape, acc)


def domains(shape: Shape, exprs: tuple[n.Expr, ...]) -> Iterator[tuple[n.Expr, list[n.Expr]]]:
    """Ranges of positions that are done, with expressions of a round told at a position.

    Only where nothing but the round's item is changed in them.
    """
    q = r.name(ITEM)
    for item, bounds in rounds(shape):
        here = [r.with_variables(x, item(q)) for x in exprs]
        if not any(shape.changes(x) or not _scoped(shape, x) for x in here):
            domain = n.Builtin(ir.RANGE, r.NOWHERE, "range", bounds)
            yield domain, here


def _scoped(shape: Shape, expr: n.Expr) -> bool:
    free = {x.name for x in r.variables(expr)} - set(r.bound_names(expr)) - {ITEM}
    known = shape.context.variables.keys() | shape.context.program.constants.keys()
    return free <= known


Bounds = tuple[n.Expr, n.Expr]
Item = Callable[[n.Expr], dict[str, n.Expr]]


def rounds(shape: Shape) -> Iterator[tuple[Item, Bounds]]:
    """How a round's variables are told by a position, and which positions are done."""
    if shape.walk is not None:
        walk = shape.walk
        size = r.length(walk.sequences[0]) if walk.sequences else None
        for front in walk.fronts[:1]:
            if front.up or size is not None:
                yield walk.item, front.done(size or ZERO)
            elif isinstance(shape.loop.iterable, n.Builtin):  # type: ignore[union-attr]
                first = shape.loop.iterable.args[0]  # type: ignore[union-attr]
                yield walk.item, (front.at, r.plus(first, 1))
        return
    for x in shape.counters:
        start = shape.starts.get(x.name)
        if start is None or shape.changes(start):
            continue
        for bounds in ((start, x), (r.plus(start, 1), r.plus(x, 1)), (x, start)):
            yield _counter_item(x.name, 0), bounds
        yield _counter_item(x.name, 0), (r.plus(x, 1), r.plus(start, 1))


def _counter_item(name: str, offset: int) -> Item:
    return lambda q: {name: r.plus(q, offset)}


def _generated(domain: n.Expr, value: n.Expr, when: n.Expr) -> n.Comprehension:
    conditions = () if when == TRUE else (when,)
    generator = n.Generator(n.NameTarget(ITEM, ir.INT), domain, conditions)
    return n.Comprehension(ir.ListType(value.type), r.NOWHERE, "generator", value, (generator,))


def _counts(shape: Shape, acc: n.Expr, start: n.Expr, update: Update) -> Found:
    """A count of equal items is `xs[:i].count(v)`."""
    if shape.walk is None or start != ZERO:
        return
    for sequence in shape.walk.sequences:
        match update.when:
            case n.Compare(op="==", left=left, right=right):
                for value in (left, right):
                    if not shape.changes(value) and shape.in_scope(value):
                        part = shape.walk.fronts[0].part(sequence)
                        count = n.Method(ir.INT, r.NOWHERE, part, "count", (value,))
                        yield r.compare("==", acc, count), 2
            case _:
                return


def _extremes(shape: Shape, acc: n.Var | n.Expr) -> Found:
    """The greatest or least of what is done."""
    for sequence in shape.sequences:
        if sequence.type != ir.ListType(ir.INT) or sequence.name in shape.context.changed:
            continue
        yield r.compare("in", acc, sequence), 2
        for front in shape.fronts[:4]:
            part = front.part(sequence)
            yield r.compare("in", acc, part), 3
            for name in ("max", "min"):
                best = r.compare("==", acc, n.Builtin(ir.INT, r.NOWHERE, name, (part,)))
                yield best, 2
                yield r.disjunction(r.compare("<=", front.at, ZERO), best), 3


def _lists(shape: Shape, found: list[Update]) -> Found:
    """A list that is built by appending is a comprehension over what is done."""
    for update in found:
        type_ = shape.context.variables.get(update.name)
        if update.op != "append" or not isinstance(type_, ir.ListType):
            continue
        alone = [x for x in found if x.name == update.name] == [update]
        if not alone or not is_empty(shape.starts.get(update.name)):
            continue
        out = next(x for x in shape.sequences if x.name == update.name)
        for domain, (value, when) in domains(shape, (update.value, update.when)):
            made = _generated(domain, value, when)
            display = n.Comprehension(
                ir.ListType(value.type), r.NOWHERE, "list", made.element, made.generators
            )
            yield r.compare("==", out, display), 4
        yield from _of_sequence(shape, out, update)


def _of_sequence(shape: Shape, out: n.Var, update: Update) -> Found:
    """The same, over the items of a prefix instead of positions."""
    loop = shape.loop
    if (
        shape.walk is None
        or not isinstance(loop, n.For)
        or not isinstance(loop.target, n.NameTarget)
    ):
        return
    if not is_sequence(loop.iterable.type) or shape.changes(loop.iterable):
        return
    item = r.name(loop.target.name, loop.target.type)
    inner = r.name(ITEM, loop.target.type)
    value, when = (
        r.with_variables(x, {item.name: inner})  # type: ignore[union-attr]
        for x in (update.value, update.when)
    )
    if shape.changes(value) or shape.changes(when):
        return
    part = shape.walk.fronts[0].part(loop.iterable)
    conditions = () if when == TRUE else (when,)
    generator = n.Generator(n.NameTarget(ITEM, loop.target.type), part, conditions)
    made = n.Comprehension(out.type, r.NOWHERE, "list", value, (generator,))
    yield r.compare("==", out, made), 3
