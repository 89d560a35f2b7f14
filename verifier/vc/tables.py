"""Dicts and sets: displays, reading and setting items, comparison, iteration.

The order of a set is not known; that of a dict is not followed: what is shown holds for every
order. Keys of one kind only are compared (numbers or texts), as in `keys`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import dicts, floats, keys, sets
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.values import Table, Value
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State
from verify_agent.verifier.vc.targets import mutable

NEVER = ir.UnionType(())
ZERO = t.integer(0)
VIEWS = ("keys", "values", "items")


def key_type(table: Table) -> ir.Type:
    """The type of the keys of a dict, or of the members of a set."""
    return table.type.item if isinstance(table, v.SetV) else table.type.key


def key_in(m: Machine, table: Table, value: Value, node: n.Node) -> Term:
    """A value as a key of that dict or set."""
    wanted = key_type(table)
    if wanted != NEVER and keys.kind(v.type_of(value)) != keys.kind(wanted):
        raise unsupported(f"a {v.show_type(v.type_of(value))} as a key among others", node)
    if wanted == ir.BOOL and v.type_of(value) != ir.BOOL:
        raise unsupported("an int as a key among bools", node)
    return keys.key_of(m.theory, value)


def size(table: Table) -> Term:
    """`len(table)`."""
    return sets.card(table.domain)


# -- displays ----------------------------------------------------------------------------------


def set_display(m: Machine, state: State, node: n.SetExpr) -> Value:
    """A set display: a new object."""
    from verify_agent.verifier.vc.expressions import evaluate

    assert isinstance(node.type, ir.SetType)
    items = [evaluate(m, state, x) for x in node.items]
    return m.new_object(state, set_of(m, items, node.type, node), node.type)


def set_of(m: Machine, items: Sequence[Value], type_: ir.SetType, node: n.Node) -> v.SetV:
    """The set of some values."""
    made = v.SetV(sets.empty(m.theory), type_)
    for item in items:
        key = key_in(m, made, item, node)
        made = v.SetV(sets.changed(m.theory, made.domain, key, True), type_)
    return made


def dict_display(m: Machine, state: State, node: n.DictExpr) -> Value:
    """A dict display: a new object; of equal keys the last value stays."""
    from verify_agent.verifier.vc.expressions import evaluate

    assert isinstance(node.type, ir.DictType)
    made = dicts.empty(m.theory, node.type)
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        key = evaluate(m, state, key_node)
        value = state.detached(evaluate(m, state, value_node))
        made = _put(m, made, key_in(m, made, key, key_node), value)
    return m.new_object(state, made, node.type)


def _put(m: Machine, table: v.DictV, key: Term, value: Value) -> v.DictV:
    if NEVER in (table.type.key, table.type.value):
        raise Unsupported("a change of a dict whose type nothing tells")
    floats.check_declared(table.type.value, value)
    return dicts.put(m.theory, table, key, value)


# -- items -------------------------------------------------------------------------------------


def item(m: Machine, state: State, table: Table, index: Value, node: n.Node) -> Value:
    """`table[index]`; `KeyError` where there is no such key."""
    if not isinstance(table, v.DictV):
        raise unsupported("an item of a set", node)
    if table.type.value == NEVER:
        raise unsupported("an item of a dict whose type nothing tells", node)
    key = key_in(m, table, index, node)
    demand_key(m, state, table, key, node)
    return dicts.at(table, key)


def demand_key(m: Machine, state: State, table: Table, key: Term, node: n.Node) -> None:
    """`KeyError` where a key is not there."""
    there = t.select(table.domain, key)
    m.demand(state, there, "KeyError", node.span, "the key is there")


def set_item(
    m: Machine, state: State, holder: Value, index: Value, value: Value, node: n.Node
) -> None:
    """`holder[index] = value` on a dict."""
    ref = mutable(m, state, holder, node)
    stored = state.detached(value)
    table = state.table(ref)
    if not isinstance(table, v.DictV):
        raise unsupported("an item of a set", node)
    state.heap[ref.id] = _put(m, table, key_in(m, table, index, node), stored)


def delete_item(m: Machine, state: State, ref: v.Ref, index: Value, node: n.Node) -> None:
    """`del holder[index]` on a dict."""
    table = state.table(ref)
    if not isinstance(table, v.DictV):
        raise unsupported("an item of a set", node)
    key = key_in(m, table, index, node)
    demand_key(m, state, table, key, node)
    state.heap[ref.id] = dicts.without(m.theory, table, key)


# -- comparison and operators ------------------------------------------------------------------


def same_kind(a: Table, b: Table) -> None:
    """Refuse two tables of keys that can't be compared as ints."""
    if NEVER in (key_type(a), key_type(b)):
        return
    if keys.kind(key_type(a)) != keys.kind(key_type(b)):
        raise Unsupported("dicts or sets with keys of different kinds")


def equal(m: Machine, state: State, a: Value, b: Value) -> Term:
    """`a == b` where at least one is a dict or set."""
    from verify_agent.verifier.vc import comparison

    x, y = state.table(a), state.table(b)
    if isinstance(x, v.SetV) and isinstance(y, v.SetV):
        same_kind(x, y)
        return sets.same(m.theory, x.domain, y.domain)
    if isinstance(x, v.DictV) and isinstance(y, v.DictV):
        same_kind(x, y)
        values = x.type.value, y.type.value
        if any(map(floats.mentions, values)):
            raise Unsupported("equality of dicts of floats")
        if NEVER in values:
            return sets.same(m.theory, x.domain, y.domain)
        return dicts.same(m.theory, x, y, lambda p, q: comparison.equal(m, state, p, q))
    return t.FALSE


def ordered(m: Machine, op: str, a: Table, b: Table, node: n.Node) -> Term:
    """`a < b` or `a <= b` of two sets: inclusion."""
    if not isinstance(a, v.SetV) or not isinstance(b, v.SetV):
        raise unsupported("an order between these types", node)
    same_kind(a, b)
    within = sets.subset(m.theory, a.domain, b.domain)
    if op == "<=":
        return within
    return t.conj(within, t.negate(sets.subset(m.theory, b.domain, a.domain)))


OPERATORS = {
    "|": "union",
    "&": "intersection",
    "-": "difference",
    "^": "symmetric-difference",
}


def combined(m: Machine, kind: str, a: v.SetV, b: Table, type_: ir.SetType) -> v.SetV:
    """The union, intersection, difference or symmetric difference."""
    same_kind(a, b)
    if type_.item == NEVER:
        raise Unsupported("a set whose type nothing tells")
    if type_.item == ir.BOOL and key_type(b) != ir.BOOL:
        raise Unsupported("a set of bools together with one of ints")
    return v.SetV(sets.combined(m.theory, kind, a.domain, b.domain), type_)


def binary(m: Machine, state: State, op: str, a: Table, b: Table, node: n.Node) -> Value:
    """`a op b` of two sets: a new object."""
    if not isinstance(a, v.SetV) or not isinstance(b, v.SetV) or op not in OPERATORS:
        raise unsupported(f"{op} of dicts or sets", node)
    type_ = a.type
    if op in ("|", "^") and b.type.item != a.type.item:
        if not isinstance(node.type, ir.SetType):
            raise unsupported(f"{op} of sets of different types", node)
        type_ = ir.SetType(node.type.item, a.type.frozen)
    return new(m, state, combined(m, OPERATORS[op], a, b, type_))


def new(m: Machine, state: State, table: Table) -> Value:
    """A table as a new object; a frozenset needs no identity."""
    return table if ir.is_immutable(table.type) else m.new_object(state, table, table.type)


# -- iteration ---------------------------------------------------------------------------------

At = Callable[[Term], Value]


def is_view(node: n.Expr) -> bool:
    """Whether an expression is `d.keys()`, `d.values()` or `d.items()`."""
    return isinstance(node, n.Method) and node.name in VIEWS and not node.args


def viewed(m: Machine, state: State, node: n.Expr) -> tuple[Value, Table, At] | None:
    """The object that an expression iterates, if it is a dict or set, with what a key yields."""
    from verify_agent.verifier.vc.expressions import evaluate, unwrapped

    view = "keys"
    if isinstance(node, n.Method) and is_view(node):
        view, node = node.name, node.base
        if not isinstance(node.type, ir.DictType):
            return None
    elif not isinstance(node.type, ir.SetType | ir.DictType):
        return None
    value = unwrapped(m, state, evaluate(m, state, node), node)
    table = state.table(value)
    if table is None:
        raise unsupported(f"iteration over a {v.show_type(v.type_of(value))}", node)
    return value, table, yielded(table, view)


def yielded(table: Table, view: str = "keys") -> At:
    """What iteration yields for a key."""

    def at(key: Term) -> Value:
        if key_type(table) == NEVER:
            raise Unsupported("iteration over a dict or set whose type nothing tells")
        mine = keys.value_of(key_type(table), key)
        if view == "keys" or not isinstance(table, v.DictV):
            return mine
        held = dicts.at(table, key)
        return held if view == "values" else v.TupleV((mine, held))

    return at


def in_some_order(m: Machine, table: Table, at: At) -> tuple[Term, At, At]:
    """The number of members; what is yielded, and the key, at each position of an unknown order."""
    order = sets.enumeration(m.theory, table.domain)
    key = yielded(table)
    return size(table), lambda j: at(t.select(order, j)), lambda j: key(t.select(order, j))


def in_order(m: Machine, length: Term, key: At) -> v.ListV:
    """The keys of a table in the order of an iteration, as a list."""
    from verify_agent.verifier.theory.convert import leaves_of

    j = m.theory.eigen()
    value = key(j)
    type_ = v.type_of(value)
    cells = tuple(seqs.tabulate(m.theory, leaf, j) for leaf in leaves_of(m.theory, value, type_))
    return v.ListV(v.ArraySeq(type_, length, cells), ir.ListType(type_))


def collect(m: Machine, seq: v.Seq, type_: ir.SetType, node: n.Node) -> v.SetV:
    """The set of the items of a sequence."""
    if isinstance(seq, v.ItemsSeq) and len(seq.items) <= seqs.SHORT:
        return set_of(m, seq.items, type_, node)
    return v.SetV(sets.members(*keys.keys_of(m.theory, seq)), type_)


def collect_pairs(m: Machine, seq: v.Seq, type_: ir.DictType, node: n.Node) -> v.DictV:
    """The dict of a sequence of pairs."""
    if isinstance(seq, v.ItemsSeq):
        made = dicts.empty(m.theory, type_)
        for pair in seq.items:
            if not isinstance(pair, v.TupleV) or len(pair.items) != 2:
                raise unsupported("a dict of items that are no pairs", node)
            key, value = pair.items
            made = _put(m, made, key_in(m, made, key, node), value)
        return made
    if not isinstance(seq.item, ir.TupleType) or len(seq.item.items) != 2:
        raise unsupported("a dict of items that are no pairs", node)
    first, second = seq.item.items
    width = len(v.sorts_of(first))
    parts = (first, seq.cells[:width]), (second, seq.cells[width:])
    firsts, seconds = (
        v.ArraySeq(type_, seq.length, cells, seq.offset, seq.stride) for type_, cells in parts
    )
    return dicts.of_pairs(m.theory, firsts, seconds, ir.DictType(first, second))
