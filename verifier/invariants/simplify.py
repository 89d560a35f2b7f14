"""Folding what is plain in a formula after something was put in: literals, displays."""

from __future__ import annotations

import operator
from collections.abc import Callable

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir

TRUE = n.Const(ir.BOOL, r.NOWHERE, True)
FALSE = n.Const(ir.BOOL, r.NOWHERE, False)

_COMPARED: dict[str, Callable[[object, object], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "is": operator.eq,
    "is not": operator.ne,
}
_OPPOSITE = {"==": "!=", "<": ">=", "<=": ">", "in": "not in", "is": "is not"}
_OPPOSITE |= {b: a for a, b in _OPPOSITE.items()}


def simplified(expr: n.Expr) -> n.Expr:
    """The same truth with comparisons of literals decided; negations pushed inwards."""
    match expr:
        case n.Compare(op=op, left=left, right=right) if op in ("==", "!=", "is", "is not"):
            return _equation(op, simplified(left), simplified(right), expr)
        case n.Logic(op=op, operands=operands):
            return _logic(op, [simplified(x) for x in operands])
        case n.Unary(op="not", operand=operand):
            return negated(simplified(operand))
        case n.Index(base=base, index=index):
            inner, at = simplified(base), r.number(index)
            if isinstance(inner, n.TupleExpr) and at is not None and at < len(inner.items):
                return inner.items[at]
            return expr if inner == base else n.Index(expr.type, expr.span, inner, index)
        case n.Chain():
            return _logic("and", [simplified(x) for x in r.conjuncts(expr)])
        case n.Binary(op=op, left=left, right=right):
            return n.Binary(expr.type, expr.span, op, simplified(left), simplified(right))
        case _:
            return expr


def items_of_displays(expr: n.Expr) -> n.Expr:
    """The expression with `(a, b)[0]` read as `a`, wherever it stands."""

    def change(node: object) -> n.Expr | None:
        if isinstance(node, n.Index) and isinstance(node.base, n.TupleExpr):
            at = r.number(node.index)
            if at is not None and -len(node.base.items) <= at < len(node.base.items):
                return items_of_displays(node.base.items[at])
        return None

    made: n.Expr = r.rewritten(expr, change)
    return made


def _equation(op: str, left: n.Expr, right: n.Expr, expr: n.Compare) -> n.Expr:
    a, b = _literal(left), _literal(right)
    if a is not None and b is not None:
        return TRUE if _COMPARED[op](a, b) else FALSE
    for literal, other in ((a, right), (b, left)):
        if literal is not None and type(literal[0]) is bool and other.type == ir.BOOL:
            return other if literal[0] == (op in ("==", "is")) else negated(other)
    return n.Compare(expr.type, expr.span, op, left, right)


def _literal(expr: n.Expr) -> tuple[object, ...] | None:
    value = r.number(expr)
    if value is not None:
        return (value,)
    if isinstance(expr, n.Const):
        return (expr.value,)
    if isinstance(expr, n.TupleExpr):
        parts = [_literal(x) for x in expr.items]
        return None if None in parts else tuple(parts)
    return None


def _logic(op: str, parts: list[n.Expr]) -> n.Expr:
    neutral, deciding = (TRUE, FALSE) if op == "and" else (FALSE, TRUE)
    kept: list[n.Expr] = []
    for part in parts:
        if part == deciding:
            return deciding
        if part != neutral:
            kept.append(part)
    if not kept:
        return neutral
    return kept[0] if len(kept) == 1 else n.Logic(ir.BOOL, r.NOWHERE, op, tuple(kept))


def negated(expr: n.Expr) -> n.Expr:
    """The negation, pushed through connectives, quantifiers and comparisons.

    >>> from verify_agent.verifier.ir.printer import expression
    >>> expression(negated(r.compare("<", r.name("i"), r.name("n"))))
    'i >= n'
    """
    match expr:
        case n.Const(value=bool(value)):
            return FALSE if value else TRUE
        case n.Unary(op="not", operand=operand):
            return operand
        case n.Compare(op=op, left=left, right=right) if op in _OPPOSITE and _total(left, right):
            return n.Compare(ir.BOOL, r.NOWHERE, _OPPOSITE[op], left, right)
        case n.Logic(op=op, operands=operands):
            return _logic("or" if op == "and" else "and", [negated(x) for x in operands])
        case n.Builtin(name=("all" | "any") as name, args=(n.Comprehension() as inner,)):
            made = n.Comprehension(
                inner.type, inner.span, inner.kind, negated(inner.element), inner.generators
            )
            return n.Builtin(ir.BOOL, r.NOWHERE, "any" if name == "all" else "all", (made,))
        case n.Chain():
            return _logic("or", [negated(x) for x in r.conjuncts(expr)])
        case _:
            return r.negation(expr)


def _total(left: n.Expr, right: n.Expr) -> bool:
    """Whether not being less is being at least: not so for floats and sets."""
    partial = (ir.FloatType, ir.SetType)
    return not isinstance(left.type, partial) and not isinstance(right.type, partial)
