"""Definitions that are none of a module's functions: overloads, and those that are replaced."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from verify_agent.verifier.frontend.load import Module

_DEF = re.compile(r"^\s*(?:async\s+)?def\b", re.MULTILINE)
_OVERLOAD = "an overload: the implementation is what runs"
_REPLACED = "defined again later: what runs is the last definition"
_ELSEWHERE = "defined in a class or block that is not read"


@dataclass(frozen=True)
class Definition:
    """A definition that is left out, and why."""

    qualname: str
    line: int
    why: str


def other_definitions(module: Module) -> tuple[Definition, ...]:
    """The definitions in the text that stand behind none of the module's functions.

    >>> from verify_agent.verifier.frontend.load import load
    >>> [(d.qualname, d.line) for d in other_definitions(load("def f(): ...\\ndef f(): ...\\n"))]
    [('f', 1)]
    """
    if len(_DEF.findall(module.source)) <= len(module.functions):
        return ()
    known = {f.line for f in module.functions}
    names = {f.qualname for f in module.functions}
    return tuple(
        Definition(qualname, node.lineno, _why(node, qualname in names))
        for qualname, node in _walk(ast.parse(module.source), "")
        if node.lineno not in known
    )


def _walk(
    above: ast.AST, prefix: str
) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every definition below a node with its qualified name, in source order."""
    for node in ast.iter_child_nodes(above):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield prefix + name, node
                yield from _walk(node, f"{prefix}{name}.<locals>.")
            case ast.ClassDef(name=name):
                yield from _walk(node, f"{prefix}{name}.")
            case _:
                yield from _walk(node, prefix)


def _why(node: ast.FunctionDef | ast.AsyncFunctionDef, known: bool) -> str:
    if any(ast.unparse(d).rpartition(".")[2] == "overload" for d in node.decorator_list):
        return _OVERLOAD
    return _REPLACED if known else _ELSEWHERE
