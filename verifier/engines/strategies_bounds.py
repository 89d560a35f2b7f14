"""What a precondition says about one parameter: bounds read off its conjuncts.

A bound is a hint to construct inputs that are allowed, never a judgement: every input is still
held against the whole precondition, so a bound that is read too narrowly costs examples and one
that is read too widely costs rejections.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, pairwise, permutations, product
from types import CodeType
from typing import Any

_FLIPPED: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
}
_ITEM = "_item_"
_MOST_ALTERNATIVES = 8
_MOST_ORDERED = 6


class Measure(StrEnum):
    """What of a parameter is bounded."""

    VALUE = "value"
    LENGTH = "length"
    MEMBER = "member"
    REMAINDER = "remainder"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    ITEMS = "items"


@dataclass(frozen=True)
class Bound:
    """`measure(target) op expression`, where the expression speaks of `names` only.

    For `REMAINDER` the expression is a pair (modulus, remainder); for `ITEMS` the bounds of
    each item stand in `inner`, with the item as their target.
    """

    target: str
    measure: Measure
    op: str = "=="
    expression: str = "None"
    names: frozenset[str] = frozenset()
    inner: tuple[Bound, ...] = ()

    def value(self, known: Mapping[str, Any]) -> Any:
        """The bound's value where its names are known; raises what the expression raises."""
        return eval(_compiled(self.expression), dict(known))


@dataclass(frozen=True)
class Plan:
    """In which order to draw the parameters, and the bounds that are usable in that order."""

    order: tuple[str, ...]
    bounds: Mapping[str, tuple[Bound, ...]]


def plans(names: Sequence[str], conditions: Iterable[str]) -> tuple[Plan, ...]:
    """One plan for each way to meet the disjunctions of the conditions, at most eight.

    >>> plans(["x", "lo"], ["lo <= x"])[0].order
    ('x', 'lo')
    """
    alternatives = [_alternatives(_parsed(text), frozenset(names)) for text in conditions]
    chosen = []
    for number, combination in enumerate(product(*alternatives)):
        if number == _MOST_ALTERNATIVES:
            break
        chosen.append(_plan(tuple(names), [b for part in combination for b in part]))
    return tuple(chosen)


def _plan(names: tuple[str, ...], bounds: list[Bound]) -> Plan:
    order = _best_order(names, bounds)
    placed = {name: position for position, name in enumerate(order)}
    usable: dict[str, list[Bound]] = {}
    for bound in bounds:
        if _usable(bound, placed):
            usable.setdefault(bound.target, []).append(bound)
    return Plan(order, {name: tuple(found) for name, found in usable.items()})


def _best_order(names: tuple[str, ...], bounds: list[Bound]) -> tuple[str, ...]:
    if not bounds or not 2 <= len(names) <= _MOST_ORDERED:
        return names

    def used(order: tuple[str, ...]) -> int:
        placed = {name: position for position, name in enumerate(order)}
        # Rather an index that fits a list than a list that is long enough for an index.
        return sum(
            9 if bound.measure is Measure.LENGTH and bound.names else 10
            for bound in bounds
            if _usable(bound, placed)
        )

    return max(permutations(names), key=used)


def _usable(bound: Bound, placed: Mapping[str, int]) -> bool:
    return all(placed[name] < placed[bound.target] for name in bound.names)


def _parsed(text: str) -> ast.expr:
    return ast.parse(text.strip(), mode="eval").body


def _compiled(expression: str) -> CodeType:
    return compile(expression, "<bound>", "eval")


def _alternatives(node: ast.expr, names: frozenset[str]) -> list[list[Bound]]:
    """The ways to meet a condition, each a list of bounds; a way without bounds is `[]`."""
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            parts = [_alternatives(value, names) for value in values]
            joined = [list(chain.from_iterable(way)) for way in product(*parts)]
            return joined[:_MOST_ALTERNATIVES]
        case ast.BoolOp(op=ast.Or(), values=values):
            return [way for value in values for way in _alternatives(value, names)]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return [list(_negated(operand, names))]
        case ast.IfExp(test=test, body=body, orelse=orelse):
            left, right = _alternatives(body, names), _alternatives(orelse, names)
            guards = _alternatives(test, names)
            return [g + way for g in guards for way in left] + right
        case _:
            return [list(_atom(node, names))]


def _negated(node: ast.expr, names: frozenset[str]) -> Iterator[Bound]:
    opposite = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in opposite:
            yield from _comparison(left, opposite[type(op)], right, names)
        case ast.Name(id=name) if name in names:
            yield Bound(name, Measure.LENGTH, "==", "0")


def _atom(node: ast.expr, names: frozenset[str]) -> Iterator[Bound]:
    match node:
        case ast.Compare(left=left, ops=ops, comparators=rights):
            for op, (a, b) in zip(ops, pairwise([left, *rights]), strict=True):
                yield from _comparison(a, type(op), b, names)
        case ast.Name(id=name) if name in names:
            yield Bound(name, Measure.LENGTH, ">=", "1")
        case ast.Call(
            func=ast.Attribute(value=ast.Name(id=name), attr="startswith" | "endswith" as where),
            args=[given],
        ) if name in names:
            measure = Measure.PREFIX if where == "startswith" else Measure.SUFFIX
            yield from _bound(name, measure, "==", given, names)
        case ast.Call(func=ast.Name(id="all"), args=[ast.GeneratorExp(elt=elt, generators=[only])]):
            yield from _each(elt, only, names)


def _each(
    element: ast.expr, generator: ast.comprehension, names: frozenset[str]
) -> Iterator[Bound]:
    """`all(P(x) for x in xs)` and `all(P(xs[i]) for i in range(len(xs)))`."""
    match generator:
        case ast.comprehension(target=ast.Name(id=item), iter=ast.Name(id=name), ifs=[]) if (
            name in names
        ):
            body = _Renamed(item).visit(_copy(element))
        case ast.comprehension(
            target=ast.Name(id=index),
            iter=ast.Call(
                func=ast.Name(id="range"),
                args=[ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)])],
            ),
            ifs=[],
        ) if name in names:
            body = _Indexed(name, index).visit(_copy(element))
            if index in _names_in(body):
                return
        case _:
            return
    inner = _alternatives(body, names | {_ITEM})[0]
    kept = tuple(b for b in inner if b.target == _ITEM and name not in b.names)
    if kept:
        others = frozenset[str]().union(*(b.names for b in kept))
        yield Bound(name, Measure.ITEMS, names=others, inner=kept)


def _copy(node: ast.expr) -> ast.expr:
    return _parsed(ast.unparse(node))


class _Renamed(ast.NodeTransformer):
    def __init__(self, item: str) -> None:
        self._item = item

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(_ITEM, ast.Load()) if node.id == self._item else node


class _Indexed(ast.NodeTransformer):
    def __init__(self, name: str, index: str) -> None:
        self._name, self._index = name, index

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Name(id=index)) if (
                name == self._name and index == self._index
            ):
                return ast.Name(_ITEM, ast.Load())
        visited = self.generic_visit(node)
        assert isinstance(visited, ast.expr)
        return visited


def _names_in(node: ast.AST) -> frozenset[str]:
    return frozenset(n.id for n in ast.walk(node) if isinstance(n, ast.Name))


def _comparison(
    left: ast.expr, op: type[ast.cmpop], right: ast.expr, names: frozenset[str]
) -> Iterator[Bound]:
    """The bounds that one comparison gives, in either direction."""
    if op is ast.In:
        if isinstance(left, ast.Name) and left.id in names:
            yield from _bound(left.id, Measure.MEMBER, "in", right, names)
        return
    if op not in _FLIPPED:
        return
    yield from _isolated(left, op, right, names)
    yield from _isolated(right, _FLIPPED[op], left, names)


def _isolated(
    side: ast.expr, op: type[ast.cmpop], other: ast.expr, names: frozenset[str]
) -> Iterator[Bound]:
    """Bring a parameter that stands once in a sum, or under `len`, to stand alone."""
    match side:
        case ast.Name(id=name) if name in names:
            yield from _bound(name, Measure.VALUE, _symbol(op), other, names)
        case ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=name)]) if name in names:
            yield from _bound(name, Measure.LENGTH, _symbol(op), other, names)
        case ast.Call(func=ast.Name(id="len"), args=[ast.Call(func=ast.Name(id="set"))]):
            return
        case ast.Call(func=ast.Name(id="abs"), args=[inner]) if op in (ast.Lt, ast.LtE):
            yield from _isolated(inner, op, other, names)
            negative = ast.UnaryOp(ast.USub(), other)
            yield from _isolated(inner, _FLIPPED[op], negative, names)
        case ast.UnaryOp(op=ast.USub(), operand=inner):
            yield from _isolated(inner, _FLIPPED[op], ast.UnaryOp(ast.USub(), other), names)
        case ast.BinOp(left=a, op=ast.Add(), right=b):
            yield from _isolated(a, op, ast.BinOp(other, ast.Sub(), b), names)
            yield from _isolated(b, op, ast.BinOp(other, ast.Sub(), a), names)
        case ast.BinOp(left=a, op=ast.Sub(), right=b):
            yield from _isolated(a, op, ast.BinOp(other, ast.Add(), b), names)
            yield from _isolated(b, _FLIPPED[op], ast.BinOp(a, ast.Sub(), other), names)
        case ast.BinOp(left=ast.Constant(value=int(k)), op=ast.Mult(), right=b) if k > 0:
            yield from _isolated(b, op, ast.BinOp(other, ast.Div(), ast.Constant(k)), names)
        case ast.BinOp(left=a, op=ast.Mult(), right=ast.Constant(value=int(k))) if k > 0:
            yield from _isolated(a, op, ast.BinOp(other, ast.Div(), ast.Constant(k)), names)
        case ast.BinOp(left=ast.Name(id=name), op=ast.Mod(), right=k) if (
            name in names and op is ast.Eq
        ):
            pair = ast.Tuple([k, other], ast.Load())
            yield from _bound(name, Measure.REMAINDER, "==", pair, names)


def _symbol(op: type[ast.cmpop]) -> str:
    return {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=="}[op]


def _bound(
    name: str, measure: Measure, op: str, expression: ast.expr, names: frozenset[str]
) -> Iterator[Bound]:
    spoken_of = _names_in(expression) & names
    if name not in spoken_of:
        text = ast.unparse(ast.fix_missing_locations(expression))
        yield Bound(name, measure, op, text, spoken_of)
