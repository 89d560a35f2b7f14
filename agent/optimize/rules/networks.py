"""`sorted([a, b, c])`, and the least or the largest of a few values, by branches."""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from verify_agent.agent.optimize.model import Known, Rewrite, name_of, statements, substituted
from verify_agent.agent.optimize.rules.sorting_trees import (
    NETWORKS,
    Leaf,
    insertion,
    leaves,
    network_code,
    tree,
)
from verify_agent.verifier.ir.types import BoolType, IntType, StrType

MOST_LEAVES = 8
WHOLE = "the whole order"


@dataclass(frozen=True)
class Place:
    """A sort of a few names in the statement at `index`; `replaced` makes that statement anew.

    `replaced` takes the names in order. `after` are the statements behind it.
    """

    index: int
    items: tuple[str, ...]
    replaced: Callable[[Sequence[str]], list[ast.stmt]]
    after: tuple[ast.stmt, ...]


def rewrites(known: Known) -> Iterator[Rewrite]:
    """Decision tree, insertion by bisection, and network in the place of the first such sort."""
    place = _place(known)
    if place is None:
        return
    names, head = _own_names(known, place)
    before = [*known.body[: place.index], *head]
    leaf, tail = _leaf(place)
    full = tree(names, leaf) if len(names) <= 5 else []
    if full and leaves(full) <= MOST_LEAVES:
        yield Rewrite((*before, *full, *tail), "decision tree")
    if len(names) > 3:
        yield Rewrite((*before, *insertion(names, leaf), *tail), "insertion by bisection")
    if len(names) in NETWORKS:
        made = [*network_code(names), *leaf(names), *tail]
        yield Rewrite((*before, *made), "sorting network")


def _leaf(place: Place) -> tuple[Leaf, list[ast.stmt]]:
    """What is done at each leaf, and what follows after them all."""
    direct = len(place.after) <= 1 and all(isinstance(s, ast.Return) for s in place.after)
    if direct:
        return (lambda order: _joined(place, order)), []
    return place.replaced, list(place.after)


def _joined(place: Place, order: Sequence[str]) -> list[ast.stmt]:
    """The statement, with the `return` that follows put into it."""
    made = place.replaced(order)
    if not place.after:
        return made
    match made, place.after[0]:
        case [
            ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values))
        ], ast.Return(value=ast.expr() as value):
            keys = [name_of(n) for n in names]
            table = {k: v for k, v in zip(keys, values, strict=True) if k}
            return [ast.Return(substituted(value, table))]
        case [ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=values))], ast.Return(
            value=ast.expr() as value
        ):
            return [ast.Return(_indexed(value, name, values))]
    return [*made, *place.after]


def _indexed(value: ast.expr, name: str, values: list[ast.expr]) -> ast.expr:
    """The expression with a list's items in place of its subscripts and of itself."""

    class Put(ast.NodeTransformer):
        def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
            position = _constant(node.slice)
            inside = position is not None and -len(values) <= position < len(values)
            if name_of(node.value) == name and position is not None and inside:
                return copy.deepcopy(values[position])
            return self.generic_visit(node)

        def visit_Call(self, node: ast.Call) -> ast.AST:
            match node:
                case ast.Call(func=ast.Name(id="tuple"), args=[ast.Name(id=found)], keywords=[]):
                    if found == name:
                        return ast.Tuple(copy.deepcopy(values), ast.Load())
            return self.generic_visit(node)

        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.List(copy.deepcopy(values), ast.Load()) if node.id == name else node

    made = Put().visit(copy.deepcopy(value))
    assert isinstance(made, ast.expr)
    return made


def _place(known: Known) -> Place | None:
    for index, statement in enumerate(known.body):
        for call in ast.walk(statement):
            items = _sorted_items(call, known)
            if items is None:
                continue
            after = tuple(known.body[index + 1 :])
            made = _in_statement(statement, call)
            if made is not None:
                return Place(index, items, made, after)
        found = _sorted_in_place(known, index)
        if found is not None:
            return found
    return None


def _sorted_items(call: ast.AST, known: Known) -> tuple[str, ...] | None:
    """The names that a call of `sorted`, `min` or `max` puts in order."""
    match call:
        case ast.Call(
            func=ast.Name(id="sorted"),
            args=[ast.List(elts=elements) | ast.Tuple(elts=elements)],
            keywords=[],
        ):
            pass
        case ast.Call(func=ast.Name(id="min" | "max"), args=[_, _, *_] as elements, keywords=[]):
            pass
        case _:
            return None
    return _ordered_names(elements, known)


def _ordered_names(elements: Sequence[ast.expr], known: Known) -> tuple[str, ...] | None:
    names = [name_of(e) for e in elements]
    kinds = {type(known.types.get(n or "")) for n in names}
    usable = kinds in ({IntType}, {StrType}, {BoolType}) and len(set(names)) == len(names)
    return tuple(n for n in names if n) if usable and 2 <= len(names) <= 6 else None


def _in_statement(
    statement: ast.stmt, call: ast.AST
) -> Callable[[Sequence[str]], list[ast.stmt]] | None:
    if not isinstance(statement, ast.Assign | ast.Return) or not isinstance(call, ast.Call):
        return None
    name = ast.unparse(call.func)

    def replaced(order: Sequence[str]) -> list[ast.stmt]:
        values: list[ast.expr] = [ast.Name(n, ast.Load()) for n in order]
        match name:
            case "min":
                value: ast.expr = values[0]
            case "max":
                value = values[-1]
            case _:
                value = ast.List(values, ast.Load())
        return [_put(statement, call, value)]

    return replaced


def _put(statement: ast.stmt, call: ast.Call, value: ast.expr) -> ast.stmt:
    """The statement with a value for the call, subscripts of a display worked out."""
    marker = "sorted_values"

    class Put(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            if ast.dump(node) == ast.dump(call):
                return ast.Name(marker, ast.Load())
            return self.generic_visit(node)

    made = Put().visit(copy.deepcopy(statement))
    if isinstance(value, ast.List):
        match made:
            case ast.Assign(targets=[ast.Tuple()], value=ast.Name(id=found)) if found == marker:
                made.value = ast.Tuple(value.elts, ast.Load())
            case _:
                made.value = _indexed(made.value, marker, value.elts)
    else:
        made.value = substituted(made.value, {marker: value})
    assert isinstance(made, ast.stmt)
    return made


def _sorted_in_place(known: Known, index: int) -> Place | None:
    """`xs = [a, b, c]` and `xs.sort()` right behind it."""
    match known.body[index : index + 2]:
        case [
            ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=elements)),
            ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=found), attr="sort"), args=[], keywords=[]
                )
            ),
        ] if name == found:
            items = _ordered_names(elements, known)
            if items is None:
                return None
            return Place(
                index,
                items,
                lambda order: list(statements(f"{name} = [{', '.join(order)}]")),
                tuple(known.body[index + 2 :]),
            )
    return None


def _own_names(known: Known, place: Place) -> tuple[list[str], list[ast.stmt]]:
    """Names that may be stored to: the items themselves where nothing else reads them."""
    read = {
        n.id
        for s in place.after
        for n in ast.walk(s)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    }
    targets = _targets(known.body[place.index])
    again = place.replaced(place.items)
    elsewhere = [n.id for s in again for n in ast.walk(s) if isinstance(n, ast.Name)]
    once = all(elsewhere.count(i) <= 1 for i in place.items)
    if once and not set(place.items) & (read | targets):
        return list(place.items), []
    taken = known.names
    fresh = (n for i in itertools.count(1) if (n := f"v{i}") not in taken)
    names = [next(fresh) for _ in place.items]
    return names, list(statements(f"{', '.join(names)} = {', '.join(place.items)}"))


def _targets(statement: ast.stmt) -> set[str]:
    return {
        n.id
        for n in ast.walk(statement)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def _constant(node: ast.expr) -> int | None:
    match node:
        case ast.Constant(value=int() as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value
        case _:
            return None
