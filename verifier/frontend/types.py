"""Annotations of the source to types of the intermediate representation."""

from __future__ import annotations

import ast
from collections.abc import Callable

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_infer import join_all
from verify_agent.verifier.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
    ClassType,
    DictType,
    ListType,
    SetType,
    TupleType,
    Type,
    VariadicTupleType,
)

#: What a name in an annotation stands for: its dotted origin (`builtins.int`, `typing.List`,
#: `class:Account`), the expression of an alias, the type, or None where it is not known.
Resolve = Callable[[str], str | ast.expr | Type | None]

_SCALARS: dict[str, Type] = {
    "builtins.int": INT,
    "builtins.bool": BOOL,
    "builtins.float": FLOAT,
    "builtins.str": STR,
}
_LISTS = ("builtins.list", "typing.List")
_DICTS = ("builtins.dict", "typing.Dict")
_SETS = ("builtins.set", "typing.Set")
_FROZEN = ("builtins.frozenset", "typing.FrozenSet")
_TUPLES = ("builtins.tuple", "typing.Tuple")
_TRANSPARENT = ("typing.Final", "typing.ClassVar")


def annotation_type(node: ast.expr, resolve: Resolve) -> Type:
    """The type that an annotation means; `Unsupported` where there is none exactly like it.

    >>> annotation_type(ast.parse("list[int]", mode="eval").body, lambda n: f"builtins.{n}")
    ListType(item=IntType())
    """
    match node:
        case ast.Constant(None):
            return NONE
        case ast.Constant(str(text)):
            return annotation_type(_parse(text, node), resolve)
        case ast.Name() | ast.Attribute():
            return _named(node, resolve)
        case ast.BinOp(left, ast.BitOr(), right):
            return join_all((annotation_type(left, resolve), annotation_type(right, resolve)))
        case ast.Subscript(value, parameters):
            return _parametrised(node, _origin(value, resolve), _items(parameters), resolve)
        case _:
            raise _refuse(node)


def _parse(text: str, place: ast.expr) -> ast.expr:
    try:
        parsed = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise _refuse(place) from error
    for inner in ast.walk(parsed):
        if isinstance(inner, ast.expr):
            inner.lineno, inner.col_offset = place.lineno, place.col_offset
    return parsed


def _named(node: ast.Name | ast.Attribute, resolve: Resolve) -> Type:
    origin = _origin(node, resolve)
    if isinstance(origin, ast.expr):
        return annotation_type(origin, resolve)
    if isinstance(origin, Type):
        return origin
    if origin in _SCALARS:
        return _SCALARS[origin]
    if origin and origin.startswith("class:"):
        return ClassType(origin.removeprefix("class:"))
    raise _refuse(node)


def _origin(node: ast.expr, resolve: Resolve) -> str | ast.expr | Type | None:
    match node:
        case ast.Name(name):
            return resolve(name)
        case ast.Attribute(ast.Name(module), name):
            return f"{origin}.{name}" if isinstance(origin := resolve(module), str) else None
        case _:
            return None


def _items(node: ast.expr) -> tuple[ast.expr, ...]:
    return tuple(node.elts) if isinstance(node, ast.Tuple) else (node,)


def _parametrised(
    node: ast.Subscript,
    origin: str | ast.expr | Type | None,
    items: tuple[ast.expr, ...],
    resolve: Resolve,
) -> Type:
    def inner(item: ast.expr) -> Type:
        return annotation_type(item, resolve)

    if origin in _LISTS and len(items) == 1:
        return ListType(inner(items[0]))
    if origin in _DICTS and len(items) == 2:
        return DictType(inner(items[0]), inner(items[1]))
    if origin in _SETS and len(items) == 1:
        return SetType(inner(items[0]))
    if origin in _FROZEN and len(items) == 1:
        return SetType(inner(items[0]), frozen=True)
    if origin in _TUPLES:
        if len(items) == 2 and isinstance(items[1], ast.Constant) and items[1].value is ...:
            return VariadicTupleType(inner(items[0]))
        return TupleType(tuple(map(inner, items)))
    if origin == "typing.Optional" and len(items) == 1:
        return join_all((inner(items[0]), NONE))
    if origin == "typing.Union":
        return join_all(tuple(map(inner, items)))
    if origin in _TRANSPARENT and len(items) == 1:
        return inner(items[0])
    raise _refuse(node)


def _refuse(node: ast.expr) -> Unsupported:
    return Unsupported(f"annotation {ast.unparse(node)}", node.lineno, node.col_offset)
