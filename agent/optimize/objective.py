"""What `size` and `complexity` of a function are, as numbers: less is better."""

from __future__ import annotations

import ast
from collections.abc import Sequence

_BRANCHES = (ast.If, ast.IfExp, ast.For, ast.While, ast.ExceptHandler, ast.Assert, ast.match_case)
_LAYOUT = (ast.expr_context, ast.operator, ast.boolop, ast.unaryop, ast.cmpop)


def size(body: Sequence[ast.stmt]) -> int:
    """The number of nodes of the syntax tree, without its marks of context.

    >>> size(ast.parse("return a").body)
    2
    """
    return sum(not isinstance(n, _LAYOUT) for s in body for n in ast.walk(s))


def complexity(body: Sequence[ast.stmt]) -> int:
    """The number of independent paths (McCabe, A Complexity Measure, 1976), each `and` counted.

    >>> complexity(ast.parse("if a and b:\\n    return c\\nreturn d").body)
    3
    """
    found = 1
    for node in (n for s in body for n in ast.walk(s)):
        if isinstance(node, _BRANCHES):
            found += 1
        elif isinstance(node, ast.BoolOp):
            found += len(node.values) - 1
        elif isinstance(node, ast.comprehension):
            found += 1 + len(node.ifs)
    return found
