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
    return _without_pairs(shorter if same else text) + "\n"


def expression_text(value: ast.expr) -> str:
    """An expression as it stands behind `return`, without doubled or needless parentheses.

    >>> expression_text(ast.parse("all((x > 0 for x in xs))", mode="eval").body)
    'all(x > 0 for x in xs)'
    """
    holder = ast.parse("def f():\n    return None").body[0]
    assert isinstance(holder, ast.FunctionDef)
    holder.body = [ast.Return(value)]
    return source_text(holder).partition("return ")[2].rstrip("\n")


def _without_pairs(text: str) -> str:
    """The text without each pair of parentheses around a comparison that changes nothing."""
    tree = ast.parse(text)
    meaning = ast.dump(tree)
    operands = [v for n in ast.walk(tree) if isinstance(n, ast.BoolOp) for v in n.values]
    spots = {(v.lineno - 1, v.col_offset, v.end_col_offset or 0) for v in operands}
    for line, start, end in sorted(spots, reverse=True):
        lines = text.split("\n")
        data = lines[line].encode()
        if data[start - 1 : start] == b"(" and data[end : end + 1] == b")":
            lines[line] = (data[: start - 1] + data[start:end] + data[end + 1 :]).decode()
            shorter = "\n".join(lines)
            try:
                text = shorter if ast.dump(ast.parse(shorter)) == meaning else text
            except SyntaxError:
                continue
    return text


def _parenthesised(node: ast.AST) -> list[ast.expr]:
    match node:
        case ast.Call(args=[ast.GeneratorExp() as inner], keywords=[]):
            return [inner]
        case ast.Return(value=ast.Tuple(elts=[_, *_]) as inner):
            return [inner]
        case ast.Assign(targets=[ast.Tuple()], value=ast.Tuple(elts=[_, *_]) as inner):
            return [inner]
    return []
