"""Module variables that hold a list, dict or set which nothing changes: tables to look up."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify_agent.verifier.frontend.lower_scope import ModuleScope

#: Builtins that look at what they are given, keep nothing of it and hand none of it on but items.
_LOOKING = frozenset(
    {"len", "sum", "min", "max", "sorted", "list", "set", "frozenset", "dict", "tuple", "any"}
    | {"all", "enumerate", "zip", "reversed"}
)
_READING = frozenset({"get", "keys", "values", "items", "index", "count", "copy"})


def only_read(name: str, *modules: ModuleScope) -> bool:
    """Whether the text of these modules, and of all that they import, only looks at the variable.

    Every place that could mean it counts, whatever the name means there; `name` is bound once.
    """
    known = {id(m): m for start in modules for m in start.reachable()}
    return all(_only_read(name, module.tree) for module in known.values())


def _only_read(name: str, tree: ast.Module) -> bool:
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    if any(_binds(node) & _LOOKING for node in parents):
        return False
    return all(_looks(node, parents) for node in _mentions(name, tree))


def _binds(node: ast.AST) -> set[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()) | ast.arg(arg=name):
            return {name}
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.alias(name=name, asname=other):
            return {other or name}
        case _:
            return set()


def _mentions(name: str, tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=found) | ast.Attribute(attr=found) if found == name:
                yield node
            case ast.alias(name=found, asname=str()) if found == name:
                yield node
            case ast.Global(names=names) | ast.Nonlocal(names=names) if name in names:
                yield node
            case _:
                continue


def _looks(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> bool:
    """Whether a place that mentions the variable makes it, or only looks at it."""
    around = parents[node]
    match around:
        case ast.Assign(targets=[only]) if only is node:
            return isinstance(parents[around], ast.Module)
        case ast.AnnAssign(target=target) if target is node:
            return isinstance(parents[around], ast.Module)
        case ast.Subscript(value=value, ctx=ast.Load()):
            return value is node
        case ast.Compare(ops=ops):
            return not any(isinstance(op, ast.Is | ast.IsNot) for op in ops)
        case ast.Call(func=ast.Name(id=called), args=args):
            return called in _LOOKING and node in args
        case ast.For(iter=iterated) | ast.comprehension(iter=iterated):
            return iterated is node
        case ast.Attribute(attr=method, ctx=ast.Load()) if method in _READING:
            call = parents[around]
            return isinstance(call, ast.Call) and call.func is around
        case _:
            return False
