"""Which parameters may be one object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from itertools import product

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.values import Value

LIST_MUTATORS = ("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse")
OTHER_MUTATORS = ("add", "discard", "update", "setdefault", "popitem")
SET_MUTATORS = ("difference_update", "intersection_update", "symmetric_difference_update")
MOST_CASES = 60
MUTATORS = frozenset((*LIST_MUTATORS, *OTHER_MUTATORS, *SET_MUTATORS))


@dataclass(frozen=True)
class Partition:
    """Groups of places that are one object: parameters, and fields of these as `name.field`.

    Every list and every instance is in one group.
    """

    groups: tuple[tuple[str, ...], ...]

    def group_of(self, name: str) -> int | None:
        """The number of a place's group; None for one that is no object."""
        return next((k for k, group in enumerate(self.groups) if name in group), None)


def partitions(
    function: n.Function, classes: Mapping[str, n.Class] | None = None
) -> Iterator[Partition]:
    """Every way in which arguments, and lists in the fields of these, can coincide.

    Lists are told apart where that can't be seen; instances of one class never are.
    """
    known = classes or {}
    instances: dict[ir.Type, list[str]] = {}
    for parameter in function.parameters[_starts_bare(function) :]:
        if isinstance(parameter.type, ir.ClassType) and not parameter.type.fields:
            instances.setdefault(parameter.type, []).append(parameter.name)
    found = 0
    for choice in product(*(list(_set_partitions(names)) for names in instances.values())):
        objects = [group for groups in choice for group in groups]
        for lists in _of_lists(function, objects, known):
            found += 1
            if found > MOST_CASES:
                raise Unsupported("arguments that may be one object in very many ways")
            yield Partition((*objects, *lists))


def _starts_bare(function: n.Function) -> int:
    """1 for a constructor, whose object is new."""
    return int(function.owner is not None and function.name.endswith(".__init__"))


def _of_lists(
    function: n.Function, objects: list[tuple[str, ...]], classes: Mapping[str, n.Class]
) -> Iterator[tuple[tuple[str, ...], ...]]:
    by_type: dict[ir.Type, list[str]] = {}
    types = {p.name: p.type for p in function.parameters}
    for parameter in function.parameters:
        if is_tracked(parameter.type):
            by_type.setdefault(parameter.type, []).append(parameter.name)
    for first, *_ in objects:
        class_ = types[first]
        held = classes[class_.name].fields if isinstance(class_, ir.ClassType) else ()
        for name, type_ in held:
            if is_tracked(type_):
                by_type.setdefault(type_, []).append(f"{first}.{name}")
    if not _visible(function):
        yield tuple((name,) for names in by_type.values() for name in names)
        return
    for choice in product(*(list(_set_partitions(names)) for names in by_type.values())):
        yield tuple(group for groups in choice for group in groups)


def _set_partitions(names: list[str]) -> Iterator[list[tuple[str, ...]]]:
    if not names:
        yield []
        return
    first, rest = names[0], names[1:]
    for smaller in _set_partitions(rest):
        yield [(first,), *smaller]
        for k, group in enumerate(smaller):
            yield [*smaller[:k], (first, *group), *smaller[k + 1 :]]


def _visible(function: n.Function) -> bool:
    """Whether the function may change a list, or look at identity; calls may do either."""
    seen = (function.body, function.ensures, function.requires, function.raises)
    return any(map(_tells, _nodes(seen)))


def _nodes(root: object) -> Iterator[object]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        if isinstance(node, tuple):
            stack.extend(node)
        elif is_dataclass(node):
            stack.extend(
                getattr(node, f.name) for f in fields(node) if f.name not in ("type", "span")
            )


def _tells(node: object) -> bool:
    match node:
        case n.ItemTarget() | n.SliceTarget() | n.Delete() | n.Call() | n.Construct():
            return True
        case n.AttributeTarget():
            return True
        case n.Method(name=name):
            return name in MUTATORS
        case n.Compare(op=op):
            return op in ("is", "is not")
        case n.Chain(ops=ops):
            return "is" in ops or "is not" in ops
        case n.AugAssign(target=n.NameTarget(type=kind)):
            return not ir.is_immutable(kind)
        case _:
            return False


def is_tracked(type_: ir.Type) -> bool:
    """Whether values of a type are objects with an identity that can be changed in place."""
    kinds = ir.ListType | ir.DictType | ir.SetType
    return isinstance(type_, kinds) and not ir.is_immutable(type_)


def shared_items(function: n.Function, arguments: Mapping[str, Value]) -> frozenset[int]:
    """List arguments that may also be an item of another argument."""
    inner = {
        part
        for parameter in function.parameters
        for part in parts_of(parameter.type)
        if part != parameter.type
    }
    return frozenset(
        value.id for value in arguments.values() if isinstance(value, v.Ref) and value.type in inner
    )


def parts_of(type_: ir.Type) -> Iterator[ir.Type]:
    """A type, and the types of what its values hold."""
    yield type_
    match type_:
        case ir.ListType(item) | ir.VariadicTupleType(item):
            yield from parts_of(item)
        case ir.DictType(_, value):
            yield from parts_of(value)
        case ir.TupleType(items) | ir.UnionType(items):
            for item in items:
                yield from parts_of(item)


def nodes_in(root: object) -> Iterator[object]:
    """Every node under some statements or expressions."""
    return _nodes(root)
