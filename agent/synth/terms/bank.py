"""Typed terms with their values on the examples, built bottom up in order of cost.

Two terms with the same values on all examples are one (observational equivalence: Albarghouthi,
Gulwani, Kincaid, "Recursive program synthesis", CAV 2013; Udupa et al., "TRANSIT", PLDI 2013):
only the cheaper is kept.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Callable, Iterator
from typing import Any

from verify_agent.agent.synth.meter import Meter
from verify_agent.agent.synth.terms.components import Component
from verify_agent.verifier.ir.types import (
    BOOL,
    DictType,
    ListType,
    SetType,
    TupleType,
    Type,
    UnionType,
    VariadicTupleType,
)


class Undefined:
    """The value of a term where it raises."""

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED = Undefined()
ATTEMPT = 3
PER_ROW = 0.12
"""Units of work to try a component on arguments, and for each of their values."""
Values = tuple[Any, ...]


class Term:
    """A term: a leaf with its syntax, or a component applied to terms."""

    __slots__ = ("args", "component", "cost", "leaf", "partial", "type", "values")

    def __init__(
        self,
        type_: Type,
        cost: int,
        values: Values,
        *,
        leaf: ast.expr | None = None,
        component: Component | None = None,
        args: tuple[Term, ...] = (),
    ) -> None:
        self.type = type_
        self.cost = cost
        self.values = values
        self.leaf = leaf
        self.component = component
        self.args = args
        self.partial = UNDEFINED in values

    def tree(self) -> ast.expr:
        """The term as a fresh Python expression."""
        if self.leaf is not None:
            return copy.deepcopy(self.leaf)
        assert self.component is not None
        holes = {f"_{i}": arg for i, arg in enumerate(self.args)}
        filled: ast.expr = _Fill(holes).visit(copy.deepcopy(self.component.tree))
        return filled


class _Fill(ast.NodeTransformer):
    def __init__(self, holes: dict[str, Term]) -> None:
        self.holes = holes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.holes[node.id].tree() if node.id in self.holes else node


_VECTORS: dict[tuple[str, str, int], Callable[..., Values]] = {}


def _vector(component: Component) -> Callable[..., Values]:
    """A function from the arguments' values to the result's, made of the component's own text."""
    names = [f"_{i}" for i in range(len(component.args))]
    columns = [n.replace("_", "V") for n in names]
    bound = f"{names[0]} in V0" if len(names) == 1 else None
    loop = bound or f"{', '.join(names)} in zip({', '.join(columns)})"
    text = component.text
    if component.guard:
        text = f"({text}) if ({component.guard}) else UNDEFINED"
    source = f"lambda {', '.join(columns)}: tuple([{text} for {loop}])"
    made: Callable[..., Values] = eval(source, {"UNDEFINED": UNDEFINED})
    return made


class Bank:
    """All terms found, by type and cost; `grow` makes those of the next cost."""

    def __init__(
        self, components: list[Component], leaves: list[Term], limit: int, meter: Meter
    ) -> None:
        self.components = components
        self.meter = meter
        rows = max((len(leaf.values) for leaf in leaves), default=0)
        self._price = ATTEMPT + int(rows * PER_ROW)
        self.limit = limit
        self.count = 0
        self.cost = 0
        self._apply = {id(c): _vector(c) for c in components}
        self._weight = {id(c): c.weight for c in components}
        self._by: dict[Type, dict[int, list[Term]]] = {}
        self._seen: dict[Type, set[Values]] = {}
        self._leaves = leaves

    def of_cost(self, type_: Type, cost: int) -> list[Term]:
        """The terms of a type that cost exactly this much."""
        return self._by.get(type_, {}).get(cost, [])

    def grow(self) -> Iterator[Term | None]:
        """The new terms of the next cost; None now and then, to let others work."""
        self.cost += 1
        for leaf in self._leaves:
            if leaf.cost == self.cost and self._add(leaf):
                yield leaf
        for component in self.components:
            room = self.cost - self._weight[id(component)]
            if room < len(component.args):
                continue
            for n, args in enumerate(self._arguments(component, room)):
                if n % 200 == 0:
                    yield None
                self.meter.attempt(self._price)
                term = self._make(component, args)
                if term is not None and self._add(term):
                    yield term
                    if self.count >= self.limit:
                        return

    def _arguments(self, component: Component, room: int) -> Iterator[tuple[Term, ...]]:
        for costs in _splits(room, len(component.args)):
            if component.commutative and costs[0] > costs[1]:
                continue
            lists = [self.of_cost(t, c) for t, c in zip(component.args, costs, strict=True)]
            if component.commutative and costs[0] == costs[1]:
                yield from itertools.combinations_with_replacement(lists[0], 2)
            else:
                yield from itertools.product(*lists)

    def _make(self, component: Component, args: tuple[Term, ...]) -> Term | None:
        if any(arg.partial for arg in args):
            return None
        columns = [arg.values for arg in args]
        try:
            values = self._apply[id(component)](*columns)
        except (ArithmeticError, ValueError, LookupError):
            if component.result == BOOL or isinstance(component.result, ListType):
                return None
            partly = self._partly(component, columns)
            if partly is None:
                return None
            values = partly
        return Term(component.result, self.cost, values, component=component, args=args)

    def _partly(self, component: Component, columns: list[Values]) -> Values | None:
        apply = self._apply[id(component)]
        found: list[Any] = []
        for row in zip(*columns, strict=True):
            try:
                found += apply(*((value,) for value in row))
            except (ArithmeticError, ValueError, LookupError):
                found.append(UNDEFINED)
        if all(value is UNDEFINED for value in found):
            return None
        return tuple(found)

    def _add(self, term: Term) -> bool:
        key = _key(term)
        seen = self._seen.setdefault(term.type, set())
        if key in seen:
            return False
        seen.add(key)
        self._by.setdefault(term.type, {}).setdefault(term.cost, []).append(term)
        self.count += 1
        return True


def _key(term: Term) -> Values:
    if is_hashable(term.type):
        return term.values
    return tuple(map(repr, term.values))


def is_hashable(type_: Type) -> bool:
    """Whether all values of a type can be hashed."""
    match type_:
        case TupleType(items) | UnionType(items):
            return all(map(is_hashable, items))
        case ListType() | DictType() | SetType() | VariadicTupleType():
            return False
    return True


def _splits(total: int, parts: int) -> Iterator[tuple[int, ...]]:
    """The ways to write a total as an ordered sum of positive parts."""
    if parts == 1:
        yield (total,)
        return
    for first in range(1, total - parts + 2):
        for rest in _splits(total - first, parts - 1):
            yield (first, *rest)
