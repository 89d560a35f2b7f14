"""Lowers operators, displays, subscripts and names."""

from __future__ import annotations

import ast

from verify_agent.verifier.frontend.lower_calls import is_made
from verify_agent.verifier.frontend.lower_classes import class_constant
from verify_agent.verifier.frontend.lower_displays import Displays
from verify_agent.verifier.frontend.lower_infer import (
    NEVER,
    binary_type,
    can_contain,
    can_order,
    members,
    show,
    unary_type,
)
from verify_agent.verifier.frontend.lower_references import enum_type, held
from verify_agent.verifier.frontend.lower_scope import (
    BuiltinName,
    ClassName,
    ConstantName,
    FunctionName,
    Imported,
    Refused,
    StateName,
    assigned_names,
)
from verify_agent.verifier.frontend.lower_shared import only_read
from verify_agent.verifier.frontend.lower_state import read
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
    BoolType,
    ClassType,
    DictType,
    EnumType,
    FrozenType,
    IntType,
    ListType,
    OpaqueType,
    SetType,
    Type,
    is_immutable,
    is_value,
)

UNARY: dict[type[ast.unaryop], str] = {
    ast.USub: "-",
    ast.UAdd: "+",
    ast.Invert: "~",
    ast.Not: "not",
}
BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.Div: "/",
    ast.LShift: "<<",
    ast.RShift: ">>",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.MatMult: "@",
}
COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
    ast.In: "in",
    ast.NotIn: "not in",
}
_BUILTINS = (int, float, str, list, dict, set, tuple, range)
_CONSTANTS: dict[str, float] = {
    "math.inf": float("inf"),
    "math.nan": float("nan"),
    "math.pi": 3.141592653589793,
    "math.e": 2.718281828459045,
}


class Expressions(Displays):
    """The expression forms other than calls and comprehensions."""

    def expression(self, node: ast.expr, expected: Type | None = None) -> ir.Expr:
        match node:
            case ast.Constant():
                return self.constant(node)
            case ast.Name():
                return self.name(node)
            case ast.UnaryOp(op, operand):
                return self.unary(node, UNARY[type(op)], self.expression(operand))
            case ast.BinOp():
                return self.binary_node(node, expected)
            case ast.BoolOp(op, values):
                return self.logic(node, op, values, expected)
            case ast.Compare():
                return self.compare(node)
            case ast.IfExp(test, then, orelse):
                return self.if_expression(node, test, then, orelse, expected)
            case ast.Tuple() | ast.List() | ast.Set() | ast.Dict():
                return self.display(node, expected)
            case ast.Subscript():
                return self.subscript(node)
            case ast.Attribute():
                return self.attribute(node)
            case ast.Call():
                return self.call(node, expected)
            case ast.NamedExpr(ast.Name(name), value):
                return self.walrus(node, name, value)
            case ast.JoinedStr():
                return self.format_string(node)
            case ast.ListComp() | ast.SetComp() | ast.DictComp():
                return self.comprehension(node, expected)
            case ast.GeneratorExp():
                raise self.refuse("generator expression that is not consumed at once", node)
            case ast.Lambda():
                raise self.refuse("lambda that is not called directly", node)
            case _:
                raise self.refuse(type(node).__name__, node)

    # -- names and constants --------------------------------------------------------------------

    def constant(self, node: ast.Constant) -> ir.Expr:
        """A literal."""
        match node.value:
            case bool(value):
                return ir.Const(BOOL, self.span(node), value)
            case int(value):
                return ir.Const(INT, self.span(node), value)
            case float(value):
                return ir.Const(FLOAT, self.span(node), value)
            case str(value):
                return ir.Const(STR, self.span(node), value)
            case None:
                return ir.Const(NONE, self.span(node), None)
            case _:
                raise self.refuse(f"literal {node.value!r}", node)

    def name(self, node: ast.Name) -> ir.Expr:
        """A variable, or a constant of the module."""
        scoped = self.find_scoped(node.id)
        if scoped is not None:
            return ir.Var(scoped.type, self.span(node), scoped.name)
        if node.id in self.functions:
            raise self.refuse(f"function {node.id} as a value", node)
        if node.id in self.types or node.id in self.locals:
            return ir.Var(self.types.get(node.id, NEVER), self.span(node), node.id)
        match self.module.resolve(node.id):
            case ConstantName() as bound:
                return self.module_constant(node, node.id, bound)
            case StateName() as bound:
                return read(self, node, bound)
            case FunctionName() | ClassName() | BuiltinName():
                raise self.refuse(f"{node.id} as a value", node)
            case Imported(origin):
                return self.imported_constant(node, origin)
            case Refused(why):
                raise self.refuse(why, node)
            case _:
                raise self.refuse(f"unknown name {node.id}", node)

    def module_constant(self, node: ast.expr, name: str, bound: ConstantName) -> ir.Expr:
        """An immutable value that the module binds once: it stands where its name is used."""
        names = {n.id for n in ast.walk(bound.value) if isinstance(n, ast.Name)}
        if name in names:
            raise self.refuse(f"constant {name} that is made of itself", node)
        outer = Expressions(self.builder, bound.module, name, self.names)
        try:
            value = outer.expression(bound.value)
        except RecursionError:
            raise self.refuse(f"constant {name} that is made of itself", node)
        self.builder.shared |= is_made(value)
        if _is_table(value) and only_read(name, bound.module, self.module):
            return value
        if not is_immutable(value.type) or not _is_plain(value):
            raise self.refuse(f"module variable {name}, which is no immutable literal,", node)
        self.builder.constants[name] = value
        return value

    def module_attribute(self, node: ast.Attribute, origin: str) -> ir.Expr:
        """`module.name`: a constant of a module of the codebase, or of a library."""
        match self.module.member(origin, node.attr):
            case ConstantName() as bound:
                return self.module_constant(node, node.attr, bound)
            case None:
                return self.imported_constant(node, f"{origin}.{node.attr}")
            case Refused(why):
                raise self.refuse(why, node)
            case _:
                raise self.refuse(f"{origin}.{node.attr} as a value", node)

    def imported_constant(self, node: ast.expr, origin: str) -> ir.Expr:
        """A constant of a library."""
        if origin in _CONSTANTS:
            return ir.Const(FLOAT, self.span(node), _CONSTANTS[origin])
        raise self.refuse(f"{origin}", node)

    def attribute(self, node: ast.Attribute) -> ir.Expr:
        """A field or property of an object, a snapshot, or a constant of a module."""
        if isinstance(node.value, ast.Name) and self.is_free(node.value.id):
            if node.value.id == "OLD" and self.old is not None:
                if node.attr not in self.old:
                    raise self.refuse(f"OLD.{node.attr}, of which there is no snapshot,", node)
                return ir.Old(self.old[node.attr], self.span(node), node.attr)
            found = self.module.resolve(node.value.id)
            if isinstance(found, Imported):
                return self.module_attribute(node, found.origin)
            if isinstance(found, ClassName):
                enumeration = enum_type(found)
                if enumeration is not None and node.attr in enumeration.members:
                    return ir.EnumMember(enumeration, self.span(node), node.attr)
                constant = class_constant(found, node.attr)
                if constant is not None:
                    self.builder.class_key(found)
                    return self.expression(constant)
        base = self.expression(node.value)
        return self.field(node, base)

    def field(self, node: ast.Attribute, base: ir.Expr) -> ir.Expr:
        """A field or property of an instance."""
        classes = [m for m in members(base.type) if isinstance(m, ClassType | FrozenType)]
        if len(classes) != 1:
            raise self.refuse(f"attribute {node.attr} of {show(base.type)}", node)
        fields = dict(self.builder.classes[classes[0].name].fields)
        others = {m for m in members(base.type) if m not in (NONE, classes[0])}
        if others and any(hasattr(builtin, node.attr) for builtin in _BUILTINS):
            raise self.refuse(f"attribute {node.attr} of {show(base.type)}", node)
        if node.attr in fields:
            type_ = fields[node.attr]
            if isinstance(classes[0], FrozenType):
                type_ = held(self.builder, type_)
            return ir.Attribute(type_, self.span(node), base, node.attr)
        line = self.builder.ancestors(classes[0].name)
        first = next((a for a in line if node.attr in assigned_names(a.node.body)), line[0])
        constant = class_constant(first, node.attr)
        if constant is not None and isinstance(base, ir.Var):
            return self.expression(constant)
        return self.property_call(node, base, classes[0].name)

    # -- operators ------------------------------------------------------------------------------

    def unary(self, node: ast.expr, op: str, operand: ir.Expr) -> ir.Expr:
        """`-x`, `+x`, `~x`, `not x`."""
        type_ = unary_type(op, operand.type)
        if type_ == NEVER and operand.type != NEVER:
            raise self.refuse(f"{op} of {show(operand.type)}", node)
        return ir.Unary(type_, self.span(node), op, operand)

    def binary_node(self, node: ast.BinOp, expected: Type | None) -> ir.Expr:
        """`left op right`; a list made by `[...] * n` takes the expected type."""
        hint = expected if isinstance(expected, ListType) else None
        left = self.expression(node.left, hint)
        right = self.expression(node.right, hint if isinstance(node.op, ast.Add) else None)
        return self.binary(node, BINARY[type(node.op)], left, right)

    def binary(self, node: ast.expr | ast.stmt, op: str, left: ir.Expr, right: ir.Expr) -> ir.Expr:
        """An operation on two values."""
        if not isinstance(left.type, IntType | BoolType):
            self.meet([left.type, right.type])
        type_ = binary_type(op, left.type, right.type)
        if type_ == NEVER and NEVER not in (left.type, right.type):
            if op == "**" and left.type == FLOAT and right.type in (INT, BOOL):
                type_ = FLOAT
            else:
                raise self.refuse(f"{op} of {show(left.type)} and {show(right.type)}", node)
        return ir.Binary(type_, self.span(node), op, left, right)

    def logic(
        self, node: ast.BoolOp, op: ast.boolop, values: list[ast.expr], expected: Type | None
    ) -> ir.Expr:
        """`and` or `or`."""
        operands = tuple(self.expression(v, expected) for v in values)
        word = "and" if isinstance(op, ast.And) else "or"
        return ir.Logic(self.join(operands), self.span(node), word, operands)

    def compare(self, node: ast.Compare) -> ir.Expr:
        """One comparison or a chain."""
        operands = [self.expression(node.left)]
        for op, right in zip(node.ops, node.comparators, strict=True):
            operands.append(self.operand(COMPARE[type(op)], right))
        ops = tuple(COMPARE[type(op)] for op in node.ops)
        if len(ops) == 1:
            called = self.compared(node, ops[0], *operands)
            if called is not None:
                return called
        for word, left, after in zip(ops, operands, operands[1:], strict=False):
            self.comparable(node, word, left, after)
        if len(ops) == 1:
            return ir.Compare(BOOL, self.span(node), ops[0], operands[0], operands[1])
        return ir.Chain(BOOL, self.span(node), tuple(operands), ops)

    def operand(self, op: str, node: ast.expr) -> ir.Expr:
        """The right side of a comparison; `in` may look into a dict's views."""
        return self.iterable(node) if op in ("in", "not in") else self.expression(node)

    def comparable(self, node: ast.expr, op: str, left: ir.Expr, right: ir.Expr) -> None:
        """Refuse comparisons without an exact meaning."""
        types = (left.type, right.type)
        if NEVER in types:
            return
        if op in ("<", "<=", ">", ">=") and not can_order(*types):
            raise self.refuse(f"{op} of {show(left.type)} and {show(right.type)}", node)
        if op in ("in", "not in") and not can_contain(right.type):
            raise self.refuse(f"{op} {show(right.type)}", node)
        if op in ("is", "is not") and not _identity(left.type, right.type):
            raise self.refuse(f"{op} of {show(left.type)} and {show(right.type)}", node)
        if op in ("is", "is not") and ClassType in {type(m) for t in types for m in members(t)}:
            self.builder.identities.add((node.lineno, node.col_offset))

    def if_expression(
        self,
        node: ast.IfExp,
        test: ast.expr,
        then: ast.expr,
        orelse: ast.expr,
        expected: Type | None,
    ) -> ir.Expr:
        """`then if test else orelse`."""
        condition = self.expression(test)
        first, second = self.expression(then, expected), self.expression(orelse, expected)
        type_ = self.join((first, second))
        return ir.IfExp(type_, self.span(node), condition, first, second)

    def walrus(self, node: ast.NamedExpr, name: str, value: ast.expr) -> ir.Expr:
        """`(name := value)`."""
        if self.find_scoped(name) is not None or name not in self.locals:
            raise self.refuse(f"walrus to {name}", node)
        lowered = self.expression(value, self.declared.get(name))
        self.assign_variable(name, lowered, node)
        return ir.Walrus(lowered.type, self.span(node), name, lowered)

    def assign_variable(self, name: str, value: ir.Expr, node: ast.stmt | ast.expr) -> None:
        """The variable takes the value's type too."""
        if name in self.declared:
            if value.type == INT and self.declared[name] == FLOAT:
                self.join_variable(name, INT)
            else:
                self.check(value, self.declared[name], name, node)
            return
        self.join_variable(name, value.type)
        self.widen(value, self.types.get(name, value.type))


def _is_plain(value: ir.Expr) -> bool:
    match value:
        case ir.Const() | ir.EnumMember():
            return True
        case ir.Unary(operand=operand):
            return _is_plain(operand)
        case ir.Binary(left=left, right=right):
            return _is_plain(left) and _is_plain(right)
        case ir.TupleExpr(items=items):
            return all(map(_is_plain, items))
        case ir.Construct(type=made, args=args):
            return is_value(made) and all(map(_is_plain, args))
        case ir.Builtin(
            name="frozenset", args=(ir.SetExpr(items=items) | ir.TupleExpr(items=items),)
        ):
            return all(map(_is_plain, items))
        case _:
            return False


def _is_table(value: ir.Expr) -> bool:
    """Whether it displays a list, set or dict of immutable literals, of which there are some."""
    match value:
        case ir.ListExpr(items=items) | ir.SetExpr(items=items):
            parts = items
        case ir.DictExpr(keys=keys, values=values):
            parts = (*keys, *values)
        case _:
            return False
    return bool(parts) and all(is_immutable(p.type) and _is_plain(p) for p in parts)


def _identity(left: Type, right: Type) -> bool:
    """Whether `is` says the same in every implementation."""
    if any(isinstance(t, OpaqueType) and not t.nominal for t in (left, right)):
        return False
    if NONE in (left, right) or left == right == BOOL:
        return True
    sides = [m for t in (left, right) for m in members(t) if m != NONE]
    if all(isinstance(m, EnumType) for m in sides):
        return True
    return all(isinstance(m, ListType | DictType | SetType | ClassType) for m in sides)
