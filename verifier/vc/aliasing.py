"""Which parameters may be one object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from itertools import product

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.values import Value

LIST_MUTATORS = ("append", "extend", "insert", "pop", "remove", "clear", "sort", "reverse")
OTHER_MUTATORS = ("add", "discard", "update", "setdefault", "popitem")
MUTATORS = frozenset((*LIST_MUTATORS, *OTHER_MUTATORS))


@dataclass(frozen=True)
class Partition:
    """Groups of parameters that are one object; every list parameter is in one group."""

    groups: tuple[tuple[str, ...], ...]

    def group_of(self, name: str) -> int | None:
        """The number of a parameter's group; None for one that is no list."""
        return next((k for k, group in enumerate(self.groups) if name in group), None)


def partitions(function: n.Function) -> Iterator[Partition]:
    """Every way in which list parameters can coincide, where that can be seen."""
    by_type: dict[ir.Type, list[str]] = {}
    for parameter in function.parameters:
        if isinstance(parameter.type, ir.ListType):
            by_type.setdefault(parameter.type, []).append(parameter.name)
    if not _visible(function):
        apart = [(name,) for names in by_type.values() for name in names]
        yield Partition(tuple(apart))
        return
    for choice in product(*(list(_set_partitions(names)) for names in by_type.values())):
        yield Partition(tuple(group for groups in choice for group in groups))


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


def shared_items(function: n.Function, arguments: Mapping[str, Value]) -> frozenset[int]:
    """List arguments that may also be an item of another argument."""
    inner = {
        part
        for parameter in function.parameters
        for part in _parts(parameter.type)
        if part != parameter.type
    }
    return frozenset(
        value.id for value in arguments.values() if isinstance(value, v.Ref) and value.type in inner
    )


def _parts(type_: ir.Type) -> Iterator[ir.Type]:
    yield type_
    match type_:
        case ir.ListType(item) | ir.VariadicTupleType(item):
            yield from _parts(item)
        case ir.TupleType(items) | ir.UnionType(items):
            for item in items:
                yield from _parts(item)


def nodes_in(root: object) -> Iterator[object]:
    """Every node under some statements or expressions."""
    return _nodes(root)
