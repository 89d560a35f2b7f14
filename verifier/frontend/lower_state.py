"""Module variables that functions write.

Functions that read or write them take a further, last argument that no call can name: an object
whose fields are the module's variables. On entry they have any values of their types, as other
functions may have written them before. The types are those of the annotation or of the first
value: every function that writes is lowered, so that it keeps to them.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from verify_agent.contracts.model import Contract
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import Span
from verify_agent.verifier.frontend.lower_scope import FunctionName, ModuleScope, StateName
from verify_agent.verifier.ir.nodes import Attribute, Class, Const, Var
from verify_agent.verifier.ir.types import BOOL, INT, STR, ClassType, Type

if TYPE_CHECKING:
    from verify_agent.verifier.frontend.lower_base import Base
    from verify_agent.verifier.frontend.lower_program import ProgramBuilder, Source

_TYPES: dict[type, Type] = {int: INT, bool: BOOL, str: STR}
_NAME = re.compile(r"\w+")


def state_argument(builder: ProgramBuilder, source: Source) -> tuple[str, ClassType] | None:
    """The name and type of the hidden argument; None for a function that needs none."""
    node = source.node
    if source.owner or source.types is not None or not isinstance(node, ast.FunctionDef):
        return None
    variables = _variables(source.module)
    if not variables:
        return None
    names = _mentioned(node) | set(_NAME.findall(_text(source.contract)))
    reached = _reached(names, source.module)
    if not reached & variables.keys():
        return None
    return _name(source.module), _class(builder, source.module, variables)


def writes(source: Source) -> bool:
    """Whether the function, or one of its module that it may call, writes module variables."""
    reached = _reached(_mentioned(source.node), source.module)
    bound = [source.module.bindings.get(name) for name in reached]
    nodes = [source.node, *(b.node for b in bound if isinstance(b, FunctionName))]
    return any(isinstance(n, ast.Global) for node in nodes for n in ast.walk(node))


def read(scope: Base, node: ast.expr, bound: StateName) -> Attribute:
    """The variable's value now."""
    known = _object(scope, node, bound.module)
    fields = dict(scope.builder.classes[_key(bound.module)].fields)
    if bound.name not in fields:
        raise scope.refuse(f"the module variable {bound.name}, which is written,", node)
    return Attribute(fields[bound.name], scope.span(node), known, bound.name)


def _object(scope: Base, node: ast.expr, module: ModuleScope) -> Var:
    name, type_ = _name(module), ClassType(_key(module))
    if scope.types.get(name) != type_:
        raise scope.refuse("module variables that are written, in this place", node)
    return Var(type_, scope.span(node), name)


def passed_on(scope: Base, node: ast.expr, source: Source) -> Var:
    """The hidden argument of a call; a contract must not change what it speaks of."""
    if scope.contract and writes(source):
        construct = f"a contract that calls {source.key}, which writes module variables"
        raise scope.refuse(construct, node)
    return _object(scope, node, source.module)


def declared_global(node: ast.FunctionDef | ast.Lambda) -> frozenset[str]:
    """The names that a function's own scope declares `global`."""
    return frozenset(name for found in _own_globals(node) for name in found.names)


def check_writers(builder: ProgramBuilder, line: int) -> None:
    """Refuse where a function that writes the variables was not lowered, so may write anything."""
    for writer in builder.writers:
        if writer not in builder.functions or builder.functions[writer].trusted:
            why = builder.unsupported.get(writer, "").removeprefix("unsupported: ")
            raise Unsupported(f"module variables that {writer} writes ({why})", line)


def _variables(module: ModuleScope) -> dict[str, StateName]:
    return {n: b for n, b in module.bindings.items() if isinstance(b, StateName)}


def _name(module: ModuleScope) -> str:
    name = "module_state"
    while name in module.identifiers:
        name += "_"
    return name


def _key(module: ModuleScope) -> str:
    return f"variables of {module.name}"


def _class(
    builder: ProgramBuilder, module: ModuleScope, variables: dict[str, StateName]
) -> ClassType:
    """The class of the object, made when it is asked for first."""
    key = _key(module)
    if key not in builder.classes:
        fields: list[tuple[str, Type]] = []
        first: list[Const] = []
        for name, bound in variables.items():
            value = ast.literal_eval(bound.value)
            type_ = _TYPES[type(value)]
            if bound.annotation is None or builder.type_of(bound.annotation, module) == type_:
                fields.append((name, type_))
                first.append(Const(type_, _span(bound.value), value))
        builder.classes[key] = Class(
            key, tuple(fields), (), (), dataclass=True, module=module.name, first=tuple(first)
        )
        builder.writers += [
            builder.function_key(FunctionName(node, module)) for node in _writers(module, variables)
        ]
    return ClassType(key)


def _writers(module: ModuleScope, variables: dict[str, StateName]) -> list[ast.FunctionDef]:
    """The module's functions that write; `Unsupported` where others do."""
    functions = [s for s in module.tree.body if isinstance(s, ast.FunctionDef)]
    found = [f for f in functions if declared_global(f) & variables.keys()]
    declaring = [n for n in ast.walk(module.tree) if isinstance(n, ast.Global)]
    inside = {id(n) for f in functions for n in _own_globals(f)}
    for node in declaring:
        if id(node) not in inside and set(node.names) & variables.keys():
            construct = "global statement outside of a module's function"
            raise Unsupported(construct, node.lineno, node.col_offset)
    return found


def _own_globals(function: ast.FunctionDef | ast.Lambda) -> list[ast.Global]:
    found: list[ast.Global] = []
    pending: list[ast.AST] = list(ast.iter_child_nodes(function))
    while pending:
        part = pending.pop()
        if isinstance(part, ast.Global):
            found.append(part)
        if not isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            pending += ast.iter_child_nodes(part)
    return found


def _mentioned(node: ast.AST) -> set[str]:
    found = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    return found.union(*(n.names for n in ast.walk(node) if isinstance(n, ast.Global)))


def _text(contract: Contract) -> str:
    conditions = [*contract.requires, *contract.ensures, *(r.condition for r in contract.raises)]
    return "\n".join([c.text for c in conditions] + [s.text for s in contract.snapshots])


def _reached(names: set[str], module: ModuleScope) -> set[str]:
    """The names, and all that the module's functions of these names mention."""
    found: set[str] = set()
    pending = set(names)
    while pending:
        name = pending.pop()
        found.add(name)
        bound = module.bindings.get(name)
        if isinstance(bound, FunctionName):
            pending |= _mentioned(bound.node) - found
    return found


def _span(node: ast.expr) -> Span:
    return Span(node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)
