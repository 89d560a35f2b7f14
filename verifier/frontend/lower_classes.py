"""Lowers classes: fields with their types, methods, invariants."""

from __future__ import annotations

import ast
from dataclasses import replace

from verify_agent.contracts.inheritance import inherited_invariants
from verify_agent.contracts.parse import scope_of
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_base import Names
from verify_agent.verifier.frontend.lower_fields import fields_of
from verify_agent.verifier.frontend.lower_program import ProgramBuilder, Source
from verify_agent.verifier.frontend.lower_references import is_compared, is_extended, no_field
from verify_agent.verifier.frontend.lower_scope import BuiltinName, ClassName, Imported
from verify_agent.verifier.ir.nodes import Class, Clause
from verify_agent.verifier.ir.types import ClassType, Type

#: Methods that Python calls by itself, and that have a meaning here (`lower_dunders`).
_DUNDERS = frozenset(
    {"__init__", "__repr__", "__str__", "__len__", "__contains__", "__getitem__", "__eq__"}
)
_PLAIN_BASES = frozenset({"icontract.DBC", "abc.ABC"})
_PLAIN_METACLASSES = frozenset({"icontract.DBCMeta", "abc.ABCMeta"})


def lower_class(builder: ProgramBuilder, key: str, bound: ClassName) -> Class:
    """The class as a value; its methods are put on the list of those to lower.

    It has the fields and methods of the class that it derives from too: a method that is not
    overridden is lowered once more, for this class.
    """
    node = bound.node
    is_dataclass, frozen = _decorators(bound)
    above = _parent(builder, bound)
    parent = None if above is None else builder.classes[above]
    if parent is not None:
        _check_family(builder, bound, parent, (is_dataclass, frozen))
    for keyword in node.keywords:
        if keyword.arg != "metaclass" or _origin(bound, keyword.value) not in _PLAIN_METACLASSES:
            raise _refuse("keyword of a class", keyword.value)
    _check_body(bound, is_dataclass)
    fields: dict[str, Type] = dict(parent.fields) if parent else {}
    bases = () if above is None else (above,)
    made = Class(key, (), (), (), bases, is_dataclass, frozen, is_extended(bound))
    builder.classes[key] = made
    for name, type_ in fields_of(builder, key, bound):
        if fields.setdefault(name, type_) != type_:
            raise _refuse(f"the field {name}, which is of another type in a base class", node)
    _check_slots(node, fields)
    names = [m.rpartition(".")[2] for m in parent.methods] if parent else []
    names += [s.name for s in node.body if isinstance(s, ast.FunctionDef)]
    methods = tuple(f"{key}.{name}" for name in dict.fromkeys(names))
    made = replace(made, fields=tuple(fields.items()), methods=methods)
    builder.classes[key] = made
    for method in methods:
        builder.method_source(key, method.rpartition(".")[2])
    return replace(made, invariants=_invariants(builder, key, bound))


def _parent(builder: ProgramBuilder, bound: ClassName) -> str | None:
    """The key of the class that it derives from, which is lowered first."""
    found: list[str] = []
    for base in bound.node.bases:
        if isinstance(base, ast.Name):
            match bound.module.resolve(base.id):
                case BuiltinName("object"):
                    continue
                case ClassName() as above if above.module is bound.module:
                    found.append(builder.class_key(above))
                    continue
        if _origin(bound, base) not in _PLAIN_BASES:
            raise _refuse(f"base class {ast.unparse(base)}", base)
    if len(found) > 1:
        raise _refuse("several base classes", bound.node.bases[-1])
    return found[0] if found else None


def _check_family(
    builder: ProgramBuilder, bound: ClassName, parent: Class, kind: tuple[bool, bool]
) -> None:
    """Refuse what makes a class more than what it derives from and what it adds."""
    if kind != (parent.dataclass, parent.frozen):
        raise _refuse("a dataclass and a plain class in one family", bound.node)
    for ancestor in (bound, *builder.ancestors(parent.name)):
        for node in ast.walk(ancestor.node):
            if isinstance(node, ast.Attribute) and _mangled(node.attr):
                raise _refuse(f"the private name {node.attr} in a family of classes", node)
            if isinstance(node, ast.FunctionDef) and _mangled(node.name):
                raise _refuse(f"the private name {node.name} in a family of classes", node)


def _mangled(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def _invariants(builder: ProgramBuilder, key: str, bound: ClassName) -> tuple[Clause, ...]:
    """The invariants that the text puts on the class and what it derives from."""
    from verify_agent.verifier.frontend.lower_functions import Contracts

    scope = scope_of(bound.module.source, bound.module.tree)
    family = tuple(a.node for a in builder.ancestors(key)[1:])
    reading = inherited_invariants(bound.node, family, scope)
    for unread in reading.unread:
        raise Unsupported(unread.construct, unread.line, unread.column)
    node = ast.parse("def f(self): ...").body[0]
    if not isinstance(node, ast.FunctionDef):
        raise TypeError(node)
    ast.copy_location(node, bound.node)
    source = Source(key, node, bound.module, owner=key)
    names = Names(set(), bound.module.identifiers)
    contracts = Contracts(builder, source, names, [("self", ClassType(key))])
    return contracts.invariants(reading.contract.invariants)


def _decorators(bound: ClassName) -> tuple[bool, bool]:
    """Whether the class is a dataclass, and a frozen one."""
    is_dataclass = frozen = False
    for decorator in bound.node.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        origin = _origin(bound, target)
        if origin == "dataclasses.dataclass":
            is_dataclass = True
            for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
                if keyword.arg == "frozen" and isinstance(keyword.value, ast.Constant):
                    frozen = bool(keyword.value.value)
                elif keyword.arg != "slots":
                    raise _refuse(f"dataclass with {keyword.arg}=", keyword.value)
        elif origin not in ("icontract.invariant", "typing.final"):
            raise _refuse(f"decorator {ast.unparse(target)} of a class", decorator)
    return is_dataclass, frozen


def _origin(bound: ClassName, node: ast.expr) -> str:
    match node:
        case ast.Name(name):
            found = bound.module.resolve(name)
            return found.origin if isinstance(found, Imported) else ""
        case ast.Attribute(ast.Name(name), attribute):
            found = bound.module.resolve(name)
            return f"{found.origin}.{attribute}" if isinstance(found, Imported) else ""
        case _:
            return ""


def _check_body(bound: ClassName, is_dataclass: bool) -> None:
    names: set[str] = set()
    for statement in bound.node.body:
        match statement:
            case ast.FunctionDef(name=name):
                dunder = name.startswith("__") and name.endswith("__")
                if (dunder and name not in _DUNDERS) or (name == "__init__" and is_dataclass):
                    raise _refuse(f"method {name}", statement)
                if name in names:
                    raise _refuse(f"method {name}, which is defined more than once", statement)
                names.add(name)
            case ast.Expr(ast.Constant()) | ast.Pass() | ast.AnnAssign(value=None):
                pass
            case ast.AnnAssign(annotation=annotation, value=value) if is_dataclass and not no_field(
                bound.module, annotation
            ):
                if value is not None and not is_compared(bound.module, value):
                    raise _refuse("field that may be left out of comparisons", value)
            case ast.Assign([ast.Name("__slots__")], _):
                pass
            case ast.Assign(
                [ast.Name(name)], ast.Constant() | ast.UnaryOp(_, ast.Constant())
            ) | ast.AnnAssign(
                ast.Name(name), _, ast.Constant() | ast.UnaryOp(_, ast.Constant())
            ) if isinstance(statement, ast.Assign) or is_class_variable(bound, statement):
                if name in names or name.startswith("__"):
                    raise _refuse(f"class attribute {name}", statement)
                names.add(name)
            case _:
                raise _refuse(f"{type(statement).__name__} in a class", statement)


def is_class_variable(bound: ClassName, statement: ast.AnnAssign) -> bool:
    """Whether it is annotated as a variable of the class, and none of its instances."""
    return no_field(bound.module, statement.annotation) == "ClassVar"


def class_constant(bound: ClassName, name: str) -> ast.expr | None:
    """The literal that a class attribute holds; `Unsupported` where the module sets it again."""
    for statement in bound.node.body:
        match statement:
            case ast.Assign([ast.Name(target)], value) | ast.AnnAssign(
                ast.Name(target), _, value
            ) if target == name != "__slots__" and (
                isinstance(statement, ast.Assign) or is_class_variable(bound, statement)
            ):
                for node in ast.walk(bound.module.tree):
                    if (
                        isinstance(node, ast.Attribute)
                        and node.attr == name
                        and not isinstance(node.ctx, ast.Load)
                    ):
                        raise _refuse(f"the class attribute {name}, which is set again", statement)
                    if isinstance(node, ast.Name) and node.id in ("setattr", "delattr"):
                        raise _refuse(f"the class attribute {name} beside {node.id}", statement)
                return value
    return None


def _check_slots(node: ast.ClassDef, fields: dict[str, Type]) -> None:
    """Refuse slots that do not name every field: setting such a field would raise."""
    for statement in node.body:
        match statement:
            case ast.Assign([ast.Name("__slots__")], ast.Tuple(elts) | ast.List(elts)):
                slots = {e.value for e in elts if isinstance(e, ast.Constant)}
                if not fields.keys() <= slots:
                    raise _refuse("__slots__ without every field", statement)
            case ast.Assign([ast.Name("__slots__")], _):
                raise _refuse("__slots__ that are not displayed", statement)
            case ast.Assign([ast.Name(name)], _) if name in fields:
                raise _refuse(f"the class attribute {name}, which is a field too", statement)
            case _:
                continue


def _refuse(construct: str, node: ast.expr | ast.stmt) -> Unsupported:
    return Unsupported(construct, node.lineno, node.col_offset)
