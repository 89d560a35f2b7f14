"""The head of a loop that counts, without the counting where nothing needs it.

`for i, x in enumerate(xs)` with a test of `i` against a constant is a loop over a part of `xs`.
"""

from __future__ import annotations

import ast

Head = tuple[ast.expr, ast.expr, ast.expr | None]
"""What is bound, what is walked along, and the condition of a step."""


def plain_head(target: ast.expr, items: ast.expr, step: ast.stmt, test: ast.expr | None) -> Head:
    """The head with `enumerate` left out where only a bound of the test reads the index.

    >>> loop = ast.parse("for i, x in enumerate(xs):\\n    if i >= 2:\\n        n += x").body[0]
    >>> found = plain_head(loop.target, loop.iter, loop.body[0].body[0], loop.body[0].test)
    >>> ast.unparse(found[0]), ast.unparse(found[1]), found[2]
    ('x', 'xs[2:]', None)
    """
    match target, items:
        case (
            ast.Tuple(elts=[ast.Name(id=index), ast.Name() as item]),
            ast.Call(func=ast.Name(id="enumerate"), args=[ast.Name() as whole], keywords=[]),
        ) if not _reads(step, index):
            if test is None or not _reads(test, index):
                return item, whole, test
            part = _part(test, index)
            if part is not None:
                return item, ast.Subscript(whole, part, ast.Load()), None
    return target, items, test


def _part(test: ast.expr, index: str) -> ast.Slice | None:
    """The slice of the places where a test of an index that counts from 0 holds."""
    match test:
        case ast.Compare(
            left=ast.Name(id=name), ops=[op], comparators=[ast.Constant(value=int() as bound)]
        ) if name == index and type(bound) is int:
            match op:
                case ast.GtE():
                    return ast.Slice(lower=ast.Constant(value=bound))
                case ast.Gt():
                    return ast.Slice(lower=ast.Constant(value=bound + 1))
                case ast.Lt():
                    return ast.Slice(upper=ast.Constant(value=bound))
                case ast.LtE():
                    return ast.Slice(upper=ast.Constant(value=bound + 1))
                case ast.NotEq() if bound == 0:
                    return ast.Slice(lower=ast.Constant(value=1))
    return None


def _reads(node: ast.AST, name: str) -> bool:
    return any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node))
