"""Enumerations, frozen dataclasses that hold other classes, and values without a model.

An instance of such a dataclass is known by its identity and by what its fields hold, which
nothing changes; a value without a model only by its identity. Both are passed on and stored, and
what would look into a value without a model is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.lower_scope import (
    BuiltinName,
    ClassName,
    ConstantName,
    Imported,
    ModuleScope,
    Refused,
)
from verify_agent.verifier.ir.nodes import Class
from verify_agent.verifier.ir.types import (
    ClassType,
    EnumType,
    FrozenType,
    ListType,
    OpaqueType,
    TupleType,
    Type,
    UnionType,
    VariadicTupleType,
    is_immutable,
)

if TYPE_CHECKING:
    from verify_agent.verifier.frontend.lower_program import ProgramBuilder

#: Methods by which a class could change what it means to make, read or set an instance.
_DECISIVE = frozenset({"__init__", "__new__", "__getattr__", "__getattribute__", "__set_name__"})
#: Methods that are on record, so that what they decide can be refused where it is asked.
_NOTED = frozenset({"__post_init__", "__eq__", "__bool__", "__len__", "__hash__"})
#: What `dataclass` takes for something else than a field.
_TYPES = frozenset({"bool", "int", "float", "str", "bytes", "tuple", "frozenset", "range"})
#: None of what these make or hold is a `field`, whatever it is given.
_LIBRARIES = frozenset(
    {"collections", "datetime", "decimal", "enum", "fractions", "math", "pathlib", "types", "uuid"}
)
_NO_FIELDS = frozenset({"ClassVar", "InitVar", "KW_ONLY"})
_HARMLESS_IN_ENUM = frozenset({"__str__", "__repr__"})


def enum_type(bound: ClassName) -> EnumType | None:
    """The type of a plain `enum.Enum` of distinct literals; None for any other class."""
    node = bound.node
    if len(node.bases) != 1 or node.keywords or node.decorator_list:
        return None
    if origin(bound.module, node.bases[0]) != "enum.Enum":
        return None
    values: list[object] = []
    names: list[str] = []
    for statement in node.body:
        match statement:
            case ast.Expr(ast.Constant()) | ast.Pass():
                continue
            case ast.Assign([ast.Name(name)], ast.Constant(str() | int() as value)) if (
                not name.startswith("_")
            ):
                names.append(name)
                values.append(value)
            case ast.FunctionDef(name=name) if not name.startswith("_") or (
                name in _HARMLESS_IN_ENUM
            ):
                continue
            case _:
                return None
    if not names or len(set(values)) < len(values) or len(set(names)) < len(names):
        return None
    return EnumType(f"{bound.module.name}.{node.name}", tuple(names))


def is_reference(bound: ClassName) -> bool:
    """Whether it is a frozen dataclass, alone, that may hold what is no plain value."""
    annotations = [s.annotation for s in bound.node.body if isinstance(s, ast.AnnAssign)]
    return _is_frozen_dataclass(bound) and any(_names_a_class(bound.module, a) for a in annotations)


def is_frozen_alone(bound: ClassName) -> bool:
    """Whether it is a frozen dataclass whose operators are those that it is given."""
    return _is_frozen_dataclass(bound) and not any(
        isinstance(s, ast.FunctionDef)
        and s.name.startswith("__")
        and s.name.endswith("__")
        and s.name != "__post_init__"
        for s in bound.node.body
    )


def is_made_plainly(bound: ClassName) -> bool:
    """Whether it is a frozen dataclass, alone, and making an instance only sets its fields."""
    return _is_frozen_dataclass(bound) and not any(
        (isinstance(s, ast.FunctionDef) and s.name == "__post_init__")
        or (isinstance(s, ast.AnnAssign) and isinstance(s.value, ast.Call))
        for s in bound.node.body
    )


def _is_frozen_dataclass(bound: ClassName) -> bool:
    node = bound.node
    if node.bases or node.keywords:
        return False
    for statement in node.body:
        match statement:
            case ast.AnnAssign(ast.Name(), annotation, value) if not no_field(
                bound.module, annotation
            ) and is_compared(bound.module, value):
                continue
            case ast.Expr(ast.Constant()) | ast.Pass():
                continue
            case ast.FunctionDef(name=name) if name not in _DECISIVE:
                continue
            case _:
                return False
    match bound.node.decorator_list:
        case [ast.Call(function, [], keywords)]:
            given = {k.arg: k.value for k in keywords}
        case _:
            return False
    known = given.keys() <= {"frozen", "slots"}
    frozen = given.get("frozen")
    is_dataclass = origin(bound.module, function) == "dataclasses.dataclass"
    return known and is_dataclass and isinstance(frozen, ast.Constant) and frozen.value is True


def is_compared(module: ModuleScope, value: ast.expr | None, depth: int = 9) -> bool:
    """Whether the `__eq__` that `dataclass` makes surely looks at a field of that right side."""
    match value:
        case None | ast.Constant() | ast.UnaryOp() | ast.BinOp() | ast.Tuple():
            return True
        case ast.Call(function, _, keywords):
            if origin(module, function) == "dataclasses.field":
                return not any(k.arg in (None, "compare", "hash") for k in keywords)
            return _is_plain(module, function)
        case ast.Name(name):
            found = module.resolve(name)
            if isinstance(found, ConstantName):
                return depth > 0 and is_compared(found.module, found.value, depth - 1)
            return _is_plain(module, value)
        case ast.Attribute(ast.Name(name), attribute):
            found = module.resolve(name)
            if isinstance(found, ClassName):
                return depth > 0 and _attribute_compared(found, attribute, depth - 1)
            return _is_plain(module, value)
        case _:
            return False


def _is_plain(module: ModuleScope, node: ast.expr) -> bool:
    """Whether neither the thing of that name nor what calling it gives is a dataclass's `field`."""
    known = module.resolve(node.id) if isinstance(node, ast.Name) else None
    if isinstance(known, ClassName) or (isinstance(known, BuiltinName) and known.name in _TYPES):
        return True
    library = origin(module, node).partition(".")[0]
    return library in _LIBRARIES


def _attribute_compared(bound: ClassName, name: str, depth: int) -> bool:
    values = [
        s.value
        for s in bound.node.body
        if isinstance(s, ast.Assign)
        and any(isinstance(t, ast.Name) and t.id == name for t in s.targets)
    ]
    return bool(values) and all(is_compared(bound.module, v, depth) for v in values)


def no_field(module: ModuleScope, annotation: ast.expr, depth: int = 9) -> str:
    """What `dataclass` takes the annotation for instead of a field's: `ClassVar`; else empty."""
    for node in ast.walk(annotation):
        match node:
            case ast.Constant(str(text)):
                found = _no_field_in(module, text, depth)
            case ast.Name(name) | ast.Attribute(attr=name) if name in _NO_FIELDS:
                found = name
            case ast.Name(name) if isinstance(bound := module.resolve(name), ConstantName):
                found = no_field(bound.module, bound.value, depth - 1) if depth else "an alias"
            case ast.Name() | ast.Attribute():
                found = origin(module, node).rpartition(".")[2]
            case _:
                continue
        if found in (*_NO_FIELDS, "an alias"):
            return found
    return ""


def _no_field_in(module: ModuleScope, text: str, depth: int) -> str:
    try:
        return no_field(module, ast.parse(text, mode="eval").body, depth)
    except SyntaxError:
        return "an alias"


def _names_a_class(module: ModuleScope, annotation: ast.expr) -> bool:
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return True
        if isinstance(node, ast.Name):
            match module.resolve(node.id):
                case BuiltinName():
                    continue
                case Imported(name) if name.startswith(("typing.", "collections.abc.")):
                    continue
                case ConstantName(value, home) if not _names_a_class(home, value):
                    continue
                case _:
                    return True
    return False


def origin(module: ModuleScope, node: ast.expr) -> str:
    """The dotted origin of a name that is imported; empty for any other."""
    match node:
        case ast.Name(name):
            found = module.resolve(name)
            return found.origin if isinstance(found, Imported) else ""
        case ast.Attribute(ast.Name(name), attribute):
            found = module.resolve(name)
            return f"{found.origin}.{attribute}" if isinstance(found, Imported) else ""
        case _:
            return ""


def is_protocol(bound: ClassName) -> bool:
    """Whether the class is a protocol: instances of any class may stand in for it."""
    return any(
        origin(bound.module, base.value if isinstance(base, ast.Subscript) else base)
        in ("typing.Protocol", "typing_extensions.Protocol")
        for base in bound.node.bases
    )


def lower_frozen(builder: ProgramBuilder, key: str, bound: ClassName) -> Class:
    """The class with its fields; those without a model are opaque."""
    noted = tuple(
        f"{key}.{s.name}"
        for s in bound.node.body
        if isinstance(s, ast.FunctionDef) and s.name in _NOTED
    )
    made = Class(key, (), noted, (), dataclass=True, frozen=True, extended=is_extended(bound))
    builder.classes[key] = made
    fields = tuple(
        (s.target.id, field_type(builder, s.annotation, bound.module))
        for s in bound.node.body
        if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name)
    )
    return replace(made, fields=fields)


def all_in_init(node: ast.ClassDef) -> bool:
    """Whether every field of a dataclass is a parameter of the `__init__` that it makes."""
    return not any(
        isinstance(s, ast.AnnAssign)
        and isinstance(s.value, ast.Call)
        and any(k.arg in (None, "init", "kw_only") for k in s.value.keywords)
        for s in node.body
    )


def is_extended(bound: ClassName) -> bool:
    """Whether a class of the modules that were read derives from it."""
    modules = [m for m in bound.module.others.values() if m is not None]
    return any(
        _leads_to(module, base, bound)
        for module in (bound.module, *modules)
        for node in _classes(module, bound)
        for base in node.bases
    )


def _classes(module: ModuleScope, bound: ClassName) -> Iterator[ast.ClassDef]:
    if module is bound.module:
        yield from (n for n in ast.walk(module.tree) if isinstance(n, ast.ClassDef))
    else:
        yield from (n for n in module.tree.body if isinstance(n, ast.ClassDef))


def _leads_to(module: ModuleScope, node: ast.expr, bound: ClassName, depth: int = 9) -> bool:
    match node:
        case ast.Name(name) | ast.Attribute(attr=name) if name == bound.node.name:
            return True
        case ast.Name(name):
            found = module.resolve(name)
        case _:
            return False
    if isinstance(found, ConstantName) and depth:
        return _leads_to(found.module, found.value, bound, depth - 1)
    return isinstance(found, ClassName) and found.node is bound.node


def field_type(builder: ProgramBuilder, annotation: ast.expr, module: ModuleScope) -> Type:
    """The type of what a frozen dataclass holds."""
    try:
        found = held(builder, builder.type_of(annotation, module))
    except Unsupported:
        return opaque(builder, annotation, module)
    return found if is_immutable(found) else OpaqueType(ast.unparse(annotation))


def opaque(builder: ProgramBuilder, annotation: ast.expr, module: ModuleScope) -> OpaqueType:
    """The type of values of which nothing is known but that they are values."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        annotation = ast.parse(annotation.value, mode="eval").body
    if isinstance(annotation, ast.Name):
        bound = module.resolve(annotation.id)
        if isinstance(bound, ClassName):
            return opaque_class(builder, bound)
        if isinstance(bound, Refused):
            return OpaqueType(annotation.id)
    return OpaqueType(ast.unparse(annotation))


def opaque_class(builder: ProgramBuilder, bound: ClassName) -> OpaqueType:
    """The type of instances of a class without a model."""
    made = OpaqueType(f"{bound.module.name}.{bound.node.name}", not is_protocol(bound))
    builder.opaque_classes[made.name] = bound
    return made


def held(builder: ProgramBuilder, type_: Type) -> Type:
    """The type as that of a value in a field or container: instances are references there."""
    match type_:
        case ClassType() if type_.frozen:
            return type_
        case ClassType(name):
            if builder.classes[name].frozen and not builder.classes[name].bases:
                return FrozenType(name)
            return opaque_class(builder, builder.class_sources[name])
        case TupleType(items):
            return TupleType(tuple(held(builder, i) for i in items))
        case VariadicTupleType(item):
            return VariadicTupleType(held(builder, item))
        case ListType(item):
            return ListType(held(builder, item))
        case UnionType(several):
            return UnionType(tuple(held(builder, m) for m in several))
        case _:
            return type_
