"""The fields of a class and their types, from annotations and from what `__init__` assigns."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_base import Names
from verify_agent.verifier.frontend.lower_infer import NEVER, join
from verify_agent.verifier.frontend.lower_program import ProgramBuilder
from verify_agent.verifier.frontend.lower_references import no_field
from verify_agent.verifier.frontend.lower_scope import BuiltinName, ClassName
from verify_agent.verifier.ir.types import (
    BOOL,
    INT,
    STR,
    ClassType,
    DictType,
    ListType,
    SetType,
    TupleType,
    Type,
)

#: The types of calls whose arguments do not matter, or are all ints.
_KNOWN: dict[str, Type] = {"len": INT, "int": INT, "ord": INT, "str": STR, "bool": BOOL}
_ALWAYS = frozenset(_KNOWN)
_KNOWN |= {"abs": INT, "min": INT, "max": INT}


def fields_of(builder: ProgramBuilder, key: str, bound: ClassName) -> list[tuple[str, Type]]:
    """Fields in order: those annotated in the class, then those that `__init__` makes."""
    found: list[tuple[str, Type]] = []
    for statement in bound.node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            kind = no_field(bound.module, statement.annotation)
            if kind == "ClassVar":
                continue
            if kind:
                construct = f"{kind} in a class"
                raise Unsupported(construct, statement.lineno, statement.col_offset)
            found.append((statement.target.id, builder.type_of(statement.annotation, bound.module)))
    for statement in bound.node.body:
        if isinstance(statement, ast.FunctionDef) and statement.name == "__init__":
            known = dict(found)
            found += [f for f in _made(builder, key, bound, statement) if f[0] not in known]
    return found


def _made(
    builder: ProgramBuilder, key: str, bound: ClassName, init: ast.FunctionDef
) -> list[tuple[str, Type]]:
    """Fields that `__init__` assigns: as annotated, else what all values of them join to."""
    me = init.args.args[0].arg if init.args.args else "self"
    parameters = {a.arg: a.annotation for a in init.args.args if a.annotation is not None}
    annotated: dict[str, Type] = {}
    inferred: dict[str, Type] = {}
    reader = _Reader(builder, key, bound, me, parameters)
    for node in _in_order(init):
        match node:
            case ast.AnnAssign(ast.Attribute(ast.Name(name), attribute), annotation) if name == me:
                annotated[attribute] = builder.type_of(annotation, bound.module)
            case ast.AnnAssign(ast.Name(name), annotation):
                reader.variable(name, builder.type_of(annotation, bound.module))
            case ast.Assign(targets, value):
                for target in targets:
                    match target:
                        case ast.Attribute(ast.Name(name), attribute) if name == me:
                            type_ = _simple(builder, bound, value, parameters)
                            type_ = reader.type_of(value) if type_ is None else type_
                            if type_ is not None:
                                inferred[attribute] = join(inferred.get(attribute, NEVER), type_)
                        case ast.Name(name):
                            reader.variable(name, reader.type_of(value))
            case _:
                continue
        reader.fields = {**inferred, **annotated}
    return list(reader.fields.items())


def _in_order(init: ast.FunctionDef) -> list[ast.stmt]:
    found = [n for n in ast.walk(init) if isinstance(n, ast.stmt)]
    return sorted(found, key=lambda n: (n.lineno, n.col_offset))


@dataclass
class _Reader:
    """Finds the types of values in a constructor, which may name what was assigned before."""

    builder: ProgramBuilder
    key: str
    bound: ClassName
    me: str
    parameters: dict[str, ast.expr]
    fields: dict[str, Type] = field(default_factory=dict)
    variables: dict[str, Type] = field(default_factory=dict)

    def variable(self, name: str, type_: Type | None) -> None:
        """A local variable may hold a value of the type."""
        if type_ is not None:
            self.variables[name] = join(self.variables.get(name, NEVER), type_)

    def type_of(self, value: ast.expr) -> Type | None:
        """The type that lowering gives the value; None where it can't be lowered yet."""
        from verify_agent.verifier.frontend.lower_functions import Functions

        module = self.bound.module
        types = {n: self.builder.type_of(a, module) for n, a in self.parameters.items()}
        types |= {**self.variables, self.me: ClassType(self.key)}
        names = Names(set(types), module.identifiers)
        scope = Functions(self.builder, module, f"{self.key}.__init__", names)
        scope.types, scope.declared = types, dict(types)
        scope.definite, scope.locals = set(types), frozenset(types)
        before = self.builder.classes[self.key]
        self.builder.classes[self.key] = replace(before, fields=tuple(self.fields.items()))
        try:
            return scope.expression(value).type
        except Unsupported:
            return None
        finally:
            self.builder.classes[self.key] = before


def _simple(
    builder: ProgramBuilder,
    bound: ClassName,
    value: ast.expr,
    parameters: dict[str, ast.expr],
) -> Type | None:
    """The type of a value that shows it at once."""
    match value:
        case ast.Name(name) if name in parameters:
            return builder.type_of(parameters[name], bound.module)
        case ast.Constant(bool()):
            return BOOL
        case ast.Constant(int()):
            return INT
        case ast.Constant(str()):
            return STR
        case ast.Compare() | ast.UnaryOp(ast.Not()):
            return BOOL
        case ast.UnaryOp(ast.USub(), operand):
            return INT if _simple(builder, bound, operand, parameters) == INT else None
        case ast.Call(ast.Name(name), [*args], []) if name in _KNOWN and bound.module.resolve(
            name
        ) == BuiltinName(name):
            parts = [_simple(builder, bound, a, parameters) for a in args]
            return _KNOWN[name] if name in _ALWAYS or set(parts) == {INT} else None
        case ast.Call(ast.Name("list"), [ast.Name(name)], []) if name in parameters:
            type_ = builder.type_of(parameters[name], bound.module)
            return type_ if isinstance(type_, ListType) else None
        case ast.List([]):
            return ListType(NEVER)
        case ast.Tuple(elts) if elts:
            known = [_simple(builder, bound, e, parameters) for e in elts]
            kinds = tuple(k for k in known if k is not None)
            return TupleType(kinds) if len(kinds) == len(elts) else None
        case ast.List(elts) | ast.BinOp(ast.List(elts), ast.Mult(), _):
            items = [_simple(builder, bound, e, parameters) for e in elts]
            first = items[0] if items else None
            return ListType(first) if first is not None and set(items) == {first} else None
        case ast.Dict([], []):
            return DictType(NEVER, NEVER)
        case ast.Call(ast.Name("set"), [], []):
            return SetType(NEVER)
        case ast.BinOp(left, _, right):
            parts = [_simple(builder, bound, p, parameters) for p in (left, right)]
            return INT if all(p == INT for p in parts) else None
        case _:
            return None
