"""A function's syntax tree as text, without the parentheses that a person would not write."""

from __future__ import annotations

import ast


def source_text(node: ast.FunctionDef) -> str:
    """The text of a function; `ast.unparse` without doubled or needless parentheses.

    >>> tree = ast.parse("def f(xs):\\n    return (sum((x for x in xs)), 1)").body[0]
    >>> print(source_text(tree))
    def f(xs):
        return sum(x for x in xs), 1
    <BLANKLINE>
    """
    text = ast.unparse(node)
    lines = text.split("\n")
    spots: list[tuple[int, int]] = []
    for part in ast.walk(ast.parse(text)):
        for inner in _parenthesised(part):
            if inner.lineno == inner.end_lineno and inner.end_col_offset is not None:
                spots += [
                    (inner.lineno, inner.col_offset),
                    (inner.lineno, inner.end_col_offset - 1),
                ]
    for line, column in sorted(spots, reverse=True):
        data = lines[line - 1].encode()
        lines[line - 1] = (data[:column] + data[column + 1 :]).decode()
    shorter = "\n".join(lines)
    same = ast.dump(ast.parse(shorter)) == ast.dump(ast.parse(text))
    return (shorter if same else text) + "\n"


def _parenthesised(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(args=[ast.GeneratorExp() as inner], keywords=[]):
            return [inner]
        case ast.Return(value=ast.Tuple(elts=[_, *_]) as inner):
            return [inner]
        case ast.Assign(targets=[ast.Tuple()], value=ast.Tuple(elts=[_, *_]) as inner):
            return [inner]
    return []
