"""Facts about each item of what is done: tests of the body, items stored, what is untouched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.folds import ITEM, Item, Update, rounds, updates
from verify_agent.verifier.invariants.shape import Shape, entry_value, is_empty
from verify_agent.verifier.invariants.simplify import negated
from verify_agent.verifier.invariants.walks import ZERO, is_sequence
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.walk import walk

SOURCE = "elementwise"
Q = r.name(ITEM)
Found = Iterator[tuple[n.Expr, int]]


def elementwise(context: LoopContext) -> Iterator[Candidate]:
    """Candidates that quantify over positions."""
    shape = Shape(context)
    for expr, cost in (
        *_tests(shape),
        *_appended(shape),
        *_prepended(shape),
        *_stored(shape),
        *_copies(shape),
    ):
        yield Candidate(expr, SOURCE, cost=cost)


# -- tests ---------------------------------------------------------------------------------------


def _tests(shape: Shape) -> Found:
    """What the body tests of one item, and its negation, for all items that are done."""
    for atom in tests(shape):
        for at_item, bounds in _at_positions(shape, atom):
            if not _closed(shape, at_item):
                continue
            for body in (negated(at_item), at_item):
                for low, high in bounds:
                    yield r.for_all(ITEM, low, high, body), 3
        for walked in _over_items(shape, atom):
            yield walked, 3


def tests(shape: Shape) -> list[n.Expr]:
    """The conditions of the loop's test and body, taken apart."""
    found: dict[n.Expr, None] = {}
    own = [shape.loop.test] if isinstance(shape.loop, n.While) else []
    for node in walk(shape.loop.body):
        if isinstance(node, n.If | n.IfExp | n.While):
            own.append(node.test)
    for test in own:
        for part in _atoms(test):
            found[part] = None
    return list(found)[:6]


def _atoms(test: n.Expr) -> Iterator[n.Expr]:
    match test:
        case n.Logic(operands=operands):
            for operand in operands:
                yield from _atoms(operand)
        case n.Unary(op="not", operand=operand):
            yield from _atoms(operand)
        case _:
            yield test


_Bounds = list[tuple[n.Expr, n.Expr]]


def _at_positions(shape: Shape, atom: n.Expr) -> Iterator[tuple[n.Expr, _Bounds]]:
    """The test told at a position Q, and the ranges for which it may hold."""
    for item, bounds in rounds(shape):
        told = r.with_variables(atom, item(Q))
        if told != atom and not _plain(told):
            yield told, [bounds]
    reads = {x.base: None for x in walk(atom) if isinstance(x, n.Index) and _walkable(x)}
    if not reads:
        return
    ranges = _ranges(shape, next(iter(reads)))
    yield _at(atom, {}, Q), ranges
    indices = list(dict.fromkeys(x.index for x in walk(atom) if isinstance(x, n.Index)))
    if len(indices) == 2:
        base = next(iter(reads))
        mirror = r.sub(r.plus(r.length(base), -1), Q)
        for first in indices:
            yield _at(atom, {first: Q}, mirror), ranges
        for offset in (1, -1):
            yield _at(atom, {indices[0]: Q}, r.plus(Q, offset)), ranges


def _plain(atom: n.Expr) -> bool:
    """Whether it is a linear comparison of ints, about which nothing is to be learnt so."""
    linear = n.Compare | n.Var | n.Const | n.Old | n.Unary
    return all(
        isinstance(x, linear) or (isinstance(x, n.Binary) and x.op in ("+", "-"))
        for x in walk(atom)
        if isinstance(x, n.Node)
    )


def _walkable(node: n.Index) -> bool:
    return is_sequence(node.base.type)


def _at(atom: n.Expr, places: dict[n.Expr, n.Expr], other: n.Expr) -> n.Expr:
    def change(node: n.Expr) -> n.Expr | None:
        if isinstance(node, n.Index) and _walkable(node):
            return n.Index(node.type, node.span, node.base, places.get(node.index, other))
        return None

    made: n.Expr = r.rewritten(atom, change)
    return made


def _ranges(shape: Shape, base: n.Expr) -> _Bounds:
    made = [front.done(r.length(base)) for front in shape.fronts[:5]]
    return [*made, *(((ZERO, r.plus(f.at, -1))) for f in shape.fronts[:1] if f.up)]


def _closed(shape: Shape, expr: n.Expr) -> bool:
    free = {x.name for x in r.variables(expr)} - set(r.bound_names(expr)) - {ITEM}
    known = shape.context.variables.keys() | shape.context.program.constants.keys()
    return free <= known and any(x.name == ITEM for x in r.variables(expr))


def _over_items(shape: Shape, atom: n.Expr) -> Iterator[n.Expr]:
    """The same over the items of a prefix, where the loop's target is an item."""
    loop = shape.loop
    if not isinstance(loop, n.For) or not isinstance(loop.target, n.NameTarget):
        return
    if shape.walk is None or not is_sequence(loop.iterable.type):
        return
    target = loop.target
    told = r.with_variables(atom, {target.name: r.name(ITEM, target.type)})
    if told == atom or not _closed(shape, told) or shape.changes(loop.iterable):
        return
    for body in (negated(told), told):
        yield over(shape.walk.fronts[0].part(loop.iterable), target.type, body)


def over(sequence: n.Expr, item: ir.Type, body: n.Expr) -> n.Expr:
    """all(body for ITEM in sequence)."""
    generator = n.Generator(n.NameTarget(ITEM, item), sequence, ())
    made = n.Comprehension(ir.BOOL, r.NOWHERE, "generator", body, (generator,))
    return n.Builtin(ir.BOOL, r.NOWHERE, "all", (made,))


# -- what is stored ------------------------------------------------------------------------------


def _appended(shape: Shape) -> Found:
    """Items of a list that is built: told by position, or what the condition says of them."""
    for made in updates(shape.loop.body):
        outs = [x for x in shape.sequences if x.name == made.name]
        update = _appending(made)
        if update is None or not outs:
            continue
        out = outs[0]
        yield from _by_round(shape, update, out)
        if not isinstance(out.type, ir.ListType):
            continue
        item_type = out.type.item
        if not is_empty(shape.starts.get(update.name)):
            continue
        inner = r.name(ITEM, item_type)
        for part in r.conjuncts(update.when):
            told = r.replaced(part, update.value, inner)
            if told != part and _closed(shape, told) and not shape.changes(told):
                yield over(out, item_type, told), 2
        for source in shape.sequences:
            if source != out and source.name not in shape.context.changed:
                yield over(out, item_type, r.compare("in", inner, source)), 4
                for front in shape.fronts[:2]:
                    part = front.part(source)
                    yield over(out, item_type, r.compare("in", inner, part)), 4
                    yield over(part, item_type, r.compare("in", inner, out)), 4


def _appending(update: Update) -> Update | None:
    """The update as one that appends one item (of a text: what may be one character)."""
    match update.op, update.value:
        case "append", _:
            return update
        case "+", n.ListExpr(items=(item,)):
            return replace(update, op="append", value=item)
        case "+", value if value.type == ir.STR:
            return replace(update, op="append")
        case _:
            return None


def _prepended(shape: Shape) -> Found:
    """Items put in front of a list or text: the first is that of the last round."""
    loop = shape.loop
    if shape.walk is None or not isinstance(loop, n.For):
        return
    count = r.name(loop.index)
    for update in updates(loop.body):
        outs = [x for x in shape.sequences if x.name == update.name]
        match update.value:
            case n.ListExpr(items=(value,)):
                pass
            case value if value.type != ir.STR:
                continue
        if update.op != "+:" or not outs:
            continue
        in_round = r.with_variables(value, shape.walk.nth(Q))
        told = r.with_variables(value, shape.walk.nth(r.sub(r.plus(count, -1), Q)))
        if not shape.changes(in_round) and _in_scope(shape, in_round):
            same = r.compare("==", r.item(outs[0], Q), told)
            yield r.for_all(ITEM, ZERO, count, same), 2
            yield r.compare("==", r.length(outs[0]), count), 2


def _by_round(shape: Shape, update: Update, out: n.Var) -> Found:
    """Items appended, told by the number of the round; before them stands what was there."""
    for item in _in_round(shape):
        told = r.with_variables(update.value, item(Q))
        if shape.changes(told) or not _in_scope(shape, told):
            continue
        same = r.compare("==", r.item(out, Q), told)
        yield r.for_all(ITEM, ZERO, r.length(out), same), 2
        if isinstance(shape.loop, n.For):
            count = r.name(shape.loop.index)
            place = r.add(r.sub(r.length(out), count), Q)
            later = r.compare("==", r.item(out, place), told)
            yield r.for_all(ITEM, ZERO, count, later), 4
    for source in shape.sequences:
        if source.type == out.type and source.name not in shape.context.changed:
            same = r.compare("==", r.item(out, Q), r.item(source, Q))
            yield r.for_all(ITEM, ZERO, r.length(source), same), 4


def _in_round(shape: Shape) -> Iterator[Item]:
    """How a round's variables are told by its number."""
    if shape.walk is not None:
        yield shape.walk.nth
        return
    for update in updates(shape.loop.body):
        start, step = shape.starts.get(update.name), r.number(update.value)
        if step is None or update.op not in ("+", "-") or start is None or shape.changes(start):
            continue
        for shift in (0, 1):
            yield _counted(update.name, start, step if update.op == "+" else -step, shift)


def _counted(name: str, start: n.Expr, step: int, shift: int) -> Item:
    def item(q: n.Expr) -> dict[str, n.Expr]:
        gone = r.mul(r.integer(abs(step)), r.plus(q, shift))
        return {name: r.add(start, gone) if step > 0 else r.sub(start, gone)}

    return item


def _in_scope(shape: Shape, expr: n.Expr) -> bool:
    free = {x.name for x in r.variables(expr)} - set(r.bound_names(expr)) - {ITEM}
    return free <= shape.context.variables.keys() | shape.context.program.constants.keys()


def _stored(shape: Shape) -> Found:
    """`xs[i] = e` in each round: items that are done are as stored."""
    for node in walk(shape.loop.body):
        match node:
            case n.Assign(
                target=n.ItemTarget(base=n.Var() as base, index=n.Var(name=index)), value=value
            ):
                before = _before(shape, base)
                for item, bounds in rounds(shape):
                    if index not in item(Q):
                        continue
                    told = r.with_variables(value, item(Q))
                    for old in before:
                        read = r.replaced(told, base, old)
                        if _in_scope(shape, read):
                            same = r.compare("==", r.item(base, Q), read)
                            yield r.for_all(ITEM, *bounds, same), 2
            case _:
                continue


def _before(shape: Shape, base: n.Var) -> list[n.Expr]:
    """Lists that the loop leaves alone and that a changed list began as a copy of."""
    found: list[n.Expr] = [
        entry_value(p) for p in shape.context.function.parameters if p.name == base.name
    ]
    match shape.starts.get(base.name):
        case (
            n.Builtin(name="list", args=(n.Var() as source,))
            | n.Slice(base=n.Var() as source, lower=None, upper=None, step=None)
        ):
            found.append(source)
        case n.Method(base=n.Var() as source, name="copy"):
            found.append(source)
        case _:
            pass
    return [x for x in found if not shape.changes(x)]


def _copies(shape: Shape) -> Found:
    """What of a changed list is as it was, or mirrored."""
    for base in shape.sequences:
        if base.name not in shape.context.changed:
            continue
        for old in _before(shape, base):
            yield r.compare("==", r.length(base), r.length(old)), 1
            size = r.length(base)
            same = r.compare("==", r.item(base, Q), r.item(old, Q))
            mirrored = r.sub(r.plus(size, -1), Q)
            turned = r.compare("==", r.item(base, Q), r.item(old, mirrored))
            for front in shape.fronts[:5]:
                yield r.for_all(ITEM, *front.left(size), same), 2
                yield r.for_all(ITEM, *front.done(size), turned), 3
                if front.up and front.start == ZERO:
                    # From both ends at once: as much is done at the other end.
                    rest = r.sub(size, front.at)
                    yield r.for_all(ITEM, rest, size, turned), 3
                    yield r.for_all(ITEM, front.at, rest, same), 3
            for low, high in _between(shape):
                yield r.for_all(ITEM, low, high, same), 3


def _between(shape: Shape) -> Iterator[tuple[n.Expr, n.Expr]]:
    for low in shape.counters:
        for high in shape.counters:
            if low != high:
                yield low, r.plus(high, 1)
