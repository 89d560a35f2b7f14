"""A loop that ends each round by copying one variable to another: the copy is left out."""

from __future__ import annotations

import ast
from collections.abc import Sequence


def without_copy(statements: Sequence[ast.stmt]) -> tuple[ast.stmt, ...]:
    """The statements with the variable itself in the copy's place, where both start alike.

    After a round the two are equal, and before the first one they are, too.

    >>> source = "r = s\\nb = s\\nfor x in xs:\\n    b += x\\n    r = b\\nreturn r"
    >>> print("; ".join(map(ast.unparse, without_copy(ast.parse(source).body))))
    b = s; for x in xs:
        b += x; return b
    """
    match statements:
        case (
            *head,
            ast.Assign(targets=[ast.Name(id=one)], value=first) as start,
            ast.Assign(targets=[ast.Name(id=two)], value=second) as other,
            ast.For(
                body=[*steps, ast.Assign(targets=[ast.Name(id=copy)], value=ast.Name(id=kept))],
                orelse=[],
            ) as loop,
            ast.Return(value=ast.Name(id=returned)),
        ) if steps and {one, two} == {copy, kept} and returned == copy != kept:
            read = [loop.target, loop.iter, *steps, first]
            leaves = any(isinstance(n, _LEAVING) for s in steps for n in ast.walk(s))
            if ast.unparse(first) != ast.unparse(second) or leaves:
                return tuple(statements)
            if copy in _names(read) or kept in _names([loop.target, loop.iter, first]):
                return tuple(statements)
            begun = start if one == kept else other
            kept_loop = ast.For(loop.target, loop.iter, steps, [])
            ends = ast.Return(value=ast.Name(id=kept, ctx=ast.Load()))
            return (
                *head,
                begun,
                ast.fix_missing_locations(ast.copy_location(kept_loop, loop)),
                ends,
            )
    return tuple(statements)


_LEAVING = (ast.Break, ast.Continue, ast.Return)


def _names(nodes: Sequence[ast.AST]) -> set[str]:
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)}
