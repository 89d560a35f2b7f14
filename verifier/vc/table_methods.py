"""Methods of dict and set, and the builtins that make them."""

from __future__ import annotations

from collections.abc import Callable

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import dicts, keys, sets
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.values import Table, Value
from verify_agent.verifier.vc import tables
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State
from verify_agent.verifier.vc.targets import mutable


def call(m: Machine, state: State, node: n.Method, base: Value) -> Value:
    """The value of a method's call on a dict or set."""
    from verify_agent.verifier.vc.expressions import evaluate

    args = [evaluate(m, state, a) for a in node.args]
    table = state.table(base)
    kind = "dict" if isinstance(table, v.DictV) else "set"
    handler = _METHODS.get(f"{kind}.{node.name}")
    if table is None or handler is None or node.keywords:
        raise unsupported(f"{kind}.{node.name}", node)
    return handler(m, state, node, base, args)


def _dict(state: State, base: Value) -> v.DictV:
    table = state.table(base)
    assert isinstance(table, v.DictV)
    return table


def _set(state: State, base: Value) -> v.SetV:
    table = state.table(base)
    assert isinstance(table, v.SetV)
    return table


def _key(m: Machine, table: Table, value: Value, node: n.Method) -> tuple[Term, Term]:
    key = tables.key_in(m, table, value, node)
    return key, t.select(table.domain, key)


# -- dict --------------------------------------------------------------------------------------


def _or_default(
    m: Machine, state: State, table: v.DictV, key: Term, there: Term, default: Value
) -> Value:
    from verify_agent.verifier.theory.convert import choose

    if table.type.value == tables.NEVER:
        return default
    return choose(m.theory, there, dicts.at(table, key), state.snapshot(default))


def _get(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    table = _dict(state, base)
    default = args[1] if len(args) > 1 else v.NONE
    if isinstance(default, v.Ref):
        raise unsupported("a default that is an object", node)
    return _or_default(m, state, table, *_key(m, table, args[0], node), default)


def _setdefault(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    from verify_agent.verifier.theory.convert import choose, retyped

    ref = mutable(m, state, base, node)
    table = _dict(state, ref)
    if len(args) < 2 or table.type.value == tables.NEVER or isinstance(args[1], v.Ref):
        raise unsupported("dict.setdefault with this default", node)
    key, there = _key(m, table, args[0], node)
    default = retyped(m.theory, args[1], table.type.value)
    value = choose(m.theory, there, dicts.at(table, key), default)
    state.heap[ref.id] = dicts.put(m.theory, table, key, value)
    return value


def _dict_pop(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    ref = mutable(m, state, base, node)
    table = _dict(state, ref)
    key, there = _key(m, table, args[0], node)
    if len(args) < 2:
        value = tables.item(m, state, table, args[0], node)
    elif isinstance(args[1], v.Ref):
        raise unsupported("a default that is an object", node)
    else:
        value = _or_default(m, state, table, key, there, args[1])
    state.heap[ref.id] = dicts.without(m.theory, table, key)
    return value


def _update(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    ref = mutable(m, state, base, node)
    mine, theirs = _dict(state, ref), state.table(args[0]) if args else None
    if not isinstance(theirs, v.DictV) or not ir.is_immutable(theirs.type.value):
        raise unsupported("dict.update with other than a dict of immutable values", node)
    tables.same_kind(mine, theirs)
    if tables.NEVER in (mine.type.value, theirs.type.value):
        raise unsupported("a dict whose type nothing tells", node)
    if mine.type.value != theirs.type.value:
        raise unsupported("dict.update with values of another type", node)
    state.heap[ref.id] = dicts.merged(m.theory, mine, theirs)
    return v.NONE


def _clear(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    ref = mutable(m, state, base, node)
    table = state.table(ref)
    none = sets.empty(m.theory)
    if isinstance(table, v.DictV):
        state.heap[ref.id] = v.DictV(none, table.cells, table.type)
    elif isinstance(table, v.SetV):
        state.heap[ref.id] = v.SetV(none, table.type)
    return v.NONE


def _copy(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    table = state.table(base)
    assert table is not None
    return tables.new(m, state, table)


# -- set ---------------------------------------------------------------------------------------


def _changed(m: Machine, ref: v.Ref, state: State, key: Term, present: bool) -> None:
    table = _set(state, ref)
    if present and table.type.item == tables.NEVER:
        raise Unsupported("a change of a set whose type nothing tells")
    state.heap[ref.id] = v.SetV(sets.changed(m.theory, table.domain, key, present), table.type)


def _add(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    ref = mutable(m, state, base, node)
    key, _ = _key(m, _set(state, ref), args[0], node)
    _changed(m, ref, state, key, True)
    return v.NONE


def _discard(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    ref = mutable(m, state, base, node)
    key, _ = _key(m, _set(state, ref), args[0], node)
    _changed(m, ref, state, key, False)
    return v.NONE


def _remove(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    ref = mutable(m, state, base, node)
    table = _set(state, ref)
    key, _ = _key(m, table, args[0], node)
    tables.demand_key(m, state, table, key, node)
    _changed(m, ref, state, key, False)
    return v.NONE


def _set_pop(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    """Any member: which one, nothing says."""
    ref = mutable(m, state, base, node)
    table = _set(state, ref)
    some = t.lt(t.integer(0), tables.size(table))
    m.demand(state, some, "KeyError", node.span, "pop has a member to take")
    key = m.theory.fresh("popped", t.INT, state.binders)
    state.assume(t.implies(some, t.select(table.domain, key)))
    _changed(m, ref, state, key, False)
    return keys.value_of(table.type.item, key)


Handler = Callable[[Machine, State, n.Method, Value, list[Value]], Value]


def as_table(m: Machine, state: State, value: Value, like: v.SetV, node: n.Node) -> Table:
    """Any iterable of elements as a set."""
    from verify_agent.verifier.vc.builtin_calls import items_of

    known = state.table(value)
    if known is not None:
        return known
    items = items_of(m, state, value, node)
    return tables.collect(m, items, ir.SetType(items.item), node)


def _combination(kind: str) -> Handler:
    def handler(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
        mine = _set(state, base)
        type_ = node.type if isinstance(node.type, ir.SetType) else mine.type
        for arg in args:
            mine = tables.combined(m, kind, mine, as_table(m, state, arg, mine, node), type_)
        return tables.new(m, state, v.SetV(mine.domain, type_))

    return handler


def _in_place(kind: str) -> Handler:
    def handler(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
        for arg in args:
            combine_in_place(m, state, kind, base, arg, node)
        return v.NONE

    return handler


def combine_in_place(
    m: Machine, state: State, kind: str, base: Value, other: Value, node: n.Node
) -> None:
    """`base |= other` and its kin."""
    ref = mutable(m, state, base, node)
    mine = _set(state, ref)
    table = as_table(m, state, other, mine, node)
    state.heap[ref.id] = tables.combined(m, kind, mine, table, mine.type)


def _is_subset(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    mine = _set(state, base)
    other = as_table(m, state, args[0], mine, node)
    tables.same_kind(mine, other)
    return v.BoolV(sets.subset(m.theory, mine.domain, other.domain))


def _is_superset(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    mine = _set(state, base)
    other = as_table(m, state, args[0], mine, node)
    tables.same_kind(mine, other)
    return v.BoolV(sets.subset(m.theory, other.domain, mine.domain))


def _is_disjoint(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    mine = _set(state, base)
    other = as_table(m, state, args[0], mine, node)
    tables.same_kind(mine, other)
    return v.BoolV(sets.disjoint(m.theory, mine.domain, other.domain))


_METHODS: dict[str, Handler] = {
    "dict.get": _get,
    "dict.setdefault": _setdefault,
    "dict.update": _update,
    "dict.pop": _dict_pop,
    "dict.clear": _clear,
    "dict.copy": _copy,
    "set.add": _add,
    "set.discard": _discard,
    "set.remove": _remove,
    "set.pop": _set_pop,
    "set.clear": _clear,
    "set.copy": _copy,
    "set.union": _combination("union"),
    "set.intersection": _combination("intersection"),
    "set.difference": _combination("difference"),
    "set.symmetric_difference": _combination("symmetric-difference"),
    "set.update": _in_place("union"),
    "set.intersection_update": _in_place("intersection"),
    "set.difference_update": _in_place("difference"),
    "set.symmetric_difference_update": _in_place("symmetric-difference"),
    "set.issubset": _is_subset,
    "set.issuperset": _is_superset,
    "set.isdisjoint": _is_disjoint,
}

# -- builtins ----------------------------------------------------------------------------------


def make_set(m: Machine, state: State, node: n.Builtin) -> Value:
    """`set(...)` or `frozenset(...)`."""
    from verify_agent.verifier.vc.builtin_calls import collected

    assert isinstance(node.type, ir.SetType)
    if not node.args:
        return tables.new(m, state, v.SetV(sets.empty(m.theory), node.type))
    argument = node.args[0]
    if not isinstance(argument, n.Comprehension):
        seen = tables.viewed(m, state, argument) if not tables.is_view(argument) else None
        if seen is not None:
            return tables.new(m, state, v.SetV(seen[1].domain, node.type))
    seq = collected(m, state, node)
    return tables.new(m, state, tables.collect(m, seq, node.type, node))


def make_dict(m: Machine, state: State, node: n.Builtin) -> Value:
    """`dict()`, of a dict, or of pairs."""
    from verify_agent.verifier.vc.builtin_calls import collected

    if node.keywords or not isinstance(node.type, ir.DictType):
        raise unsupported("dict with keywords", node)
    if not node.args:
        return m.new_object(state, dicts.empty(m.theory, node.type), node.type)
    argument = node.args[0]
    if isinstance(argument.type, ir.DictType) and not tables.is_view(argument):
        seen = tables.viewed(m, state, argument)
        assert seen is not None
        return tables.new(m, state, seen[1])
    made = tables.collect_pairs(m, collected(m, state, node), node.type, node)
    return m.new_object(state, made, made.type)


def comprehension(m: Machine, state: State, node: n.Comprehension, seq: v.Seq) -> Value:
    """A set or dict comprehension of the elements that it yields."""
    if isinstance(node.type, ir.SetType):
        return m.new_object(state, tables.collect(m, seq, node.type, node), node.type)
    if isinstance(node.type, ir.DictType):
        made = tables.collect_pairs(m, seq, node.type, node)
        return m.new_object(state, made, made.type)
    raise unsupported(f"a {node.kind} comprehension", node)
