"""Which parameters may be one object."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import product
from typing import TypeGuard

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
    """Groups of places that are one object: parameters, and fields of these as `name.field.field`.

    Every list and every instance is in one group.
    """

    groups: tuple[tuple[str, ...], ...]

    def group_of(self, name: str) -> int | None:
        """The number of a place's group; None for one that is no object."""
        return next((k for k, group in enumerate(self.groups) if name in group), None)


def partitions(
    function: n.Function, classes: Mapping[str, n.Class] | None = None
) -> Iterator[Partition]:
    """Every way in which arguments, and objects in the fields of these, can coincide.

    Lists are told apart where that can't be seen; instances of one class never are, but for those
    that are held by others.
    """
    known = classes or {}
    found = 0
    for objects in _of_objects(function, known):
        for lists in _of_lists(function, objects, known):
            found += 1
            if found > MOST_CASES:
                raise Unsupported("arguments that may be one object in very many ways")
            yield Partition((*objects, *lists))


def held_classes(types: Iterable[ir.Type], classes: Mapping[str, n.Class]) -> list[str]:
    """The classes of these instances and of those that they hold, each before what it holds.

    `Unsupported` where an instance may come to hold one of its own class.
    """
    order: list[str] = []

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise Unsupported(f"a {name} that may hold a {name}")
        for _, held in classes[name].fields if classes else ():
            if is_object(held):
                visit(held.name, (*above, name))
        if name not in order:
            order.append(name)

    for type_ in types:
        if is_object(type_):
            visit(type_.name, ())
    return order[::-1]


def holds_objects(type_: ir.Type, classes: Mapping[str, n.Class]) -> bool:
    """Whether an instance of the class holds others that may change."""
    return len(held_classes([type_], classes)) > 1


def is_object(type_: ir.Type) -> TypeGuard[ir.ClassType]:
    """Whether values of the type are instances that have an identity and may change."""
    return isinstance(type_, ir.ClassType) and not type_.frozen


Groups = tuple[tuple[str, ...], ...]


def _of_objects(function: n.Function, classes: Mapping[str, n.Class]) -> Iterator[Groups]:
    """Every way in which instances can coincide; what a group holds stands under its first name."""
    given = function.parameters[_starts_bare(function) :]
    types = {p.name: p.type.name for p in given if is_object(p.type)}
    order = held_classes([p.type for p in given], classes)
    apart = not _visible(function, classes) and not _compares_objects(function, classes)

    def extend(done: Groups, known: dict[str, str], rest: Sequence[str]) -> Iterator[Groups]:
        if not rest:
            yield done
            return
        own = [name for name, klass in types.items() if klass == rest[0]]
        held = [
            f"{first}.{field}"
            for first, *_ in done
            for field, type_ in (classes[known[first]].fields if classes else ())
            if is_object(type_) and type_.name == rest[0]
        ]
        for groups in _set_partitions([*own, *held]):
            if apart and any(len(group) > 1 and group[-1] in held for group in groups):
                continue
            more = {group[0]: rest[0] for group in groups}
            yield from extend((*done, *groups), {**known, **more}, rest[1:])

    yield from extend((), {}, order)


def type_at(path: str, function: n.Function, classes: Mapping[str, n.Class]) -> ir.Type:
    """The type of what stands at a parameter's name, or at `name.field` and so on."""
    name, *names = path.split(".")
    found = next(p.type for p in function.parameters if p.name == name)
    for field in names:
        assert isinstance(found, ir.ClassType)
        found = dict(classes[found.name].fields)[field]
    return found


def _starts_bare(function: n.Function) -> int:
    """1 for a constructor, whose object is new."""
    return int(function.owner is not None and function.name.endswith(".__init__"))


def _of_lists(
    function: n.Function, objects: Groups, classes: Mapping[str, n.Class]
) -> Iterator[Groups]:
    by_type: dict[ir.Type, list[str]] = {}
    for parameter in function.parameters:
        if is_tracked(parameter.type):
            by_type.setdefault(parameter.type, []).append(parameter.name)
    for first, *_ in objects:
        class_ = type_at(first, function, classes)
        held = classes[class_.name].fields if isinstance(class_, ir.ClassType) and classes else ()
        for name, type_ in held:
            if is_tracked(type_):
                by_type.setdefault(type_, []).append(f"{first}.{name}")
    if not _visible(function, classes):
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


def _visible(function: n.Function, classes: Mapping[str, n.Class]) -> bool:
    """Whether the function may change a list, or look at identity; calls may do either."""
    return any(map(_tells, _nodes(tuple(_looked_at(function, classes)))))


def _looked_at(function: n.Function, classes: Mapping[str, n.Class]) -> list[object]:
    """The body and all that is read with it: contract and class invariants."""
    held = held_classes([p.type for p in function.parameters], classes) if classes else []
    invariants = [classes[name].invariants for name in held]
    contract = (function.ensures, function.requires, function.raises, function.snapshots)
    return [function.body, *contract, function.invariants, *invariants]


def _compares_objects(function: n.Function, classes: Mapping[str, n.Class]) -> bool:
    """Whether a comparison may look at an instance, whose equality may be its identity."""
    for node in _nodes(tuple(_looked_at(function, classes))):
        match node:
            case n.Compare(left=left, right=right):
                operands: tuple[n.Expr, ...] = (left, right)
            case n.Chain(operands=several):
                operands = several
            case _:
                continue
        if any(is_object(part) for x in operands for part in parts_of(x.type)):
            return True
    return False


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
