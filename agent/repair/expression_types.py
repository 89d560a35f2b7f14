"""The type of an expression in a function's text, as far as its parts tell it."""

from __future__ import annotations

import libcst as cst

from verify_agent.agent.repair.sites import Source
from verify_agent.agent.repair.vocabulary import Vocabulary
from verify_agent.verifier.ir.types import (
    BOOL,
    INT,
    STR,
    BoolType,
    DictType,
    IntType,
    ListType,
    StrType,
    TupleType,
    Type,
)

_INT_CALLS = frozenset({"len", "int", "ord", "round"})
_SAME_AS_ARGUMENT = frozenset({"abs", "min", "max", "sorted"})


def type_of(source: Source, words: Vocabulary, node: cst.BaseExpression) -> Type | None:
    """The type, or None where the text alone does not tell it."""
    match node:
        case cst.Integer():
            return INT
        case cst.BaseString():
            return STR
        case cst.Name(value="True" | "False") | cst.Comparison() | cst.BooleanOperation():
            return BOOL
        case cst.Name() | cst.Attribute():
            return words.places.get(source.code(node))
        case cst.UnaryOperation(operator=cst.Not()):
            return BOOL
        case cst.UnaryOperation():
            return type_of(source, words, node.expression)
        case cst.BinaryOperation():
            return _joined(source, words, node)
        case cst.Call(func=cst.Name(value=name), args=[first, *_]):
            if name in _INT_CALLS:
                return INT
            same = name in _SAME_AS_ARGUMENT
            return _same(name, type_of(source, words, first.value)) if same else None
        case cst.Subscript():
            return _item(source, words, node)
        case cst.IfExp():
            return type_of(source, words, node.body)
        case _:
            return None


def is_int(source: Source, words: Vocabulary, node: cst.BaseExpression) -> bool:
    """Whether an expression is known to be an int."""
    return isinstance(type_of(source, words, node), IntType)


def _same(name: str, argument: Type | None) -> Type | None:
    if isinstance(argument, ListType) and name in ("min", "max"):
        return argument.item
    return argument


def _joined(source: Source, words: Vocabulary, node: cst.BinaryOperation) -> Type | None:
    if isinstance(node.operator, cst.Divide):
        return None
    left = type_of(source, words, node.left)
    right = type_of(source, words, node.right)
    numeric = (IntType, BoolType)
    if isinstance(left, numeric) and isinstance(right, numeric):
        return INT
    return left if not isinstance(left, numeric) else right


def _item(source: Source, words: Vocabulary, node: cst.Subscript) -> Type | None:
    held = type_of(source, words, node.value)
    sliced = any(isinstance(e.slice, cst.Slice) for e in node.slice)
    match held:
        case ListType() | StrType() if sliced:
            return held
        case ListType(item=item) | DictType(value=item):
            return item
        case StrType():
            return STR
        case TupleType(items=items):
            return items[0] if len(set(items)) == 1 else None
        case _:
            return None
