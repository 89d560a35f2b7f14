"""Which names and operators a body uses, and whether a task forbids one of them."""

from __future__ import annotations

import ast

OPERATORS: dict[type[ast.AST], tuple[str, ...]] = {
    ast.Add: ("+", "__add__", "__iadd__", "__radd__"),
    ast.Sub: ("-", "__sub__", "__isub__", "__rsub__"),
    ast.Mult: ("*", "__mul__", "__imul__", "__rmul__"),
    ast.FloorDiv: ("//", "__floordiv__", "__rfloordiv__"),
    ast.Div: ("/", "__truediv__"),
    ast.Mod: ("%", "__mod__", "__rmod__"),
    ast.Pow: ("**", "__pow__"),
    ast.LShift: ("<<", "__lshift__"),
    ast.RShift: (">>", "__rshift__"),
    ast.BitAnd: ("&", "__and__"),
    ast.BitOr: ("|", "__or__"),
    ast.BitXor: ("^", "__xor__"),
    ast.USub: ("-", "__neg__"),
    ast.Invert: ("~", "__invert__"),
    ast.Eq: ("==", "__eq__"),
    ast.NotEq: ("!=", "__ne__"),
    ast.Lt: ("<", "__lt__"),
    ast.LtE: ("<=", "__le__"),
    ast.Gt: (">", "__gt__"),
    ast.GtE: (">=", "__ge__"),
    ast.In: ("in", "__contains__"),
    ast.NotIn: ("not in", "in", "__contains__"),
    ast.And: ("and",),
    ast.Or: ("or",),
    ast.Not: ("not",),
    ast.If: ("if",),
    ast.IfExp: ("if",),
    ast.For: ("for",),
    ast.While: ("while",),
    ast.ListComp: ("for",),
    ast.GeneratorExp: ("for",),
    ast.DictComp: ("for",),
    ast.SetComp: ("for",),
    ast.Lambda: ("lambda",),
}


def used(nodes: list[ast.stmt] | list[ast.expr]) -> set[str]:
    """The operators, attributes and global names that syntax trees use.

    >>> sorted(used([ast.parse("max(x, len(y))", mode="eval").body]))
    ['len', 'max', 'x', 'y']
    """
    found: set[str] = set()
    read: set[str] = set()
    stored: set[str] = set()
    for top in nodes:
        for node in ast.walk(top):
            found.update(OPERATORS.get(type(node), ()))
            match node:
                case ast.Name(id=name, ctx=ast.Store()):
                    stored.add(name)
                case ast.Name(id=name):
                    read.add(name)
                case ast.Attribute(attr=attr):
                    found.add(attr)
    return found | (read - stored)
