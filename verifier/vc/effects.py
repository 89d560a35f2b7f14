"""What a loop may change: names by assignment, objects in place."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.vc.aliasing import MUTATORS, nodes_in
from verify_agent.verifier.vc.objects import lists_of
from verify_agent.verifier.vc.state import State


def assigned(parts: object) -> dict[str, ir.Type]:
    """The locals that some statements or expressions may bind, with their types."""
    found: dict[str, ir.Type] = {}
    for node in nodes_in(parts):
        match node:
            case n.NameTarget(name, type_):
                found[name] = type_
            case n.Walrus(name=name):
                found[name] = node.type
            case n.For(index=index):
                found[index] = ir.INT
    return found


def bound_by_comprehensions(parts: object) -> frozenset[str]:
    """Names that only comprehensions bind: no locals of the function."""
    return frozenset(
        name
        for node in nodes_in(parts)
        if isinstance(node, n.Comprehension)
        for generator in node.generators
        for name in assigned(generator.target)
    )


def _changed_bases(parts: object) -> Iterator[n.Expr]:
    """Expressions whose object may be changed in place."""
    for node in nodes_in(parts):
        match node:
            case n.Method(base=base, name=name) if name in MUTATORS:
                yield base
            case n.ItemTarget(base=base) | n.SliceTarget(base=base):
                yield base
            case n.AugAssign(target=n.NameTarget(name, type_), span=span):
                if not ir.is_immutable(type_):
                    yield n.Var(type_, span, name)
            case n.AugAssign(target=n.AttributeTarget(base=base, name=name), value=value):
                if value.type not in (ir.INT, ir.BOOL, ir.FLOAT):
                    yield n.Attribute(ir.ListType(value.type), value.span, base, name)
            case n.Call(args=args):
                yield from args
            case n.Construct(args=args):
                yield from args


def changed_objects(parts: object, state: State) -> frozenset[int]:
    """Objects of a state that executing the parts from it may change."""
    names = assigned(parts)
    found: set[int] = set()
    for base in _changed_bases(parts):
        held = _held(state, base, names)
        if held is not None:
            found |= set(_objects(state, held))
            continue
        value = state.locals.get(base.name) if isinstance(base, n.Var) else None
        if isinstance(base, n.Var) and base.name not in names and value is not None:
            if isinstance(value, v.Ref):
                found.add(value.id)
            elif isinstance(value, v.TupleV | v.Obj):
                found |= set(_objects(state, value))
        elif not ir.is_immutable(base.type):
            # The base may be bound anew in the loop: any object of the state may be meant.
            found |= {i for x in state.locals.values() for i in _objects(state, x)}
    return frozenset(found)


def _held(state: State, base: n.Expr, names: Collection[str]) -> v.Ref | v.Obj | None:
    """The list or instance in a field of an instance that a variable holds all the time.

    Where the field is bound anew meanwhile, the loop is refused for that.
    """
    match base:
        case n.Attribute(base=n.Var(name=variable), name=name) if variable not in names:
            owner = state.locals.get(variable)
        case n.Attribute(base=n.Attribute() as inner, name=name):
            owner = _held(state, inner, names)
        case _:
            return None
    if isinstance(owner, v.Obj):
        value = state.objects[owner.id].get(name)
        return value if isinstance(value, v.Ref | v.Obj) else None
    return None


def _objects(state: State, value: v.Value) -> Iterator[int]:
    for ref in lists_of(state, value):
        yield ref.id
