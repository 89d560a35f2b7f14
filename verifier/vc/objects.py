"""Instances of user-defined classes: fields that are read and set, equality, copies.

An object has an identity, its fields stand in the state; a `Record` is what an object's fields
were at one time. A field that is not there has not been set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import havoc
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc.aliasing import held_classes
from verify_agent.verifier.vc.machine import Machine, Mode, unsupported
from verify_agent.verifier.vc.state import State

NEVER = ir.UnionType(())


def fields_of(state: State, value: v.Obj | v.Record) -> Mapping[str, Value]:
    """The fields that are set."""
    return state.objects[value.id] if isinstance(value, v.Obj) else dict(value.fields)


def read(m: Machine, state: State, base: Value, node: n.Attribute) -> Value:
    """`base.name`; `AttributeError` where the field has not been set, or the base is None."""
    base = instance_of(m, state, base, node.name, node)
    if not isinstance(base, v.Obj | v.Record):
        raise unsupported(f"attribute {node.name} of a {v.show_type(v.type_of(base))}", node)
    if isinstance(base, v.Record):
        presume_made(m, state, base)
    fields = fields_of(state, base)
    if node.name in fields:
        return fields[node.name]
    m.fail(state, "AttributeError", node.span, f"{node.name} is set")
    return havoc(m.theory, node.name, node.type)


def presume_made(m: Machine, state: State, value: v.Record) -> None:
    """What the class invariants say of an instance that nothing can have changed since.

    Only where the value is one that an execution has: not in a formula that is total in the
    logic, which may read what is behind a list's end or an absent member of a union.
    """
    from verify_agent.verifier.vc.objects_entry import holds

    clauses = m.program.classes[value.type.name].invariants
    if is_copy(value) or not clauses or m.mode.ignore or not m.presumes or state.binders:
        return
    for clause in clauses:
        with m.nothing_presumed(), m.using(Mode(m.mode.key, ignore=True)) as mode:
            held = holds(m, state, clause, value)
        if not mode.inexact:
            state.assume(held)


def check_stored(
    m: Machine, value: Value, owner: ir.ClassType, wanted: ir.Type, node: n.Node
) -> None:
    """Refuse to store an instance where it could not be told what is held where.

    It is held by its identity where the field's type is its class; no instance may come to hold
    one of its own class.
    """
    if isinstance(wanted, ir.UnionType) and isinstance(value, v.Obj | v.Record):
        return
    inside = any(True for _ in objects_in(value))
    exact = isinstance(value, v.Obj) and wanted == value.type
    if is_copy(value) or (inside and not exact):
        raise unsupported("an object that is stored in another object", node)
    if inside:
        held_classes([owner], m.program.classes)


def instance_of(m: Machine, state: State, base: Value, what: str, node: n.Node) -> Value:
    """The instance that a value is where it is not None, which it must not be."""
    if not isinstance(base, v.UnionV):
        return base
    fitting = [k for k, p in enumerate(base.payloads) if isinstance(p, v.Record | v.Reference)]
    if len(fitting) != 1 or set(base.members) != {ir.NONE, base.members[fitting[0]]}:
        raise unsupported(f"{what} of a {v.show_type(v.type_of(base))}", node)
    here = t.eq(base.tag, t.integer(fitting[0]))
    m.demand(state, here, "AttributeError", node.span, f"what has {what} is there")
    return base.payloads[fitting[0]]


def write(m: Machine, state: State, base: Value, name: str, value: Value, node: n.Node) -> None:
    """`base.name = value`."""
    from verify_agent.verifier.vc.targets import declared

    if not isinstance(base, v.Obj):
        raise unsupported("a change of an object reached another way", node)
    if base.type.name in m.contained or base.id in state.frozen:
        raise unsupported("a change of an object that may be in a container", node)
    wanted = field_types(m, base.type).get(name)
    if wanted is None or m.program.classes[base.type.name].frozen:
        raise unsupported(f"assignment to the field {name} of {base.type.name}", node)
    check_stored(m, value, base.type, wanted, node)
    stored = declared(m, state, value, wanted, node)
    state.objects[base.id] = {**state.objects[base.id], name: stored}


def is_copy(value: Value) -> bool:
    """Whether it is what an instance that may change was at one time, or in a container."""
    return isinstance(value, v.Record) and not value.type.frozen


def field_types(m: Machine, type_: ir.ClassType) -> dict[str, ir.Type]:
    """The declared types of a class's fields."""
    return dict(m.program.classes[type_.name].fields)


def new_object(m: Machine, state: State, type_: ir.ClassType) -> v.Obj:
    """An instance none of whose fields is set."""
    made = v.Obj(m.new_identity(), type_)
    m.class_names[made.id] = type_.name
    state.objects[made.id] = {}
    return made


def equal_objects(m: Machine, state: State, a: Value, b: Value) -> Term:
    """`a == b` where at least one is an instance: by identity, for dataclasses by the fields."""
    from verify_agent.verifier.vc.comparison import equal

    if not isinstance(a, v.Obj | v.Record) or not isinstance(b, v.Obj | v.Record):
        one = a if isinstance(a, v.Obj | v.Record) else b
        assert isinstance(one, v.Obj | v.Record)
        if f"{one.type.name}.__eq__" in m.program.classes[one.type.name].methods:
            raise Unsupported(f"equality of a {one.type.name}, which has an __eq__")
        return t.FALSE
    for type_ in (a.type, b.type):
        if f"{type_.name}.__eq__" in m.program.classes[type_.name].methods:
            raise Unsupported(f"equality of values that hold a {type_.name}, which has an __eq__")
    if a.type != b.type:
        return t.FALSE
    klass = m.program.classes[a.type.name]
    if not klass.dataclass:
        if isinstance(a, v.Obj) and isinstance(b, v.Obj):
            return t.boolean(a.id == b.id)
        raise Unsupported("identity of a copied object")
    mine, others = fields_of(state, a), fields_of(state, b)
    if mine.keys() != others.keys():
        raise Unsupported("equality of objects of which a field is not set")
    xs, ys = (v.TupleV(tuple(f[name] for name, _ in klass.fields)) for f in (mine, others))
    return equal(m, state, xs, ys)


def objects_in(value: Value) -> Iterator[v.Obj]:
    """The instances that a value is or holds directly."""
    match value:
        case v.Obj():
            yield value
        case v.TupleV(items):
            for item in items:
                yield from objects_in(item)


def reachable(state: State, value: Value) -> Iterator[v.Obj]:
    """The instances that can be reached from a value: itself, and what it holds."""
    for found in objects_in(value):
        yield found
        for held in state.objects[found.id].values():
            yield from reachable(state, held)


def lists_of(state: State, value: Value) -> Iterator[v.Ref]:
    """The lists with identity that can be reached from a value."""
    match value:
        case v.Ref():
            yield value
        case v.TupleV(items):
            for item in items:
                yield from lists_of(state, item)
        case v.Obj(id_):
            for held in state.objects[id_].values():
                yield from lists_of(state, held)
        case v.Record(fields):
            for _, held in fields:
                yield from lists_of(state, held)


def given_fields(
    m: Machine, state: State, type_: ir.ClassType, values: Sequence[Value], node: n.Node
) -> dict[str, Value]:
    """A new instance's fields, as the `__init__` that `dataclass` makes sets them."""
    from verify_agent.verifier.vc.targets import declared

    types = field_types(m, type_)
    fields: dict[str, Value] = {}
    for name, value in zip(types, values, strict=True):
        check_stored(m, value, type_, types[name], node)
        fields[name] = declared(m, state, value, types[name], node)
    return fields


def field_node(m: Machine, owner: Value, node: n.AugAssign) -> n.Attribute:
    """The expression that reads what an augmented assignment starts from."""
    target, span = node.target, node.span
    assert isinstance(target, n.AttributeTarget)
    type_: ir.Type = ir.NONE
    if isinstance(owner, v.Obj):
        type_ = field_types(m, owner.type).get(target.name, ir.NONE)
    return n.Attribute(type_, span, target.base, target.name)
