"""Linear forms of integer expressions: normal forms to compare and to print."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, field


@dataclass
class Linear:
    """`constant` plus the sum of coefficient times atom; atoms are keyed by their text."""

    constant: int = 0
    terms: dict[str, tuple[int, ast.expr]] = field(default_factory=dict)

    def add(self, other: Linear, factor: int = 1) -> Linear:
        """This plus `factor` times the other."""
        terms = dict(self.terms)
        for key, (coefficient, node) in other.terms.items():
            total = terms.get(key, (0, node))[0] + factor * coefficient
            terms[key] = (total, node)
        kept = {key: item for key, item in terms.items() if item[0]}
        return Linear(self.constant + factor * other.constant, kept)


def linear_form(node: ast.expr) -> Linear:
    """The linear form of an int expression; what is not linear becomes an atom.

    >>> linear_form(ast.parse("2 * (x - 1) + y - x", mode="eval").body).constant
    -2
    """
    match node:
        case ast.Constant(value=int() as value) if type(value) is int:
            return Linear(value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return Linear().add(linear_form(operand), -1)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return linear_form(left).add(linear_form(right))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return linear_form(left).add(linear_form(right), -1)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            first, second = linear_form(left), linear_form(right)
            for scalar, other in ((first, second), (second, first)):
                if not scalar.terms:
                    return Linear().add(other, scalar.constant)
    return Linear(0, {ast.unparse(node): (1, node)})


def rebuild(form: Linear) -> ast.expr:
    """The expression of a linear form: positive terms first, then negative ones."""
    items = sorted(form.terms.values(), key=lambda item: item[0] < 0)
    result: ast.expr | None = None
    constant_first = form.constant > 0 and bool(items) and items[0][0] < 0
    if constant_first:
        result = ast.Constant(value=form.constant)
    for coefficient, node in items:
        result = _append(result, coefficient, copy.deepcopy(node))
    if constant_first:
        assert result is not None
        return result
    return _append(result, form.constant, None)


def _append(result: ast.expr | None, coefficient: int, node: ast.expr | None) -> ast.expr:
    if coefficient == 0 and result is not None:
        return result
    size = abs(coefficient)
    part: ast.expr
    if node is None:
        part = ast.Constant(value=size)
    elif size == 1:
        part = node
    else:
        part = ast.BinOp(ast.Constant(value=size), ast.Mult(), node)
    if result is None:
        return ast.UnaryOp(ast.USub(), part) if coefficient < 0 else part
    return ast.BinOp(result, ast.Sub() if coefficient < 0 else ast.Add(), part)


def compared(form: Linear, op: ast.cmpop) -> ast.Compare:
    """`form op 0` with everything on the side where it is positive.

    On integers `a >= b + 1` becomes `a > b`, and its likes.
    """
    strict: dict[type[ast.cmpop], tuple[int, type[ast.cmpop]]] = {
        ast.GtE: (-1, ast.Gt),
        ast.LtE: (1, ast.Lt),
        ast.Gt: (1, ast.GtE),
        ast.Lt: (-1, ast.LtE),
    }
    constant, made = form.constant, op
    if type(op) in strict and form.constant == strict[type(op)][0]:
        constant, made = 0, strict[type(op)][1]()
    left = Linear(0, {k: v for k, v in form.terms.items() if v[0] > 0})
    right = Linear(0, {k: (-c, n) for k, (c, n) in form.terms.items() if c < 0})
    if not left.terms:
        left, right, made, constant = right, left, _flipped(made), -constant
    if right.terms and constant > 0:
        left.constant = constant
    else:
        right.constant = -constant
    return ast.Compare(rebuild(left), [made], [rebuild(right)])


_FLIP: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
}


def _flipped(op: ast.cmpop) -> ast.cmpop:
    return _FLIP[type(op)]()


def flip(node: ast.Compare) -> ast.Compare:
    """The same comparison, sides exchanged."""
    return ast.Compare(node.comparators[0], [_flipped(node.ops[0])], [node.left])
