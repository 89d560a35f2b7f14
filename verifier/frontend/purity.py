"""Whether a text shows that equal arguments give equal results, and that nothing else happens.

Such a function may be taken as an unknown function where its body has no model. Everything that
it reaches is looked at: it may read its arguments (texts, numbers, tuples, frozen sets,
enumerations and frozen dataclasses), immutable constants, and call builtins and functions of the
same kind. What it iterates over has an order that equal values share.
"""

from __future__ import annotations

import ast
from types import EllipsisType

from verify_agent.verifier.frontend.lower_references import enum_type, is_frozen_alone, origin
from verify_agent.verifier.frontend.lower_scope import (
    BuiltinName,
    ClassName,
    ConstantName,
    FunctionName,
    ModuleScope,
    assigned_names,
)
from verify_agent.verifier.frontend.purity_reach import (
    SCALARS,
    Body,
    Impure,
    Reached,
    is_enum,
    local_names,
)
from verify_agent.verifier.frontend.purity_values import (
    check_comparisons,
    check_iteration,
    check_recursion,
    check_texts,
)

_PLAIN = SCALARS | {"tuple"}
_TYPING = frozenset({"typing.Optional", "typing.Union", "typing.Final"})
_BUILTINS = frozenset(
    {"abs", "all", "any", "bool", "divmod", "enumerate", "float", "int", "isinstance", "len"}
    | {"list", "max", "min", "next", "pow", "range", "reversed", "round", "sum", "tuple", "zip"}
)
_METHODS = frozenset(
    {
        "endswith",
        "find",
        "get",
        "isdisjoint",
        "issubset",
        "issuperset",
        "lower",
        "lstrip",
        "partition",
    }
    | {"removeprefix", "removesuffix", "rpartition", "rstrip", "split", "startswith", "strip"}
)
_SETS = frozenset({"set", "frozenset"})
_STATEMENTS = (
    ast.Return
    | ast.If
    | ast.For
    | ast.Assign
    | ast.AnnAssign
    | ast.Expr
    | ast.Pass
    | ast.Raise
    | ast.Assert
    | ast.Break
    | ast.Continue
)
_REFUSED = (
    ast.Await
    | ast.Yield
    | ast.YieldFrom
    | ast.Lambda
    | ast.Dict
    | ast.DictComp
    | ast.Set
    | ast.SetComp
    | ast.NamedExpr
)


def is_pure(node: ast.FunctionDef, module: ModuleScope, owner: ClassName | None = None) -> bool:
    """Whether the function is known to be pure; false where in doubt.

    `owner` is the class of a method. Methods of an owner that is no frozen dataclass are not.
    """
    reached = Reached()
    try:
        if owner is not None:
            _add_class(reached, owner)
        _add_body(reached, node, module)
        done = (0, 0, 0)
        while done != (size := _size(reached)):
            done = size
            for body in list(reached.bodies):
                _read(reached, body)
            for bound in list(reached.classes):
                _open(reached, bound)
        for body in reached.bodies:
            check_comparisons(reached, body)
            check_texts(reached, body)
            if reached.sets:
                check_iteration(reached, body)
        check_recursion(reached)
    except Impure:
        return False
    return True


def _size(reached: Reached) -> tuple[int, int, int]:
    return len(reached.bodies), len(reached.classes), len(reached.attributes)


def _add_body(reached: Reached, node: ast.FunctionDef, module: ModuleScope) -> None:
    if any(b.node is node for b in reached.bodies):
        return
    if any(not (isinstance(d, ast.Name) and d.id == "property") for d in node.decorator_list):
        raise Impure
    arguments = node.args
    if arguments.vararg or arguments.kwarg:
        raise Impure
    given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    names = {a.arg for a in given} | assigned_names(node.body)
    for argument in given:
        if argument.annotation is not None:
            _add_annotation(reached, module, argument.annotation)
        elif argument.arg != "self":
            raise Impure
    for default in (*arguments.defaults, *arguments.kw_defaults):
        if default is not None and not isinstance(default, ast.Constant):
            raise Impure
    body = Body(node, module, names)
    if any(module.resolve(name) is not None for name in body.local - names):
        raise Impure
    reached.bodies.append(body)


def _add_annotation(reached: Reached, module: ModuleScope, annotation: ast.expr) -> None:
    match annotation:
        case ast.Constant(None) | ast.Constant(value=EllipsisType()):
            return
        case ast.Name(name):
            _add_named(reached, module, name)
        case ast.BinOp(left, ast.BitOr(), right):
            _add_annotation(reached, module, left)
            _add_annotation(reached, module, right)
        case ast.Subscript(value, parameters):
            if origin(module, value) not in _TYPING:
                _add_annotation(reached, module, value)
            for item in parameters.elts if isinstance(parameters, ast.Tuple) else [parameters]:
                _add_annotation(reached, module, item)
        case _:
            raise Impure


def _add_named(reached: Reached, module: ModuleScope, name: str) -> None:
    match module.resolve(name):
        case BuiltinName(builtin) if builtin in _PLAIN:
            reached.floats |= builtin == "float"
        case BuiltinName("frozenset"):
            reached.sets = True
        case ClassName() as bound:
            _add_class(reached, bound)
        case ConstantName(value, home):
            _add_annotation(reached, home, value)
        case _:
            raise Impure


def _add_class(reached: Reached, bound: ClassName) -> None:
    if bound in reached.classes:
        return
    if enum_type(bound) is None and not is_frozen_alone(bound):
        raise Impure
    reached.classes.append(bound)


def _open(reached: Reached, bound: ClassName) -> None:
    """Follow the fields and methods of a class that are read somewhere."""
    for statement in bound.node.body:
        match statement:
            case ast.AnnAssign(ast.Name(name), annotation) if name in reached.attributes:
                _add_annotation(reached, bound.module, annotation)
            case ast.FunctionDef(name=name) if name in reached.attributes:
                _add_body(reached, statement, bound.module)
            case _:
                continue


def _read(reached: Reached, body: Body) -> None:
    for statement in body.node.body:
        for node in ast.walk(statement):
            _node(reached, body, node)


def _node(reached: Reached, body: Body, node: ast.AST) -> None:
    if isinstance(node, ast.stmt) and not isinstance(node, _STATEMENTS):
        raise Impure
    if isinstance(node, _REFUSED):
        raise Impure
    match node:
        case ast.Attribute(value, name, ctx):
            if not isinstance(ctx, ast.Load) or _is_function(body, value):
                raise Impure
            if not is_enum(body, value):
                reached.attributes.add(name)
        case ast.Subscript(ctx=ctx) if not isinstance(ctx, ast.Load):
            raise Impure
        case ast.Call(function, _, keywords):
            _called(reached, body, function)
            if any(k.arg is None for k in keywords):
                raise Impure
        case ast.Name(name, ast.Load()) if name not in local_names(body):
            _outer(reached, body, name)
        case _:
            return


def _is_function(body: Body, node: ast.expr) -> bool:
    """Whether it is a function of a module, whose attributes anything may set."""
    if not isinstance(node, ast.Name) or node.id in local_names(body):
        return False
    return isinstance(body.module.resolve(node.id), FunctionName)


def _called(reached: Reached, body: Body, function: ast.expr) -> None:
    match function:
        case ast.Name(name) if name not in local_names(body):
            match body.module.resolve(name):
                case FunctionName(node, module):
                    _add_body(reached, node, module)
                case BuiltinName(builtin) if builtin in _BUILTINS:
                    return
                case _:
                    raise Impure
        case ast.Attribute(_, name) if name in _METHODS or _has_method(reached, name):
            return
        case _:
            raise Impure


def _has_method(reached: Reached, name: str) -> bool:
    return any(
        isinstance(s, ast.FunctionDef) and s.name == name
        for bound in reached.classes
        for s in bound.node.body
    )


def _outer(reached: Reached, body: Body, name: str) -> None:
    """A name from outside: a builtin or function that is called, or an immutable constant."""
    match body.module.resolve(name):
        case FunctionName(node, module):
            _add_body(reached, node, module)
        case BuiltinName(builtin) if builtin in _BUILTINS or builtin in _PLAIN:
            return
        case BuiltinName(builtin) if builtin.endswith("Error"):
            return
        case ClassName() as bound if enum_type(bound) is not None:
            return
        case ConstantName(value, home) if is_constant(home, value):
            reached.sets |= any(_is_set(n) for n in ast.walk(value))
        case _:
            raise Impure


def _is_set(node: ast.AST) -> bool:
    return isinstance(node, ast.Set) or (isinstance(node, ast.Name) and node.id in _SETS)


def is_constant(module: ModuleScope, value: ast.expr) -> bool:
    """Whether a module's constant is one for good: nothing in it can be changed."""
    match value:
        case ast.Constant():
            return True
        case ast.Tuple(elts):
            return all(is_constant(module, e) for e in elts)
        case ast.UnaryOp(_, operand):
            return is_constant(module, operand)
        case ast.Attribute(ast.Name(name), _):
            bound = module.resolve(name)
            return isinstance(bound, ClassName) and enum_type(bound) is not None
        case ast.Name(name):
            bound = module.resolve(name)
            return isinstance(bound, ConstantName) and is_constant(bound.module, bound.value)
        case ast.Call(ast.Name("frozenset" as name), [ast.Set(elts) | ast.Tuple(elts)], []):
            plain = module.resolve(name) == BuiltinName(name)
            return plain and all(is_constant(module, e) for e in elts)
        case ast.Call(ast.Name() as function, [ast.Dict(keys, values)], []):
            parts = [p for p in (*keys, *values) if p is not None]
            fixed = origin(module, function) == "types.MappingProxyType" and None not in keys
            return fixed and all(is_constant(module, p) for p in parts)
        case _:
            return False
