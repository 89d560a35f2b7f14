"""Simplification of conditional expressions: idioms, and branches that say nothing."""

from __future__ import annotations

import ast
import copy
from collections.abc import Mapping

from verify_agent.agent.synth.rules.boolean import negated
from verify_agent.agent.synth.rules.integer import all_int
from verify_agent.agent.synth.rules.kinds import is_bool, is_int, is_total, same
from verify_agent.agent.synth.rules.linear import Linear, flip, linear_form, rebuild
from verify_agent.verifier.ir.types import Type

Types = Mapping[str, Type]


def constant_test(node: ast.expr, types: Types) -> ast.expr | None:
    """`x if True else y` -> `x`."""
    match node:
        case ast.IfExp(test=ast.Constant(value=value), body=body, orelse=orelse):
            return body if value else orelse
    return None


def equal_branches(node: ast.expr, types: Types) -> ast.expr | None:
    """`x if c else x` -> `x`."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse):
            if same(body, orelse) and is_total(test, types):
                return body
    return None


def boolean_branches(node: ast.expr, types: Types) -> ast.expr | None:
    """`True if c else d` -> `c or d`, and the other three."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse) if (
            is_bool(test, types) and is_bool(body, types) and is_bool(orelse, types)
        ):
            match body, orelse:
                case ast.Constant(value=True), _:
                    return ast.BoolOp(ast.Or(), [test, orelse])
                case ast.Constant(value=False), _:
                    return ast.BoolOp(ast.And(), [negated(test, types), orelse])
                case _, ast.Constant(value=True):
                    return ast.BoolOp(ast.Or(), [negated(test, types), body])
                case _, ast.Constant(value=False):
                    return ast.BoolOp(ast.And(), [test, body])
    return None


def extreme(node: ast.expr, types: Types) -> ast.expr | None:
    """`a if a >= b else b` -> `max(a, b)`, and the other seven."""
    match node:
        case ast.IfExp(
            test=ast.Compare(left=left, ops=[op], comparators=[right]), body=body, orelse=orelse
        ) if is_int(body, types) and is_int(orelse, types):
            if same(left, orelse) and same(right, body):
                up = isinstance(op, (ast.Lt, ast.LtE))
            elif same(left, body) and same(right, orelse):
                up = isinstance(op, (ast.Gt, ast.GtE))
            else:
                return None
            if isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
                name = ast.Name(id="max" if up else "min", ctx=ast.Load())
                return ast.Call(name, [left, right], [])
    return None


def clamp(node: ast.expr, types: Types) -> ast.expr | None:
    """`9 if n > 9 else max(n, 1)` -> `min(9, max(n, 1))`, and the same from below."""
    match node:
        case ast.IfExp(
            test=ast.Compare(left=n, ops=[op], comparators=[_]) as test,
            body=bound,
            orelse=ast.Call(func=ast.Name(id="max" | "min" as name), args=[_, _] as args) as inner,
        ) if is_int(n, types) and same(test.comparators[0], bound):
            above = isinstance(op, ast.Gt | ast.GtE)
            if not isinstance(op, ast.Gt | ast.GtE | ast.Lt | ast.LtE) or above != (name == "max"):
                return None
            others = [_whole(a) for a in args if not same(a, n)]
            limit, other = _whole(bound), others[0] if len(others) == 1 else None
            if limit is not None and other is not None and (limit >= other) == above:
                outer = ast.Name(id="min" if above else "max", ctx=ast.Load())
                return ast.Call(outer, [bound, inner], [])
    return None


def _whole(node: ast.expr) -> int | None:
    """The value of a whole number in the text."""
    match node:
        case ast.Constant(value=int() as value) if type(value) is int:
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return -value if type(value) is int else None
    return None


def absolute_value(node: ast.expr, types: Types) -> ast.expr | None:
    """`x if x >= 0 else -x` -> `abs(x)`, also for `x - y` against `y - x`."""
    match node:
        case ast.IfExp(
            test=ast.Compare(left=left, ops=[op], comparators=[right]), body=body, orelse=orelse
        ) if is_int(body, types) and is_int(orelse, types):
            if not isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
                return None
            positive = body if isinstance(op, (ast.Gt, ast.GtE)) else orelse
            negative = orelse if positive is body else body
            if not _opposite(positive, negative):
                return None
            zero = isinstance(right, ast.Constant) and right.value == 0 and same(left, positive)
            if zero or (_is_difference(positive, left, right)):
                return ast.Call(ast.Name(id="abs", ctx=ast.Load()), [positive], [])
    return None


def added_absolute(node: ast.expr, types: Types) -> ast.expr | None:
    """`n - x if x < 0 else n + x` -> `n + abs(x)`."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse) if (
            all_int(body, types) and all_int(orelse, types) and is_total(node, types)
        ):
            first, second = linear_form(body), linear_form(orelse)
            shared = {k: t for k, t in first.terms.items() if second.terms.get(k, (0,))[0] == t[0]}
            if not shared:
                return None
            rest = (rebuild(form.add(Linear(0, shared), -1)) for form in (first, second))
            inner = absolute_value(ast.IfExp(test, *rest), types)
            if inner is not None:
                return ast.BinOp(rebuild(Linear(0, shared)), ast.Add(), inner)
    return None


def _opposite(first: ast.expr, second: ast.expr) -> bool:
    total = linear_form(first).add(linear_form(second))
    return not total.terms and total.constant == 0


def _is_difference(node: ast.expr, left: ast.expr, right: ast.expr) -> bool:
    match node:
        case ast.BinOp(left=first, op=ast.Sub(), right=second):
            return same(first, left) and same(second, right)
    return False


class _Assume(ast.NodeTransformer):
    """Replaces a condition, and its negation, by its known truth."""

    def __init__(self, test: ast.expr, value: bool, types: Types) -> None:
        self.known = {ast.unparse(test): value}
        if is_bool(test, types):
            self.known[ast.unparse(negated(copy.deepcopy(test), types))] = not value

    def applied(self, node: ast.expr) -> ast.expr:
        result = self.visit(copy.deepcopy(node))
        assert isinstance(result, ast.expr)
        return result

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, (ast.Compare, ast.Name, ast.UnaryOp, ast.BoolOp)):
            value = self.known.get(ast.unparse(node))
            if value is not None:
                return ast.Constant(value=value)
        return self.generic_visit(node)


def known_condition(node: ast.expr, types: Types) -> ast.expr | None:
    """Inside a branch the outer test is decided."""
    match node:
        case ast.IfExp(test=test, body=body, orelse=orelse) if is_bool(test, types):
            new_body = _Assume(test, True, types).applied(body)
            new_orelse = _Assume(test, False, types).applied(orelse)
            if not same(new_body, body) or not same(new_orelse, orelse):
                return ast.IfExp(test, new_body, new_orelse)
    return None


def known_operand(node: ast.expr, types: Types) -> ast.expr | None:
    """`a or (not a and b)` -> `a or b`: an operand may take the ones before it for decided."""
    match node:
        case ast.BoolOp(op=op, values=values) if all(is_bool(v, types) for v in values):
            for i, first in enumerate(values):
                for j in range(i + 1, len(values)):
                    better = _Assume(first, isinstance(op, ast.And), types).applied(values[j])
                    if not same(better, values[j]):
                        return ast.BoolOp(op, [*values[:j], better, *values[j + 1 :]])
    return None


def merged_tests(node: ast.expr, types: Types) -> ast.expr | None:
    """`a if p else (a if q else b)` -> `a if p or q else b`, and the other three."""
    match node:
        case ast.IfExp(test=p, body=a, orelse=ast.IfExp(test=q, body=b, orelse=c)):
            if not (is_bool(p, types) and is_bool(q, types)):
                return None
            if same(a, b):
                return ast.IfExp(ast.BoolOp(ast.Or(), [p, q]), a, c)
            if same(a, c):
                return ast.IfExp(ast.BoolOp(ast.And(), [negated(p, types), q]), b, a)
        case ast.IfExp(test=p, body=ast.IfExp(test=q, body=b, orelse=c), orelse=a):
            if not (is_bool(p, types) and is_bool(q, types)):
                return None
            if same(a, c):
                return ast.IfExp(ast.BoolOp(ast.And(), [p, q]), b, a)
            if same(a, b):
                return ast.IfExp(ast.BoolOp(ast.And(), [p, negated(q, types)]), c, a)
    return None


def positive_test(node: ast.expr, types: Types) -> ast.expr | None:
    """`x if not c else y` -> `y if c else x`; the same for `!=`."""
    match node:
        case ast.IfExp(test=ast.UnaryOp(op=ast.Not(), operand=test), body=body, orelse=orelse):
            return ast.IfExp(test, orelse, body)
    return None


def body_first(node: ast.expr, types: Types) -> ast.expr | None:
    """`a if b < a else b` -> `a if a > b else b`."""
    match node:
        case ast.IfExp(test=ast.Compare(left=left, ops=[_], comparators=[right]) as test):
            ordered = is_int(left, types) and is_int(right, types)
            if not ordered or isinstance(right, (ast.Constant, ast.UnaryOp)):
                return None
            if same(right, node.body) and not same(left, node.body):
                return ast.IfExp(flip(test), node.body, node.orelse)
    return None


RULES = (
    body_first,
    constant_test,
    equal_branches,
    boolean_branches,
    extreme,
    clamp,
    absolute_value,
    added_absolute,
    known_condition,
    known_operand,
    merged_tests,
    positive_test,
)
