"""The names that a text binds, and other names in their places.

An identifier is renamed wherever it stands for a variable. That keeps the meaning where the new
name stands nowhere else in the text, since no scope can be confused then.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping


def bound_names(tree: ast.AST) -> list[str]:
    """The names that a text binds, imports aside, in the order of the text."""
    found: dict[str, None] = {}
    for node in _in_order(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                found[name] = None
            case ast.Name(name, ast.Store() | ast.Del()):
                found[name] = None
            case ast.ExceptHandler(name=str(name)):
                found[name] = None
    return list(found)


def with_names(tree: ast.AST, names: Mapping[str, str]) -> ast.AST:
    """The tree, changed in place: each variable of `names` under its new name."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(name):
                node.id = names.get(name, name)
            case ast.arg(arg=name):
                node.arg = names.get(name, name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                node.name = names.get(name, name)
            case ast.ExceptHandler(name=str(name)):
                node.name = names.get(name, name)
    return tree


def _in_order(tree: ast.AST) -> list[ast.AST]:
    """The nodes from the first to the last of the text."""
    found, pending = [], [tree]
    while pending:
        node = pending.pop()
        found.append(node)
        pending.extend(reversed(list(ast.iter_child_nodes(node))))
    return found
