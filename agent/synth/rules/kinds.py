"""The type of an expression as far as simplification has to know it, and whether it can raise."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from verify_agent.verifier.ir.types import BOOL, INT, STR, ListType, TupleType, Type

_INT_CALLS = frozenset(("len", "abs", "ord"))
_TEXT_CALLS = frozenset(("upper", "lower", "strip", "title", "capitalize", "swapcase", "replace"))
_TOTAL = (
    ast.Name, ast.Constant, ast.expr_context, ast.Add, ast.Sub, ast.Mult, ast.BinOp, ast.UnaryOp,
    ast.USub, ast.Not, ast.Compare, ast.cmpop, ast.BoolOp, ast.boolop, ast.IfExp, ast.Tuple,
)  # fmt: skip


def kind(node: ast.expr, types: Mapping[str, Type]) -> Type | None:
    """INT, BOOL, STR or a container's type where it is certain; None where it is not."""
    match node:
        case ast.Name(id=name):
            return types.get(name)
        case ast.Constant(value=bool()):
            return BOOL
        case ast.Constant(value=int()):
            return INT
        case ast.Constant(value=str()):
            return STR
        case ast.UnaryOp(op=ast.Not()) | ast.Compare():
            return BOOL
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return INT if kind(operand, types) in (INT, BOOL) else None
        case ast.BinOp(left=left, right=right):
            return _binary(node, kind(left, types), kind(right, types))
        case ast.BoolOp(values=values):
            return _common([kind(value, types) for value in values])
        case ast.IfExp(body=body, orelse=orelse):
            return _common([kind(body, types), kind(orelse, types)])
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            if name in _INT_CALLS:
                return INT
            if name in ("max", "min") and len(args) > 1:
                return _common([kind(arg, types) for arg in args])
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in _TEXT_CALLS:
            return STR if kind(owner, types) == STR else None
        case ast.Subscript(value=value, slice=index):
            return _item(kind(value, types), index)
    return None


def _binary(node: ast.BinOp, left: Type | None, right: Type | None) -> Type | None:
    numbers = (INT, BOOL)
    if left in numbers and right in numbers:
        match node.op:
            case ast.Add() | ast.Sub() | ast.Mult() | ast.FloorDiv() | ast.Mod():
                return INT
    if isinstance(node.op, ast.Add) and left == right and left not in numbers:
        return left
    return None


def _common(kinds: list[Type | None]) -> Type | None:
    return kinds[0] if kinds and all(k == kinds[0] for k in kinds) else None


def _item(owner: Type | None, index: ast.expr) -> Type | None:
    match owner, index:
        case TupleType(items), ast.Constant(value=int() as i) if -len(items) <= i < len(items):
            return items[i]
        case ListType(item), _:
            return owner if isinstance(index, ast.Slice) else item
    return STR if owner == STR else None


def is_int(node: ast.expr, types: Mapping[str, Type]) -> bool:
    """Whether an expression is certainly of type int and not bool."""
    return kind(node, types) == INT


def is_bool(node: ast.expr, types: Mapping[str, Type]) -> bool:
    """Whether an expression is certainly of type bool."""
    return kind(node, types) == BOOL


def is_total(node: ast.expr, types: Mapping[str, Type]) -> bool:
    """Whether evaluation certainly never raises: arithmetic and comparisons of scalars."""
    for part in ast.walk(node):
        match part:
            case ast.Call(func=ast.Name(id="max" | "min" | "abs" | "len"), keywords=[]):
                continue
            case ast.Name(id="max" | "min" | "abs" | "len"):
                continue
            case ast.Call():
                return False
            case ast.BinOp(op=ast.FloorDiv() | ast.Mod(), right=right):
                if not _nonzero(right) or not is_int(part, types):
                    return False
            case ast.FloorDiv() | ast.Mod():
                continue
            case _ if not isinstance(part, _TOTAL):
                return False
    return True


def _nonzero(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=int() as value):
            return value != 0
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            return value != 0
    return False


def nodes(node: ast.AST) -> int:
    """How many syntax-tree nodes an expression has."""
    return sum(1 for _ in ast.walk(node))


def same(left: ast.expr, right: ast.expr) -> bool:
    """Whether two expressions read the same."""
    return ast.unparse(left) == ast.unparse(right)
