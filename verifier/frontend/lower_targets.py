"""Lowers what is assigned to."""

from __future__ import annotations

import ast

from verify_agent.verifier.frontend.lower_expressions import Expressions
from verify_agent.verifier.frontend.lower_infer import NEVER, item_type, join, members, show
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import (
    ClassType,
    DictType,
    ListType,
    Type,
)


class Targets(Expressions):
    """Targets of assignments and loops; what holds a value learns its type."""

    def expected(self, target: ast.expr) -> Type | None:
        """The type that a target wants: as declared, or as found in the round before."""
        match target:
            case ast.Name(name):
                return self.declared.get(name) or self.types.get(name)
            case ast.Subscript(value, index) if not isinstance(index, ast.Slice):
                if isinstance(value, ast.Name):
                    base = self.types.get(value.id)
                    if isinstance(base, ListType):
                        return base.item
                    return base.value if isinstance(base, DictType) else None
                return None
            case ast.Attribute(ast.Name("self"), name) if "self" in self.types:
                owner = self.types["self"]
                if isinstance(owner, ClassType):
                    return dict(self.builder.classes[owner.name].fields).get(name)
                return None
            case _:
                return None

    def target(self, node: ast.expr, value: ir.Expr) -> ir.Target:
        """Where a value goes; what holds it takes its type."""
        match node:
            case ast.Name(name) if name in self.written:
                variable = self.name(node)
                if not isinstance(variable, ir.Attribute):
                    raise self.refuse(f"assignment to {name}, which is global,", node)
                self.check(value, variable.type, name, node)
                return ir.AttributeTarget(variable.base, name)
            case ast.Name(name):
                self.assign_variable(name, value, node)
                return ir.NameTarget(name, self.types.get(name, value.type))
            case ast.Subscript():
                return self.item_target(node, value.type)
            case ast.Attribute(base, name):
                field = self.field_target(node, base, name)
                wanted = field.type
                self.check(value, wanted, f"field {name}", node)
                return ir.AttributeTarget(field.base, name)
            case ast.Tuple(elts) | ast.List(elts):
                return self.unpack(node, elts, value)
            case _:
                raise self.refuse(f"assignment to {type(node).__name__}", node)

    def unpack(self, node: ast.expr, elts: list[ast.expr], value: ir.Expr) -> ir.TupleTarget:
        """`a, *b = value`."""
        types = self.unpacked(value.type, elts, node)
        stars = [n for n, e in enumerate(elts) if isinstance(e, ast.Starred)]
        sources: tuple[ir.Expr, ...] = tuple(ir.Const(t, value.span, None) for t in types)
        if isinstance(value, ir.TupleExpr) and not stars:
            sources = value.items
        plain = [e.value if isinstance(e, ast.Starred) else e for e in elts]
        parts = tuple(map(self.target, plain, sources))
        return ir.TupleTarget(parts, stars[0] if stars else None)

    def field_target(self, node: ast.Attribute, base: ast.expr, name: str) -> ir.Attribute:
        """A field that is assigned to."""
        lowered = self.expression(base)
        field = self.field(node, lowered)
        if not isinstance(field, ir.Attribute):
            raise self.refuse(f"assignment to the property {name}", node)
        for member in members(lowered.type):
            if isinstance(member, ClassType) and self.builder.classes[member.name].frozen:
                raise self.refuse(f"assignment to a field of the frozen {member.name}", node)
        return field

    def item_target(self, node: ast.Subscript, value: Type) -> ir.ItemTarget | ir.SliceTarget:
        """`base[index]` or `base[lower:upper]` that is assigned to."""
        base = self.expression(node.value)
        if isinstance(node.slice, ast.Slice):
            if not isinstance(base.type, ListType):
                raise self.refuse(f"assignment to a slice of {show(base.type)}", node)
            after: Type = ListType(join(base.type.item, item_type(value) or NEVER))
            self.grown(node, base, after)
            return ir.SliceTarget(base, *self.bounds(node.slice))
        index = self.expression(node.slice)
        match base.type:
            case ListType(item):
                self.index_fits(node, base, index)
                after = ListType(join(item, value))
            case DictType(key, held):
                after = DictType(join(key, index.type), join(held, value))
            case _ if base.type == NEVER:
                return ir.ItemTarget(base, index)
            case _:
                raise self.refuse(f"assignment to an item of {show(base.type)}", node)
        self.grown(node, base, after)
        return ir.ItemTarget(base, index)

    def grown(self, node: ast.expr, base: ir.Expr, after: Type) -> None:
        """A container that takes values of a type that was not known of."""
        if after == base.type:
            return
        self.widen(base, after)
        if self.can_grow(base):
            return
        raise self.refuse(f"{show(after)} where {show(base.type)} is declared", node)
