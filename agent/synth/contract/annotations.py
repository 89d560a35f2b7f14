"""Annotation text -> type, for the types that the synthesizer works with."""

from __future__ import annotations

import ast

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
    DictType,
    ListType,
    SetType,
    TupleType,
    Type,
    VariadicTupleType,
)

_SCALARS: dict[str, Type] = {"int": INT, "bool": BOOL, "str": STR, "float": FLOAT}


def parse_annotation(text: str) -> Type:
    """The type that an annotation names; raises `Unsupported` for anything else.

    >>> parse_annotation("tuple[int, list[str]]")
    TupleType(items=(IntType(), ListType(item=StrType())))
    """
    if not text.strip():
        raise Unsupported("missing annotation")
    try:
        node = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise Unsupported(f"annotation {text!r}") from error
    return _convert(node)


def _convert(node: ast.expr) -> Type:
    match node:
        case ast.Name(id=name) if name in _SCALARS:
            return _SCALARS[name]
        case ast.Constant(value=None):
            return NONE
        case ast.Constant(value=str() as text):
            return parse_annotation(text)
        case ast.Subscript(value=ast.Name(id=name), slice=index):
            items = index.elts if isinstance(index, ast.Tuple) else [index]
            return _generic(name, items, node)
    raise Unsupported(f"annotation {ast.unparse(node)}", node.lineno, node.col_offset)


def _generic(name: str, items: list[ast.expr], node: ast.expr) -> Type:
    match name.lower(), items:
        case "list", [item]:
            return ListType(_convert(item))
        case "set" | "frozenset", [item]:
            return SetType(_convert(item), name.lower() == "frozenset")
        case "dict", [key, value]:
            return DictType(_convert(key), _convert(value))
        case "tuple", [item, ast.Constant(value=types_rest)] if types_rest is ...:
            return VariadicTupleType(_convert(item))
        case "tuple", _:
            return TupleType(tuple(map(_convert, items)))
    raise Unsupported(f"annotation {ast.unparse(node)}", node.lineno, node.col_offset)
