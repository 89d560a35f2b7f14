"""Definitions that call themselves more than once compute each value once.

`fib(n - 1) + fib(n - 2)` takes exponential time as it stands, so that no test of a contract that
uses it would come to an end.
"""

from __future__ import annotations

import ast
import builtins
import functools
import types
from collections.abc import Callable
from typing import Any

SCALARS = (int, bool, str)


def remembered(source: str, names: dict[str, Any]) -> dict[str, Callable[..., Any]]:
    """Replacements for those functions of a definitions' text that may be remembered.

    Only functions that read nothing but their arguments, builtins and each other; only calls
    with scalars whose result is a scalar. Exceptions are not remembered.
    """
    nodes = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    known = {node.name for node in nodes} | set(dir(builtins))
    made = {}
    for node in nodes:
        function = names.get(node.name)
        if isinstance(function, types.FunctionType) and _branches(node) and _closed(node, known):
            made[node.name] = _once(function)
    return made


def _branches(node: ast.FunctionDef) -> bool:
    """Whether the body calls the function itself at two places or more."""
    calls = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
    return sum(isinstance(c.func, ast.Name) and c.func.id == node.name for c in calls) > 1


def _closed(node: ast.FunctionDef, known: set[str]) -> bool:
    """Whether a body is without state: no attribute, and no name from elsewhere."""
    local = {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute | ast.Global | ast.Nonlocal | ast.Import):
            return False
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
            local.add(part.id)
    read = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return not node.decorator_list and read <= local | known


def _once(function: Callable[..., Any]) -> Callable[..., Any]:
    values: dict[tuple[object, ...], Any] = {}

    @functools.wraps(function)
    def call(*args: Any, **named: Any) -> Any:
        if named or any(type(arg) not in SCALARS for arg in args):
            return function(*args, **named)
        key = tuple((type(arg), arg) for arg in args)
        if key not in values:
            result = function(*args)
            if type(result) not in SCALARS:
                return result
            values[key] = result
        return values[key]

    return call
