"""Could two of a call's arguments, or two parts of one, be the same mutable object?"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from verify_agent.verifier.subject import Subject

_PLAIN = ("int", "bool", "float", "str", "bytes", "complex", "None", "range", "Fraction", "Decimal")
_GENERIC = ("tuple", "Tuple", "Optional", "Union", "frozenset", "FrozenSet", "Final", "Annotated")
_IMMUTABLE = frozenset((*_PLAIN, *_GENERIC))
_CONTAINERS = frozenset(("list", "dict", "set", "List", "Dict", "Set", "typing"))


def possible_aliases(subject: Subject) -> str:
    """Which parameters could be, or hold, one object; empty where none could.

    Conservative: a type that is not known to be immutable counts as mutable, and so does a
    parameter without a type.
    """
    counts = [(p.name, _mutable_parts(p.annotation)) for p in subject.signature.parameters]
    risky = [name for name, count in counts if count]
    if len(risky) > 1:
        return f"{risky[0]} and {risky[1]} could be one object"
    nested = [name for name, count in counts if count > 1]
    return f"parts of {nested[0]} could be one object" if nested else ""


def open_type(subject: Subject) -> str:
    """A type of a parameter whose values no engine can run through; empty where there is none.

    Everything but the builtin scalars and containers counts: `object`, a class (whose objects may
    need several calls to be reached), a protocol, no type at all.
    """
    for parameter in subject.signature.parameters:
        if not parameter.annotation:
            return f"{parameter.name} without a type"
        try:
            tree = ast.parse(parameter.annotation, mode="eval").body
        except SyntaxError:
            return parameter.annotation
        for name in _names(tree):
            if name not in _IMMUTABLE and name not in _CONTAINERS:
                return name
    return ""


def _mutable_parts(annotation: str) -> int:
    """How many mutable types an annotation names."""
    if not annotation:
        return 1
    try:
        tree = ast.parse(annotation.strip("'\""), mode="eval").body
    except SyntaxError:
        return 2
    return sum(1 for name in _names(tree) if name not in _IMMUTABLE)


def _names(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Subscript(value=ast.Name(id="Literal") | ast.Attribute(attr="Literal")):
            return
        case ast.Constant(value=None | builtins.Ellipsis):
            return
        case ast.Constant(value=str(text)):
            try:
                yield from _names(ast.parse(text, mode="eval").body)
            except SyntaxError:
                yield "unknown"
        case ast.Name(id=name):
            yield name
        case ast.Attribute(attr=name):
            yield name
        case ast.expr():
            for child in ast.iter_child_nodes(node):
                if isinstance(child, ast.expr):
                    yield from _names(child)
