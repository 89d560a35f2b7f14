"""Lowers `dataclasses.replace`: a new instance with some of another's fields."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from verify_agent.verifier.frontend.lower_references import all_in_init, held
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.types import ClassType, FrozenType
from verify_agent.verifier.ir.walk import walk

if TYPE_CHECKING:
    from verify_agent.verifier.frontend.lower_calls import Calls

#: What could change the object that `replace` was given before its fields are read.
_EFFECTS = (ir.Call, ir.Method, ir.Construct, ir.Walrus)


def replaced(scope: Calls, node: ast.Call) -> ir.Expr:
    """`dataclasses.replace(x, field=value)` of a frozen dataclass: a new instance."""
    builder = scope.builder
    value = scope.expression(node.args[0]) if len(node.args) == 1 else None
    if value is None or not _has_model(value):
        raise scope.refuse("replace of what is no frozen dataclass with a model", node)
    assert isinstance(value.type, ClassType | FrozenType)
    key = value.type.name
    klass = builder.classes[key]
    bound = builder.class_sources[key]
    if f"{key}.__post_init__" in klass.methods or not all_in_init(bound.node):
        raise scope.refuse(f"replace of a {key}, which is made in another way,", node)
    types = {name: held(builder, type_) for name, type_ in klass.fields}
    given: dict[str, ir.Expr] = {}
    for keyword in node.keywords:
        if keyword.arg is None or keyword.arg not in types:
            raise scope.refuse(f"argument {keyword.arg}=", keyword.value)
        wanted = types[keyword.arg]
        given[keyword.arg] = scope.expression(keyword.value, wanted)
        scope.check(given[keyword.arg], wanted, f"field {keyword.arg}", keyword.value)
    scope.order_kept(node, list(given.items()), list(types))
    if not isinstance(value, ir.Var) and not _stays(scope.key, value, tuple(given.values())):
        raise scope.refuse("replace of what may change meanwhile", node)
    span = scope.span(node)
    args = tuple(
        given[name] if name in given else ir.Attribute(type_, span, value, name)
        for name, type_ in types.items()
    )
    return ir.Construct(value.type, span, key, args)


def _has_model(value: ir.Expr) -> bool:
    match value.type:
        case FrozenType():
            return True
        case ClassType(frozen=frozen):
            return frozen
        case _:
            return False


def _stays(function: str, value: ir.Expr, given: Sequence[ir.Expr]) -> bool:
    """Whether the value is a field of a variable that reads the same, and raises nothing, later."""
    match value:
        case ir.Attribute(base=ir.Var(type=ClassType() | FrozenType())):
            effects = any(isinstance(x, _EFFECTS) for x in walk(tuple(given)))
            return not effects and not function.endswith(".__init__")
        case _:
            return False
