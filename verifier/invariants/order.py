"""Sortedness of parts of a list, parts that bound each other, permutations."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.folds import updates
from verify_agent.verifier.invariants.postcondition import goals
from verify_agent.verifier.invariants.shape import Shape, entry_value
from verify_agent.verifier.invariants.walks import ZERO
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.walk import walk

SOURCE = "order"
LOW, HIGH = r.name("p!"), r.name("q!")
Found = Iterator[tuple[n.Expr, int]]


def order(context: LoopContext) -> Iterator[Candidate]:
    """Candidates about lists that the loop changes by position."""
    shape = Shape(context)
    found = (_sorted_parts, _built, _permutations, _best, _carried, _merged)
    for expr, cost in (x for source in found for x in source(shape)):
        yield Candidate(expr, SOURCE, cost=cost)


def pairs(base: n.Expr, first: n.Expr, last: n.Expr, op: str, *but: n.Expr) -> n.Expr:
    """all(base[p] op base[q] for q in range(first, last) if ... for p in range(first, q))."""
    body = r.compare(op, r.item(base, LOW), r.item(base, HIGH))
    outer = n.Generator(n.NameTarget("q!", ir.INT), _range(first, last), but)
    inner = n.Generator(n.NameTarget("p!", ir.INT), _range(first, HIGH), ())
    made = n.Comprehension(ir.BOOL, r.NOWHERE, "generator", body, (outer, inner))
    return n.Builtin(ir.BOOL, r.NOWHERE, "all", (made,))


def across(base: n.Expr, low: tuple[n.Expr, n.Expr], high: tuple[n.Expr, n.Expr]) -> n.Expr:
    """all(base[p] <= base[q] for p in range(*low) for q in range(*high))."""
    body = r.compare("<=", r.item(base, LOW), r.item(base, HIGH))
    outer = n.Generator(n.NameTarget("p!", ir.INT), _range(*low), ())
    inner = n.Generator(n.NameTarget("q!", ir.INT), _range(*high), ())
    made = n.Comprehension(ir.BOOL, r.NOWHERE, "generator", body, (outer, inner))
    return n.Builtin(ir.BOOL, r.NOWHERE, "all", (made,))


def _range(low: n.Expr, high: n.Expr) -> n.Expr:
    return n.Builtin(ir.RANGE, r.NOWHERE, "range", (low, high) if low != ZERO else (high,))


def _lists(shape: Shape) -> list[n.Var]:
    """Changed lists of ints that the function stores into by position, or promises sorted."""
    stored = {
        x.base.name
        for x in walk(shape.context.function.body)
        if isinstance(x, n.ItemTarget) and isinstance(x.base, n.Var)
    }
    stored |= {
        x.base.name
        for x in walk(shape.context.function.body)
        if isinstance(x, n.Method) and x.name in ("insert", "pop") and isinstance(x.base, n.Var)
    }
    return [x for x in shape.sequences if x.name in stored and x.type == ir.ListType(ir.INT)]


def _sorted_parts(shape: Shape) -> Found:
    for base in _lists(shape):
        size = r.length(base)
        inner = bool(shape.context.around)
        ops = ("<=", ">=", "<") if _descends(shape) else ("<=",)
        for front in shape.fronts[:8]:
            low, high = front.done(size)
            for op in ops:
                yield pairs(base, low if not front.up else ZERO, high, op), 3
            for x in shape.counters if inner else ():
                gap = r.compare("!=", HIGH, x)
                yield pairs(base, low if not front.up else ZERO, high, "<=", gap), 3
            if front.up:
                yield across(base, (ZERO, front.at), (front.at, size)), 3
            else:
                yield across(base, (ZERO, front.at), (front.at, size)), 3
        for x in shape.counters:
            yield across(base, (ZERO, x), (r.plus(x, 1), size)), 4
            for front in shape.fronts[:8]:
                if front.at not in (x, r.plus(x, 1)):
                    yield across(base, (ZERO, x), (x, front.at)), 4
                    yield across(base, (ZERO, x), (r.plus(x, 1), front.at)), 4


def _built(shape: Shape) -> Found:
    """A list that is promised sorted and built at its end is sorted all the time."""
    texts = [c.expr for c in shape.context.function.ensures]
    if any(isinstance(x, n.Builtin) and x.name == "sorted" for x in walk(texts)):
        for out in _appended_to(shape):
            yield pairs(out, ZERO, r.length(out), "<="), 2


def _appended_to(shape: Shape) -> list[n.Var]:
    appended = {x.name for x in updates(shape.loop.body) if x.op == "append"}
    return [x for x in shape.sequences if x.name in appended and x.type == ir.ListType(ir.INT)]


def _descends(shape: Shape) -> bool:
    texts = [x for g in goals(shape) for x in walk(g) if isinstance(x, n.Compare)]
    return any(x.op in (">=", ">", "<") and isinstance(x.left, n.Index) for x in texts)


def _best(shape: Shape) -> Found:
    """The item at a changed position is the least (or greatest) of what is done."""
    for base in shape.sequences:
        if not isinstance(base.type, ir.ListType):
            continue
        places = [x for x in shape.changed_ints if all(x != f.at for f in shape.fronts[:2])]
        for x in places if shape.walk is not None else shape.changed_ints:
            if not _read_at(shape, base, x):
                continue
            for front in shape.fronts[:3]:
                low, high = front.done(r.length(base))
                for op in ("<=", ">="):
                    body = r.compare(op, r.item(base, x), r.item(base, HIGH))
                    yield r.for_all("q!", low, high, body), 4
                    if low != ZERO and front.up:
                        yield r.for_all("q!", ZERO, high, body), 4
                        yield r.for_all("q!", r.plus(low, -1), high, body), 4


def _carried(shape: Shape) -> Found:
    """Where neighbours are swapped: the item at the front is the greatest (least) before it."""
    for base in _lists(shape):
        for front in shape.fronts[:1]:
            for op in ("<=", ">="):
                body = r.compare(op, r.item(base, HIGH), r.item(base, front.at))
                yield r.for_all("q!", ZERO, front.at, body), 3


def _read_at(shape: Shape, base: n.Var, place: n.Var) -> bool:
    """Whether the body reads or stores the list at that place."""
    return any(
        isinstance(x, n.Index | n.ItemTarget) and x.base == base and x.index == place
        for x in walk(shape.loop)
    )


def _merged(shape: Shape) -> Found:
    """All of a list that is built is at most what is to come of the sequences it is built of."""
    ints = ir.ListType(ir.INT)
    wanted = [c.expr for c in (*shape.context.function.requires, *shape.context.function.ensures)]
    if not any(_orders(x) for x in walk(wanted)):
        return
    for out in _appended_to(shape):
        for source in shape.sequences:
            if source.type != ints or source.name in shape.context.changed:
                continue
            for at in [x for x in shape.ints if x in shape.counters or _indexes(shape, source, x)]:
                body = r.compare("<=", r.item(out, LOW), r.item(source, HIGH))
                outer = n.Generator(n.NameTarget("p!", ir.INT), _range(ZERO, r.length(out)), ())
                domain = _range(at, r.length(source))
                inner = n.Generator(n.NameTarget("q!", ir.INT), domain, ())
                made = n.Comprehension(ir.BOOL, r.NOWHERE, "generator", body, (outer, inner))
                yield n.Builtin(ir.BOOL, r.NOWHERE, "all", (made,)), 3


def _orders(part: object) -> bool:
    """Whether it is part of what says that something is sorted."""
    match part:
        case n.Compare(op="<=") | n.Builtin(name="sorted"):
            return True
        case _:
            return False


def _indexes(shape: Shape, base: n.Var, place: n.Var) -> bool:
    return any(
        isinstance(x, n.Index) and x.base == base and x.index == place
        for x in walk(shape.context.function.body)
    )


def _permutations(shape: Shape) -> Found:
    """The same items as often: of a changed list and what it was, or of what is done."""
    wanted = {"sorted", "count"}
    texts = [c.expr for c in shape.context.function.ensures]
    if not any(isinstance(x, n.Builtin | n.Method) and x.name in wanted for x in walk(texts)):
        return
    built = [x for x in shape.sequences if isinstance(x.type, ir.ListType)]
    built = [x for x in built if x.name in shape.context.changed]
    sums: list[n.Expr] = [
        x for x in shape.returned if isinstance(x, n.Binary) and isinstance(x.type, ir.ListType)
    ]
    for a, b in combinations(_grown(shape, built), 2):
        one, other = (n.Binary(a.type, r.NOWHERE, "+", *pair) for pair in ((a, b), (b, a)))
        if a.type == b.type and not any(_same_sum(x, one) or _same_sum(x, other) for x in sums):
            sums.append(one)
    for made in [*built, *sums]:
        for source in shape.sequences:
            if source.name in shape.context.changed or source.type != made.type:
                continue
            yield same_items(made, source), 2
            for front in shape.fronts[:2]:
                yield same_items(made, front.part(source)), 2
        for parameter in shape.context.function.parameters:
            if isinstance(made, n.Var) and made.name == parameter.name:
                yield same_items(made, entry_value(parameter)), 2
        for parts in _parts_done(shape, made.type):
            yield same_items(made, parts), 2


def _parts_done(shape: Shape, type_: ir.Type) -> Iterator[n.Expr]:
    """Of a sum of lists that is promised: of each list, the part before a place that is read."""
    texts = [c.expr for c in shape.context.function.ensures]
    named = dict.fromkeys(x for x in walk(texts) if isinstance(x, n.Var) and x.type == type_)
    sources = [x for x in shape.sequences if x in named and x.name not in shape.context.changed]
    if len(sources) != 2:
        return
    first, second = ([r.prefix(s, at) for at in _places(shape, s)] for s in sources)
    for one, other in list(product(first, second))[:9]:
        yield n.Binary(type_, r.NOWHERE, "+", one, other)


def _places(shape: Shape, base: n.Var) -> list[n.Var]:
    return [x for x in shape.ints if _indexes(shape, base, x)]


def _grown(shape: Shape, built: list[n.Var]) -> list[n.Var]:
    """Lists that the loop appends to: together they may hold what is done."""
    appended = {x.name for x in updates(shape.loop.body) if x.op == "append"}
    return [x for x in built if x.name in appended][:3]


def _same_sum(a: n.Expr, b: n.Binary) -> bool:
    return isinstance(a, n.Binary) and (a.op, a.left, a.right) == (b.op, b.left, b.right)


def same_items(a: n.Expr, b: n.Expr) -> n.Expr:
    """sorted(a) == sorted(b)."""
    return r.compare("==", _sorted(a), _sorted(b))


def _sorted(a: n.Expr) -> n.Expr:
    return n.Builtin(a.type, r.NOWHERE, "sorted", (a,))
