"""What dicts and sets hold of the part of a sequence that is done.

Members seen so far, counts by key (a histogram), places by key (an index), no key at all yet.
"""

from __future__ import annotations

from collections.abc import Iterator

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.shape import Shape
from verify_agent.verifier.invariants.walks import ZERO
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir

SOURCE = "tables"
KEY = "key!"


def tables(context: LoopContext) -> Iterator[Candidate]:
    """Candidates for every dict or set that the loop changes."""
    shape = Shape(context)
    changed = [x for x in shape.variables if x.name in context.changed]
    for table in changed:
        match table.type:
            case ir.SetType(item):
                wanted = _of_set(shape, table, item, changed)
            case ir.DictType(key, value):
                wanted = _of_dict(shape, table, key, value)
            case _:
                continue
        for expr in wanted:
            yield Candidate(expr, SOURCE, cost=2)


def _sequences(shape: Shape, item: ir.Type) -> list[tuple[n.Expr, n.Expr, n.Expr]]:
    """Each sequence of such items, the part of it that is done, and how long that is."""
    return [
        (x, front.part(x), front.at)
        for x in shape.sequences
        if x.name not in shape.context.changed
        and isinstance(x.type, ir.ListType | ir.StrType | ir.VariadicTupleType)
        and r.item_type(x.type) == item
        for front in shape.fronts
    ]


def _set(of: n.Expr, item: ir.Type) -> n.Expr:
    return n.Builtin(ir.SetType(item), r.NOWHERE, "set", (of,))


def _of_set(shape: Shape, table: n.Var, item: ir.Type, changed: list[n.Var]) -> Iterator[n.Expr]:
    for _, done, _ in _sequences(shape, item):
        yield r.compare("==", table, _set(done, item))
        yield _every(table, r.compare("in", _key(item), done), item)
        size = r.length(table)
        yield r.compare("==", size, r.length(_set(done, item)))
        yield r.compare("==", size, r.length(done))
    for other in changed:
        if other.type == ir.ListType(item):
            yield r.compare("==", table, _set(other, item))
            yield r.compare("==", r.length(table), r.length(other))


def _member_type(type_: ir.Type) -> ir.Type | None:
    """The type of the keys of a dict or of the members of a set."""
    match type_:
        case ir.DictType(key, _):
            return key
        case ir.SetType(item):
            return item
        case _:
            return None


def _key(type_: ir.Type) -> n.Var:
    return n.Var(type_, r.NOWHERE, KEY)


def _every(over: n.Expr, body: n.Expr, item: ir.Type) -> n.Expr:
    """`all(body for key in over)`."""
    generator = n.Generator(n.NameTarget(KEY, item), over, ())
    inner = n.Comprehension(ir.BOOL, r.NOWHERE, "generator", body, (generator,))
    return n.Builtin(ir.BOOL, r.NOWHERE, "all", (inner,))


def _of_dict(shape: Shape, table: n.Var, key: ir.Type, value: ir.Type) -> Iterator[n.Expr]:
    k = _key(key)
    for other in shape.variables:
        if other.name in shape.context.changed or other == table:
            continue
        if _member_type(other.type) == value:
            inside = r.compare("in", n.Index(value, r.NOWHERE, table, k), other)
            yield _every(table, inside, key)
        if _member_type(other.type) == key:
            yield _every(table, r.compare("in", k, other), key)
    for whole, done, at in _sequences(shape, key):
        yield _every(done, r.compare("in", k, table), key)
        yield _every(table, r.compare("in", k, done), key)
        if value != ir.INT:
            continue
        count = n.Method(ir.INT, r.NOWHERE, done, "count", (k,))
        held = n.Index(ir.INT, r.NOWHERE, table, k)
        found = n.Method(ir.INT, r.NOWHERE, table, "get", (k, ZERO))
        yield _every(table, r.compare("==", held, count), key)
        yield _every(whole, r.compare("==", found, count), key)
        yield _every(table, r.compare("<=", ZERO, held), key)
        yield _every(table, r.compare("<", held, at), key)
        yield _every(table, r.compare("==", r.item(whole, held), k), key)
        before = r.prefix(whole, held)
        after = n.Slice(whole.type, r.NOWHERE, whole, r.plus(held, 1), at, None)
        for part in (before, after):
            yield _every(table, r.compare("not in", k, part), key)
