"""Drops branches and operands that no known case needs: a bloated answer becomes a short one.

A shrunk body is a new candidate: it is checked by every engine like any other.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator

MAX_TRIALS = 80


def shrunk(tree: ast.expr, passes: Callable[[ast.expr], bool]) -> ast.expr:
    """The expression after every replacement of a part by a smaller one that still passes.

    >>> tree = ast.parse("x if a and b else y if c else z", mode="eval").body
    >>> ast.unparse(shrunk(tree, lambda e: {"x", "a"} <= {*ast.unparse(e).split()}))
    'x if a else y'
    """
    trials = 0
    found = True
    while found:
        found = False
        for smaller in _smaller(tree):
            trials += 1
            if trials > MAX_TRIALS:
                return tree
            if passes(smaller):
                tree, found = smaller, True
                break
    return tree


def _smaller(tree: ast.expr) -> Iterator[ast.expr]:
    """The tree with one conditional replaced by a branch, or one operand left out."""
    count = sum(1 for _ in ast.walk(tree))
    for place in range(count):
        for variant in range(_variants(_node(tree, place))):
            copied = copy.deepcopy(tree)
            new = _variant(_node(copied, place), variant)
            if place == 0:
                yield new
            else:
                _replace(copied, _node(copied, place), new)
                yield copied


def _node(tree: ast.expr, place: int) -> ast.AST:
    return list(ast.walk(tree))[place]


def _variants(node: ast.AST) -> int:
    match node:
        case ast.IfExp():
            return 2
        case ast.BoolOp(values=values):
            return len(values)
    return 0


def _variant(node: ast.AST, variant: int) -> ast.expr:
    match node:
        case ast.IfExp(body=body, orelse=orelse):
            return (body, orelse)[variant]
        case ast.BoolOp(op=op, values=values):
            kept = [v for i, v in enumerate(values) if i != variant]
            return kept[0] if len(kept) == 1 else ast.BoolOp(op, kept)
    raise ValueError(type(node).__name__)


def _replace(tree: ast.expr, old: ast.AST, new: ast.expr) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                setattr(parent, name, [new if item is old else item for item in value])
