"""Simplification of `and`, `or`, `not` and chains of comparisons."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from verify_agent.agent.synth.rules.kinds import is_bool, is_int, is_total, same
from verify_agent.agent.synth.rules.linear import flip
from verify_agent.verifier.ir.types import Type

Types = Mapping[str, Type]

_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_ANY_TYPE = (ast.Eq, ast.NotEq, ast.In, ast.NotIn, ast.Is, ast.IsNot)
_UP, _DOWN = (ast.Lt, ast.LtE), (ast.Gt, ast.GtE)


def negated(node: ast.expr, types: Types) -> ast.expr:
    """The negation of a condition, pushed into a comparison where that is exact."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=operand) if is_bool(operand, types):
            return operand
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            ordered = is_int(left, types) and is_int(right, types)
            if isinstance(op, _ANY_TYPE) or ordered:
                return ast.Compare(left, [_NEGATED[type(op)]()], [right])
    return ast.UnaryOp(ast.Not(), node)


def pushed_not(node: ast.expr, types: Types) -> ast.expr | None:
    """`not x < y` -> `x >= y` for integers, `not not b` -> `b`."""
    match node:
        case ast.UnaryOp(op=ast.Not(), operand=ast.Constant(value=bool() as value)):
            return ast.Constant(value=not value)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            better = negated(operand, types)
            return (
                None
                if isinstance(better, ast.UnaryOp)
                and better is not operand
                and (isinstance(better.op, ast.Not) and better.operand is operand)
                else better
            )
    return None


def flat_operands(node: ast.expr, types: Types) -> ast.expr | None:
    """`a and (b and a)` -> `a and b`; neutral and repeated operands are dropped."""
    match node:
        case ast.BoolOp(op=op, values=values) if all(is_bool(v, types) for v in values):
            flat: list[ast.expr] = []
            for value in values:
                if isinstance(value, ast.BoolOp) and type(value.op) is type(op):
                    flat += value.values
                else:
                    flat.append(value)
            neutral = isinstance(op, ast.And)
            kept: list[ast.expr] = []
            for value in flat:
                if isinstance(value, ast.Constant) and value.value is neutral:
                    continue
                if not any(same(value, other) for other in kept):
                    kept.append(value)
                if isinstance(value, ast.Constant):
                    break
            if len(kept) == len(values):
                return None
            if len(kept) < 2:
                return kept[0] if kept else ast.Constant(value=neutral)
            return ast.BoolOp(op, kept)
    return None


def absorbing_constant(node: ast.expr, types: Types) -> ast.expr | None:
    """`b and False` -> `False` where b can't raise."""
    match node:
        case ast.BoolOp(op=op, values=[*rest, ast.Constant(value=bool() as value)]):
            if value is isinstance(op, ast.Or) and all(is_total(v, types) for v in rest):
                return ast.Constant(value=value)
    return None


def chained_comparison(node: ast.expr, types: Types) -> ast.expr | None:
    """`a <= x and x < b` -> `a <= x < b` for integers."""
    if not (isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And)):
        return None
    for i, first in enumerate(node.values):
        for j, second in enumerate(node.values):
            if i != j and (chain := _chain(first, second, types)) is not None:
                if not all(is_total(v, types) for v in node.values):
                    return None
                rest = [v for k, v in enumerate(node.values) if k not in (i, j)]
                rest.insert(min(i, j), chain)
                return rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
    return None


def _chain(first: ast.expr, second: ast.expr, types: Types) -> ast.Compare | None:
    for left in _oriented(first, types):
        for right in _oriented(second, types):
            middle = left.comparators[-1]
            if same(middle, right.left) and not isinstance(middle, ast.Constant):
                return ast.Compare(
                    left.left, [*left.ops, *right.ops], [*left.comparators, *right.comparators]
                )
    return None


def _oriented(node: ast.expr, types: Types) -> list[ast.Compare]:
    """The comparison written with `<` or `<=`, if it is one of integers."""
    if not isinstance(node, ast.Compare):
        return []
    if not all(is_int(part, types) for part in (node.left, *node.comparators)):
        return []
    if all(isinstance(op, _UP) for op in node.ops):
        return [node]
    if len(node.ops) == 1 and isinstance(node.ops[0], _DOWN):
        return [flip(node)]
    return []


def compared_to_truth(node: ast.expr, types: Types) -> ast.expr | None:
    """`b == True` -> `b`, `b == False` -> `not b` for bool b."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[ast.Constant(value=bool() as value)]):
            if is_bool(left, types) and isinstance(op, (ast.Eq, ast.NotEq)):
                keep = value is isinstance(op, ast.Eq)
                return left if keep else negated(left, types)
    return None


RULES = (
    pushed_not,
    flat_operands,
    absorbing_constant,
    chained_comparison,
    compared_to_truth,
)
