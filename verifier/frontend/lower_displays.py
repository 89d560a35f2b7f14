"""Lowers displays, subscripts and f-strings."""

from __future__ import annotations

import ast

from verify_agent.verifier.frontend.lower_calls import Calls
from verify_agent.verifier.frontend.lower_infer import (
    NEVER,
    fits,
    index_type,
    join,
    join_all,
    members,
    show,
    slice_type,
)
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    BOOL,
    INT,
    STR,
    DictType,
    ListType,
    SetType,
    TupleType,
    Type,
    UnionType,
    VariadicTupleType,
)


class Displays(Calls):
    """Values written out, and parts of values."""

    def join(self, values: tuple[ir.Expr, ...]) -> Type:
        """The type of one of several values."""
        result = join_all(v.type for v in values)
        if {BOOL, INT} <= {m for v in values for m in members(v.type)}:
            self.builder.mixed = True
        return result

    def binary(self, node: ast.expr | ast.stmt, op: str, left: ir.Expr, right: ir.Expr) -> ir.Expr:
        """An operation on two values."""
        raise NotImplementedError

    # -- displays -------------------------------------------------------------------------------

    def display(
        self, node: ast.Tuple | ast.List | ast.Set | ast.Dict, expected: Type | None
    ) -> ir.Expr:
        """A tuple, list, set or dict written out."""
        match node:
            case ast.Dict():
                return self.dict_display(node, expected)
            case ast.Tuple(elts) if any(isinstance(e, ast.Starred) for e in elts):
                return self.spread(node, elts)
            case ast.Tuple(elts):
                wanted: list[Type | None] = [None] * len(elts)
                if isinstance(expected, TupleType) and len(expected.items) == len(elts):
                    wanted = list(expected.items)
                items = tuple(map(self.expression, elts, wanted))
                return ir.TupleExpr(TupleType(tuple(i.type for i in items)), self.span(node), items)
            case ast.List(elts):
                hint = expected.item if isinstance(expected, ListType) else None
                items = tuple(self.expression(e, hint) for e in elts)
                return ir.ListExpr(ListType(self.item(items, hint)), self.span(node), items)
            case ast.Set(elts):
                hint = expected.item if isinstance(expected, SetType) else None
                items = tuple(self.expression(e, hint) for e in elts)
                return ir.SetExpr(SetType(self.item(items, hint)), self.span(node), items)

    def spread(self, node: ast.expr, elts: list[ast.expr]) -> ir.Expr:
        """`(*a, x, *b)` of tuples: the sum of the parts, in their order."""
        parts: list[ir.Expr] = []
        for elt in elts:
            if isinstance(elt, ast.Starred):
                part = self.expression(elt.value)
                if not isinstance(part.type, TupleType | VariadicTupleType):
                    raise self.refuse(f"* of {show(part.type)} in a tuple", elt)
            else:
                item = self.expression(elt)
                part = ir.TupleExpr(TupleType((item.type,)), self.span(elt), (item,))
            parts.append(part)
        if len(parts) == 1:
            return parts[0]
        whole = parts[0]
        for part in parts[1:]:
            whole = self.binary(node, "+", whole, part)
        return whole

    def item(self, items: tuple[ir.Expr, ...], expected: Type | None) -> Type:
        """The type of a container's items: what is expected, where all of them fit."""
        found = self.join(items)
        if expected is None or not all(fits(i.type, expected) for i in items):
            return found
        if BOOL in members(found) and INT in members(expected):
            self.builder.mixed = True
        return join(expected, found) if isinstance(expected, UnionType) else expected

    def dict_display(self, node: ast.Dict, expected: Type | None) -> ir.Expr:
        """`{key: value, ...}`; values and keys in Python's order of evaluation."""
        keys, values = [], []
        wanted = expected if isinstance(expected, DictType) else None
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                raise self.refuse("** in a dict display", value)
            keys.append(self.expression(key, wanted and wanted.key))
            values.append(self.expression(value, wanted and wanted.value))
        type_ = DictType(
            self.item(tuple(keys), wanted and wanted.key),
            self.item(tuple(values), wanted and wanted.value),
        )
        return ir.DictExpr(type_, self.span(node), tuple(keys), tuple(values))

    # -- subscripts -----------------------------------------------------------------------------

    def subscript(self, node: ast.Subscript) -> ir.Expr:
        """An index or a slice."""
        base = self.expression(node.value)
        if isinstance(node.slice, ast.Slice):
            type_ = slice_type(base.type)
            if type_ == NEVER and base.type != NEVER:
                raise self.refuse(f"slice of {show(base.type)}", node)
            return ir.Slice(type_, self.span(node), base, *self.bounds(node.slice))
        index = self.expression(node.slice)
        called = self.indexed(node, base, index)
        if called is not None:
            return called
        type_ = index_type(base.type, literal_int(index))
        if type_ == NEVER and not _unknown(base.type):
            raise self.refuse(f"index into {show(base.type)}", node)
        self.index_fits(node, base, index)
        return ir.Index(type_, self.span(node), base, index)

    def bounds(self, node: ast.Slice) -> tuple[ir.Expr | None, ir.Expr | None, ir.Expr | None]:
        """A slice's parts, those that are None left out."""
        lower, upper, step = map(self.bound, (node.lower, node.upper, node.step))
        return lower, upper, step

    def bound(self, node: ast.expr | None) -> ir.Expr | None:
        """One part of a slice."""
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            return None
        value = self.expression(node)
        if value.type not in (INT, BOOL, NEVER):
            raise self.refuse(f"{show(value.type)} as a bound of a slice", node)
        return value

    def index_fits(self, node: ast.Subscript, base: ir.Expr, index: ir.Expr) -> None:
        """An index must be an int except for a dict."""
        dicts = any(isinstance(m, DictType) for m in members(base.type))
        whole = any(m in (INT, BOOL) for m in members(index.type))
        if not dicts and not whole and index.type != NEVER:
            raise self.refuse(f"{show(index.type)} as an index", node)

    def format_string(self, node: ast.JoinedStr) -> ir.Expr:
        """An f-string without format specifications."""
        parts: list[ir.Expr] = []
        for value in node.values:
            match value:
                case ast.Constant():
                    parts.append(self.expression(value))
                case ast.FormattedValue(inner, conversion, None) if conversion in (-1, 115, 114):
                    name = "repr" if conversion == 114 else "str"
                    parts.append(self.builtin_call(node, name, (self.expression(inner),)))
                case _:
                    raise self.refuse("format specification in an f-string", node)
        return ir.FormatString(STR, self.span(node), tuple(parts))


def literal_int(value: ir.Expr) -> int | None:
    """The value of an int literal, maybe negated; None for anything else."""
    match value:
        case ir.Const(value=int(number)):
            return number
        case ir.Unary(op="-", operand=ir.Const(value=int(number))):
            return -number
        case _:
            return None


def _unknown(type_: Type) -> bool:
    """Whether nothing is known yet of what the type holds."""
    match type_:
        case UnionType(several):
            return all(map(_unknown, several))
        case ListType(item):
            return item == NEVER
        case DictType(_, value):
            return value == NEVER
        case _:
            return False
