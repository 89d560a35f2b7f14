"""Assignment to targets: names, items, unpacking."""

from __future__ import annotations

from verify_agent.verifier.evidence import Span
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.theory import floats
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import retyped
from verify_agent.verifier.theory.values import Seq, Value
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.objects import write
from verify_agent.verifier.vc.state import State

NOWHERE = n.Const(ir.NONE, Span(0), None)


def bind_target(
    m: Machine, state: State, target: n.Target, value: Value, node: n.Node = NOWHERE
) -> None:
    """Assign a value to a target."""
    from verify_agent.verifier.vc import tables
    from verify_agent.verifier.vc.expressions import bind_local, evaluate, integer

    match target:
        case n.NameTarget(name, type_):
            bind_local(state, name, declared(m, state, value, type_, node))
        case n.TupleTarget(items, None):
            parts = unpacked(m, state, value, len(items), node)
            for item, part in zip(items, parts, strict=True):
                bind_target(m, state, item, part, node)
        case n.AttributeTarget(base, name):
            write(m, state, evaluate(m, state, base), name, value, node)
        case n.ItemTarget(base, index):
            holder = evaluate(m, state, base)
            where = evaluate(m, state, index)
            if state.table(holder) is not None:
                tables.set_item(m, state, holder, where, value, base)
            else:
                set_item(m, state, holder, integer(m, state, where, index), value, base)
        case _:
            raise unsupported(f"assignment to a {type(target).__name__.lower()}", node)


def _narrowed(m: Machine, state: State, value: v.UnionV, type_: ir.Type, node: n.Node) -> Value:
    """The value without what its variable's type leaves out: a loop forgets by that type."""
    if type_ not in value.members:
        return value
    position = value.members.index(type_)
    ok = t.eq(value.tag, t.integer(position))
    m.within_reach(state, ok, f"the value is of type {v.show_type(type_)}", node.span)
    return value.payloads[position]


def declared(m: Machine, state: State, value: Value, type_: ir.Type, node: n.Node) -> Value:
    """A value kept in a variable of union type is of that union, so that paths can be joined."""
    if isinstance(value, v.UnionV) and not isinstance(type_, ir.UnionType):
        value = _narrowed(m, state, value, type_, node)
    if isinstance(type_, ir.UnionType) and isinstance(value, v.Obj):
        value = state.detached(value)
    floats.check_declared(type_, value)
    if isinstance(type_, ir.VariadicTupleType) and isinstance(value, v.TupleV):
        return lengthened(m, value, type_)
    if isinstance(type_, ir.UnionType) and not isinstance(value, v.UnionV | v.Ref):
        if any(isinstance(x, ir.ListType) for x in type_.members):
            return value
        return retyped(m.theory, value, type_)
    return value


def lengthened(m: Machine, value: v.TupleV, type_: ir.VariadicTupleType) -> v.ListV:
    """A tuple of known length as one of a type that leaves the length open."""
    items = tuple(retyped(m.theory, i, type_.item) for i in value.items)
    return v.ListV(v.ItemsSeq(type_.item, items), type_)


def unpacked(m: Machine, state: State, value: Value, count: int, node: n.Node) -> list[Value]:
    """The items of a value unpacked into `count` targets; `ValueError` for another number."""
    from verify_agent.verifier.vc.iteration import from_zero, source_of_value

    if isinstance(value, v.TupleV) and len(value.items) == count:
        return list(value.items)
    source = from_zero(source_of_value(m, state, value, node))
    ok = t.eq(source.size, t.integer(count))
    m.demand(state, ok, "ValueError", node.span, f"there are {count} items to unpack")
    return [source.at(t.integer(k)) for k in range(count)]


def mutable(m: Machine, state: State, value: Value, node: n.Node) -> v.Ref:
    """The list as one that may be changed; `Unsupported` where its identity is not known."""
    if not isinstance(value, v.Ref):
        kind = v.show_type(v.type_of(value))
        raise unsupported(f"a change of a {kind} reached another way", node)
    if value.id in state.frozen:
        raise unsupported(f"a change of {state.frozen[value.id]}", node)
    if value.id in m.shared:
        raise unsupported("a change of a list that may be an item of another argument", node)
    return value


def set_contents(m: Machine, state: State, ref: v.Ref, seq: Seq) -> None:
    """Replace a list's contents; big ones are named by their definitions already."""
    state.heap[ref.id] = seq


def set_item(
    m: Machine, state: State, holder: Value, index: t.Term, value: Value, node: n.Node
) -> None:
    """`holder[index] = value` on a list."""
    from verify_agent.verifier.vc.expressions import index_in_range, normalised

    ref = mutable(m, state, holder, node)
    seq = state.contents(ref)
    ok = index_in_range(index, seq.length)
    m.demand(state, ok, "IndexError", node.span, "the index is in range")
    stored = state.detached(value)
    where = normalised(state, index, seq.length)
    set_contents(m, state, ref, seqs.update(m.theory, seq, where, stored))
