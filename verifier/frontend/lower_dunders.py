"""Lowers what Python does by methods of a class: `len`, `in`, indexing, `==`, `super()`.

Such an operation on an instance is a call of the method. The instance and the other operand are
given in the order of the method's parameters, so one of them must not be able to notice.
"""

from __future__ import annotations

import ast

from verify_agent.verifier.frontend.lower_infer import members
from verify_agent.verifier.frontend.lower_local import LocalFunctions
from verify_agent.verifier.frontend.lower_program import Source
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import BOOL, INT, ClassType, Type

LENGTH = "__len__"


class Dunders(LocalFunctions):
    """Operations that are calls of an instance's methods."""

    def result(self, node: ast.expr, source: Source) -> Type:
        """The type of a call's result."""
        raise NotImplementedError

    def own_method(self, type_: Type, name: str) -> Source | None:
        """The method by that name of an instance's class, where it has one."""
        if not isinstance(type_, ClassType):
            return None
        return self.builder.method_source(type_.name, name)

    def method_call(
        self, node: ast.expr, source: Source, base: ir.Expr, *given: ir.Expr
    ) -> ir.Expr:
        """The call of a method by Python itself."""
        parameters = self.builder.parameters(source)
        if len(parameters) != 1 + len(given):
            raise self.refuse(f"{source.key} with other parameters", node)
        for parameter, value in zip(parameters[1:], given, strict=True):
            self.check(value, parameter.type, f"argument {parameter.name}", node)
        return ir.Call(self.result(node, source), self.span(node), source.key, (base, *given))

    def length(self, node: ast.expr, base: ir.Expr) -> ir.Expr | None:
        """`len(instance)`: what `__len__` returns, which must be a length."""
        source = self.own_method(base.type, LENGTH)
        if source is None:
            return None
        made = self.method_call(node, source, base)
        if made.type not in (INT, BOOL):
            raise self.refuse("a __len__ that gives no int", node)
        return made if _gives_length(source) else ir.Builtin(INT, self.span(node), LENGTH, (made,))

    def indexed(self, node: ast.expr, base: ir.Expr, index: ir.Expr) -> ir.Expr | None:
        """`instance[index]`."""
        source = self.own_method(base.type, "__getitem__")
        return None if source is None else self.method_call(node, source, base, index)

    def compared(self, node: ast.expr, op: str, left: ir.Expr, right: ir.Expr) -> ir.Expr | None:
        """A comparison that a method of one side decides."""
        match op:
            case "in" | "not in":
                source, base, other = self.own_method(right.type, "__contains__"), right, left
            case "==" | "!=":
                source, base, other = self.equality(node, left, right), left, right
            case _:
                return None
        if source is None:
            return None
        if op.endswith("in") and not any(isinstance(x, ir.Const | ir.Var) for x in (left, right)):
            raise self.refuse("`in` whose sides both compute something", node)
        made = self.method_call(node, source, base, other)
        if op in ("==", "!=") and made.type != BOOL:
            raise self.refuse("an __eq__ that gives no bool", node)
        truth = ir.Builtin(BOOL, self.span(node), "bool", (made,))
        negated = op in ("not in", "!=")
        return ir.Unary(BOOL, self.span(node), "not", truth) if negated else truth

    def equality(self, node: ast.expr, left: ir.Expr, right: ir.Expr) -> Source | None:
        """The `__eq__` that decides: of the left side, where both are of one class."""
        sides = [m for x in (left, right) for m in members(x.type)]
        if not any(self.own_method(m, "__eq__") for m in sides):
            return None
        if left.type != right.type or not isinstance(left.type, ClassType):
            raise self.refuse("== of instances of a class with __eq__ and something else", node)
        return self.own_method(left.type, "__eq__")

    def of_class(self, node: ast.expr, value: ir.Expr, klass: str) -> ir.Expr | None:
        """`isinstance(value, Class)` where the value's type tells; None where it does not."""
        if not (isinstance(value, ir.Var) and isinstance(value.type, ClassType)):
            return None
        line = [value.type.name]
        while bases := self.builder.classes[line[-1]].bases:
            line.append(bases[0])
        return ir.Const(BOOL, self.span(node), klass in line)

    def super_method(self, node: ast.Call, name: str) -> tuple[Source, ir.Expr] | None:
        """What `super().name` stands for in a method, with the receiver; None for other calls."""
        match node.func:
            case ast.Attribute(ast.Call(ast.Name("super"), [], []), _):
                pass
            case _:
                return None
        here = self.builder.sources.get(self.key)
        arguments = here.node.args.args if here is not None else []
        found = self.builder.super_source(here, name) if here is not None else None
        if found is None or here is None or here.owner is None or not arguments:
            raise self.refuse(f"super().{name}", node)
        first = arguments[0].arg
        if first in self.bindings:
            raise self.refuse("super() where the receiver is bound anew", node)
        return found, ir.Var(ClassType(here.owner), self.span(node), first)


def _gives_length(source: Source) -> bool:
    """Whether the method is plainly `return len(...)`."""
    match [s for s in getattr(source.node, "body", []) if not isinstance(s, ast.Expr)]:
        case [ast.Return(ast.Call(ast.Name("len"), [ast.Attribute()], []))]:
            return True
        case _:
            return False
