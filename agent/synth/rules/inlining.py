"""Forbidden builtins written out: `max(a, b)` as `a if a >= b else b`, and their like."""

from __future__ import annotations

import ast
import copy


def without_forbidden(node: ast.expr, forbid: frozenset[str]) -> ast.expr:
    """The expression with `abs`, `max` and `min` of scalars written out where forbidden.

    The node is changed in place where it is more than a call.

    >>> text = ast.parse("abs(x - y) + 1", mode="eval").body
    >>> ast.unparse(without_forbidden(text, frozenset({"abs"})))
    '(x - y if x - y >= 0 else -(x - y)) + 1'
    """
    expanded: ast.expr = _Expand(forbid).visit(node)
    return ast.fix_missing_locations(expanded)


class _Expand(ast.NodeTransformer):
    def __init__(self, forbid: frozenset[str]) -> None:
        self.forbid = forbid

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.BinOp(left=ast.Name() as base, op=ast.Pow(), right=ast.Constant(value=2)) if (
                "**" in self.forbid
            ):
                return ast.BinOp(base, ast.Mult(), copy.deepcopy(base))
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="abs"), args=[item], keywords=[]) if (
                "abs" in self.forbid
            ):
                test = ast.Compare(item, [ast.GtE()], [ast.Constant(value=0)])
                return ast.IfExp(test, copy.deepcopy(item), _negated(item))
            case ast.Call(func=ast.Name(id="max" | "min" as name), args=args, keywords=[]) if (
                name in self.forbid and len(args) > 1
            ):
                return _extreme(args, ast.GtE() if name == "max" else ast.LtE())
        return node


def _negated(item: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.USub(), copy.deepcopy(item))


def _extreme(args: list[ast.expr], op: ast.cmpop) -> ast.expr:
    best = args[0]
    for other in args[1:]:
        test = ast.Compare(copy.deepcopy(best), [op], [copy.deepcopy(other)])
        best = ast.IfExp(test, best, other)
    return best
