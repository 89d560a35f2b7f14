"""Simplification of integer arithmetic and of comparisons between integers."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from verify_agent.agent.synth.rules.kinds import is_int, kind, nodes, same
from verify_agent.agent.synth.rules.linear import compared, flip, linear_form, rebuild
from verify_agent.verifier.ir.types import INT, STR, Type

Types = Mapping[str, Type]


def shorter_sum(node: ast.expr, types: Types) -> ast.expr | None:
    """`x + -1 * y` -> `x - y`: the linear form where it is shorter."""
    match node:
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult()) | ast.UnaryOp(op=ast.USub()):
            if all_int(node, types):
                better = rebuild(linear_form(node))
                return better if nodes(better) < nodes(node) else None
    return None


def all_int(node: ast.expr, types: Types) -> bool:
    """Whether an expression and all parts of its linear form are certainly of type int."""
    form = linear_form(node)
    return is_int(node, types) and all(is_int(atom, types) for _, atom in form.terms.values())


def balanced_comparison(node: ast.expr, types: Types) -> ast.expr | None:
    """`x - y >= 0` -> `x >= y`, `x >= y + 1` -> `x > y`: the balanced form where shorter."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if isinstance(
            op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
        ):
            if not (all_int(left, types) and all_int(right, types)):
                return None
            form = linear_form(left).add(linear_form(right), -1)
            if not form.terms:
                return None
            better = compared(form, op)
            return better if nodes(better) < nodes(node) else None
    return None


def constant_right(node: ast.expr, types: Types) -> ast.expr | None:
    """`0 < x` -> `x > 0`."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            symmetric = not isinstance(op, (ast.In, ast.NotIn, ast.Is, ast.IsNot))
            if symmetric and _literal(left) and not _literal(right):
                return flip(node)
    return None


def against_zero(node: ast.expr, types: Types) -> ast.expr | None:
    """`x >= 1` -> `x > 0` and `x <= -1` -> `x < 0` for integers."""
    match node:
        case ast.Compare(left=left, ops=[ast.GtE()], comparators=[ast.Constant(value=1)]) if is_int(
            left, types
        ) and is_int(node.comparators[0], types):
            return ast.Compare(left, [ast.Gt()], [ast.Constant(value=0)])
        case ast.Compare(
            left=left,
            ops=[ast.LtE()],
            comparators=[ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=1))],
        ) if is_int(left, types):
            return ast.Compare(left, [ast.Lt()], [ast.Constant(value=0)])
    return None


def _literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant() | ast.UnaryOp(operand=ast.Constant()):
            return True
    return False


def extreme_of_extreme(node: ast.expr, types: Types) -> ast.expr | None:
    """`max(a, max(b, c))` -> `max(a, b, c)`."""
    match node:
        case ast.Call(func=ast.Name(id="max" | "min" as name), args=args, keywords=[]) if (
            len(args) > 1
        ):
            flat: list[ast.expr] = []
            for arg in args:
                match arg:
                    case ast.Call(func=ast.Name(id=inner), args=items, keywords=[]) if (
                        inner == name and len(items) > 1 and is_int(arg, types)
                    ):
                        flat += items
                    case _:
                        flat.append(arg)
            distinct = [a for i, a in enumerate(flat) if not any(same(a, b) for b in flat[:i])]
            if len(distinct) == 1 or not all(is_int(a, types) for a in distinct):
                return None
            if len(distinct) != len(args):
                return ast.Call(ast.Name(id=name, ctx=ast.Load()), distinct, [])
    return None


def double_sum(node: ast.expr, types: Types) -> ast.expr | None:
    """`x + x` -> `2 * x`."""
    match node:
        case ast.BinOp(left=left, op=ast.Add(), right=right) if same(left, right):
            if is_int(left, types):
                return ast.BinOp(ast.Constant(value=2), ast.Mult(), left)
    return None


def left_sum(node: ast.expr, types: Types) -> ast.expr | None:
    """`a + (b + c)` -> `a + b + c` for three of one type, where the order stays the same."""
    match node:
        case ast.BinOp(left=a, op=ast.Add(), right=ast.BinOp(left=b, op=ast.Add(), right=c)):
            found = {kind(part, types) for part in (a, b, c)}
            if len(found) == 1 and found <= {INT, STR}:
                return ast.BinOp(ast.BinOp(a, ast.Add(), b), ast.Add(), c)
    return None


def without_remainder(node: ast.expr, types: Types) -> ast.expr | None:
    """`n - n % 12` -> `n // 12 * 12`."""
    match node:
        case ast.BinOp(
            left=n,
            op=ast.Sub(),
            right=ast.BinOp(left=again, op=ast.Mod(), right=ast.Constant(value=int() as divisor)),
        ) if divisor and same(n, again) and is_int(n, types):
            whole = ast.BinOp(n, ast.FloorDiv(), ast.Constant(value=divisor))
            return ast.BinOp(whole, ast.Mult(), ast.Constant(value=divisor))
    return None


RULES = (
    shorter_sum,
    balanced_comparison,
    constant_right,
    against_zero,
    extreme_of_extreme,
    double_sum,
    left_sum,
    without_remainder,
)
