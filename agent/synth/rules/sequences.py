"""Simplification of what is made item by item, where a builtin or a method makes it as a whole."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from verify_agent.agent.synth.rules.kinds import is_int, is_total, kind
from verify_agent.verifier.ir.types import INT, STR, ListType, Type

Types = Mapping[str, Type]


def whole_sum(node: ast.expr, types: Types) -> ast.expr | None:
    """`sum(x for x in xs)` -> `sum(xs)`."""
    match node:
        case ast.Call(func=ast.Name(id="sum"), args=[each], keywords=[]):
            items = _untouched(each)
            if items is not None and kind(items, types) == ListType(INT):
                return ast.Call(node.func, [items], [])
    return None


def whole_join(node: ast.expr, types: Types) -> ast.expr | None:
    """`''.join(c for c in s)` -> `s`, `''.join(c.upper() for c in s)` -> `s.upper()`.

    `lower` and `title` look at what stands around a letter: they are no matter of each letter.
    """
    match node:
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=""), attr="join"), args=[each], keywords=[]
        ):
            items = _untouched(each)
            if items is not None and kind(items, types) == STR:
                return items
            match each:
                case ast.GeneratorExp(
                    elt=ast.Call(
                        func=ast.Attribute(value=ast.Name(id=item), attr="upper"),
                        args=[],
                        keywords=[],
                    ),
                    generators=[
                        ast.comprehension(target=ast.Name(id=bound), iter=items, ifs=[], is_async=0)
                    ],
                ) if item == bound and kind(items, types) == STR:
                    upper = ast.Attribute(items, "upper", ast.Load())
                    return ast.Call(upper, [], [])
    return None


def membership(node: ast.expr, types: Types) -> ast.expr | None:
    """`any(x == k for x in xs)` -> `k in xs`, `all(x != k for x in xs)` -> `k not in xs`."""
    match node:
        case ast.Call(
            func=ast.Name(id="any" | "all" as name),
            args=[
                ast.GeneratorExp(
                    elt=ast.Compare(left=left, ops=[op], comparators=[right]),
                    generators=[
                        ast.comprehension(target=ast.Name(id=item), iter=items, ifs=[], is_async=0)
                    ],
                )
            ],
            keywords=[],
        ) if kind(items, types) == ListType(INT):
            wanted: tuple[type[ast.cmpop], ast.cmpop] = (
                (ast.Eq, ast.In()) if name == "any" else (ast.NotEq, ast.NotIn())
            )
            for one, other in ((left, right), (right, left)):
                if isinstance(one, ast.Name) and one.id == item and isinstance(op, wanted[0]):
                    apart = not any(
                        isinstance(n, ast.Name) and n.id == item for n in ast.walk(other)
                    )
                    if apart and is_int(other, types) and is_total(other, types):
                        return ast.Compare(other, [wanted[1]], [items])
    return None


def _untouched(each: ast.expr) -> ast.expr | None:
    """What a generator gives back item by item as it is."""
    match each:
        case ast.GeneratorExp(
            elt=ast.Name(id=item),
            generators=[
                ast.comprehension(target=ast.Name(id=bound), iter=items, ifs=[], is_async=0)
            ],
        ) if item == bound:
            return items
    return None


RULES = (whole_sum, whole_join, membership)
