"""Expression -> statements: a ladder of `if` and `return` where conditionals are nested."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from verify_agent.agent.synth.rules.boolean import negated
from verify_agent.verifier.ir.types import Type


def laid_out(node: ast.expr, types: Mapping[str, Type] | None = None) -> tuple[ast.stmt, ...]:
    """The statements that return an expression; the types say which tests can be negated.

    >>> tree = ast.parse("1 if x > 0 else -1 if x < 0 else 0", mode="eval").body
    >>> print("; ".join(ast.unparse(s).replace(chr(10), "") for s in laid_out(tree)))
    if x > 0:    return 1; if x < 0:    return -1; return 0
    """
    if isinstance(node, ast.IfExp) and _nested(node):
        return _ladder(node, types or {})
    return (ast.Return(value=node),)


def _ladder(node: ast.expr, types: Mapping[str, Type]) -> tuple[ast.stmt, ...]:
    if not isinstance(node, ast.IfExp):
        return (ast.Return(value=node),)
    test, first, second = node.test, node.body, node.orelse
    if isinstance(first, ast.IfExp) and not isinstance(second, ast.IfExp):
        test, first, second = negated(test, types), second, first
    branch = ast.If(test=test, body=list(_ladder(first, types)), orelse=[])
    return (branch, *_ladder(second, types))


def _nested(node: ast.IfExp) -> bool:
    return any(isinstance(part, ast.IfExp) for part in (node.body, node.orelse))
