"""Classes whose instances stand in containers: what these hold of one is what its fields are.

That is exact as long as nothing changes such an instance, so that every change of one is refused
in a program that has containers of its class.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.vc.aliasing import is_object, nodes_in, parts_of


def contained_classes(program: n.Program) -> frozenset[str]:
    """The classes of instances that a list, dict, tuple or union of the program may hold."""
    names = frozenset(
        part.name
        for type_ in dict.fromkeys(_types(program))
        for part in list(parts_of(type_))[1:]
        if is_object(part)
    )
    known = program.classes
    return frozenset(x for x in names if x in known and known[x].instance_type.fields)


def _types(program: n.Program) -> Iterator[ir.Type]:
    for klass in program.classes.values():
        yield from (type_ for _, type_ in klass.fields)
        yield from _types_in(klass.invariants)
    for function in program.functions.values():
        yield function.returns
        yield from _types_in(function)
    yield from _types_in(tuple(program.constants.values()))


def _types_in(root: object) -> Iterator[ir.Type]:
    for node in nodes_in(root):
        type_ = getattr(node, "type", None)
        if isinstance(node, n.TupleExpr) and isinstance(type_, ir.TupleType):
            # What a display holds are the instances themselves, until it is bound to a name.
            yield from type_.items
        elif isinstance(type_, ir.Type):
            yield type_


def may_change_contained(program: n.Program, types: Sequence[ir.Type], name: str) -> bool:
    """Whether a call by contract could change an instance in one of these containers."""
    from verify_agent.verifier.vc.objects_effects import changes_nothing

    held = any(is_object(part) for type_ in types for part in list(parts_of(type_))[1:])
    return held and not changes_nothing(program, name)
