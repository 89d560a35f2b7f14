"""What a pure function may compare and iterate over."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify_agent.verifier.frontend.lower_references import enum_type
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

_ITERATE = frozenset({"enumerate", "list", "max", "min", "reversed", "sum", "tuple", "zip"})
_EXTREMES = frozenset({"max", "min"})
_NUMBERS = frozenset({"abs", "bool", "float", "int", "len", "round", "sum"})


# -- what is compared ----------------------------------------------------------------------------


def check_comparisons(reached: Reached, body: Body) -> None:
    """One side of each comparison is plain: instances would compare fields nobody looked at."""
    for node in ast.walk(body.node):
        match node:
            case ast.Call(ast.Attribute(_, "get"), args) if not all(
                _is_plain(reached, body, a) for a in args
            ):
                raise Impure
            case _:
                pass
        if (
            isinstance(node, ast.Call)
            and _is_extreme(body, node.func)
            and not all(_holds_plain(reached, body, a) for a in node.args)
        ):
            raise Impure
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            for op, left, right in zip(node.ops, sides, sides[1:], strict=False):
                plain = [_is_plain(reached, body, side) for side in (left, right)]
                if not isinstance(op, ast.Is | ast.IsNot) and not any(plain):
                    raise Impure
                if isinstance(op, ast.In | ast.NotIn) and not _is_no_float(reached, body, left):
                    _check_members(reached, body, right)
                if isinstance(op, ast.Is | ast.IsNot) and not any(
                    _is_one_object(reached, body, side) for side in (left, right)
                ):
                    raise Impure


def _check_members(reached: Reached, body: Body, node: ast.expr) -> None:
    """A container finds the very NaN that it holds, which is not equal to itself."""
    match node:
        case ast.Tuple(elts) | ast.List(elts) if all(_is_no_float(reached, body, e) for e in elts):
            return
        case ast.Name(name) if name not in local_names(body):
            return
        case _ if _is_plain(reached, body, node):
            return
        case _:
            raise Impure


def _is_no_float(reached: Reached, body: Body, node: ast.expr) -> bool:
    """Whether it can't be a NaN that somebody else may hold, too."""
    return (
        not reached.floats
        or isinstance(node, ast.Constant)
        or (isinstance(node, ast.Name) and node.id not in local_names(body))  # a constant
        or _is_one_object(reached, body, node)
        or _is_declared(reached, body, node, {"str", "int", "bool"})
    )


def _is_one_object(reached: Reached, body: Body, node: ast.expr) -> bool:
    """Whether it is None or a member of an enumeration: what is equal to it is it."""
    match node:
        case ast.Constant(None):
            return True
        case ast.Attribute(value, _) if is_enum(body, value):
            return True
        case ast.Name("self") if _is_method_of_enum(reached, body):
            return True
        case _:
            found = _annotations(reached, body, node)
            return bool(found) and all(_is_of_one_object(module, a) for module, a in found)


def _is_method_of_enum(reached: Reached, body: Body) -> bool:
    kept = "self" not in assigned_names(body.node.body)
    return kept and any(
        body.node in bound.node.body and enum_type(bound) is not None for bound in reached.classes
    )


def _is_of_one_object(module: ModuleScope, annotation: ast.expr | None) -> bool:
    match annotation:
        case ast.Constant(None):
            return True
        case ast.BinOp(left, ast.BitOr(), right):
            return _is_of_one_object(module, left) and _is_of_one_object(module, right)
        case ast.Name(name):
            bound = module.resolve(name)
            return isinstance(bound, ClassName) and enum_type(bound) is not None
        case _:
            return False


# -- what tells equal values apart ---------------------------------------------------------------


def check_texts(reached: Reached, body: Body) -> None:
    """Refuse what tells True from 1, or reads all fields of an instance: texts, and its type."""
    for node in ast.walk(body.node):
        match node:
            case ast.FormattedValue(value, _, spec) if not (
                _is_text(reached, body, value)
                or (_is_digits(spec) and _is_declared(reached, body, value, {"int", "bool"}))
            ):
                raise Impure
            case ast.BinOp(left, ast.Mod(), _) if not _is_number(reached, body, left):
                raise Impure
            case ast.Call(ast.Name("isinstance"), [_, kinds]) if any(
                isinstance(n, ast.Name) and n.id == "bool" for n in ast.walk(kinds)
            ):
                raise Impure
            case ast.BinOp(left, ast.BitAnd() | ast.BitOr() | ast.BitXor() | ast.Sub(), right):
                plain = (_is_plain(reached, body, side) for side in (left, right))
                if reached.sets and not all(plain):
                    raise Impure
            case ast.Call(ast.Attribute(_, "isdisjoint" | "issubset" | "issuperset"), given):
                if not all(_is_plain(reached, body, a) for a in given):
                    raise Impure
            case _:
                continue


def _is_digits(spec: ast.expr | None) -> bool:
    """Whether a format writes True as the number that it is equal to."""
    match spec:
        case ast.JoinedStr([ast.Constant("d")]):
            return True
        case _:
            return False


def _is_text(reached: Reached, body: Body, node: ast.expr) -> bool:
    """Whether it is a text by what is declared."""
    return isinstance(node, ast.Constant) or _is_declared(reached, body, node, {"str"})


def _is_number(reached: Reached, body: Body, node: ast.expr) -> bool:
    match node:
        case ast.Constant(value):
            return isinstance(value, int | float)
        case ast.BinOp(left, _, right):
            return all(_is_number(reached, body, side) for side in (left, right))
        case _:
            return _is_declared(reached, body, node, {"int", "bool", "float"})


def _is_declared(reached: Reached, body: Body, node: ast.expr, kinds: set[str]) -> bool:
    """Whether all that it may stand for is declared to be of one of the builtin types."""
    match node:
        case ast.Call(ast.Name("len" as name)) if name not in local_names(body):
            return "int" in kinds and body.module.resolve(name) == BuiltinName(name)
        case _:
            found = _annotations(reached, body, node)
    return bool(found) and all(
        isinstance(a, ast.Name) and a.id in kinds and module.resolve(a.id) == BuiltinName(a.id)
        for module, a in found
    )


def _annotations(
    reached: Reached, body: Body, node: ast.expr
) -> list[tuple[ModuleScope, ast.expr | None]]:
    """What an attribute, or a parameter that stays as it was given, is declared to be."""
    match node:
        case ast.Attribute(_, name):
            return list(_declared(reached, name))
        case ast.Name(name) if name not in assigned_names(body.node.body):
            return [(body.module, a.annotation) for a in _parameters(body) if a.arg == name]
        case _:
            return []


def _parameters(body: Body) -> Iterator[ast.arg]:
    arguments = body.node.args
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)


def _is_extreme(body: Body, node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in _EXTREMES and node.id not in body.names


def _holds_plain(reached: Reached, body: Body, node: ast.expr) -> bool:
    """Whether it is plain, or gives plain items."""
    match node:
        case ast.ListComp(element) | ast.GeneratorExp(element):
            return _is_plain(reached, body, element)
        case ast.Name(name) if name in assigned_names(body.node.body):
            values = _assigned(body, name)
            return values is not None and all(
                isinstance(v, ast.ListComp) and _is_plain(reached, body, v.elt) for v in values
            )
        case _:
            return _is_plain(reached, body, node)


def _is_plain(reached: Reached, body: Body, node: ast.expr) -> bool:
    """Whether it gives a number, a text, a member of an enumeration, or constants of these."""
    match node:
        case ast.Constant():
            return True
        case ast.Attribute(value, _) if is_enum(body, value):
            return True
        case ast.Attribute(_, name):
            found = list(_declared(reached, name))
            return bool(found) and all(_is_scalar(module, a) for module, a in found)
        case ast.Name(name) if name not in local_names(body):
            return True
        case ast.BinOp(left, _, right):
            return _is_plain(reached, body, left) and _is_plain(reached, body, right)
        case ast.Name(name) if (values := _assigned(body, name)) is not None:
            return all(isinstance(v, ast.BinOp) and _is_plain(reached, body, v) for v in values)
        case ast.Name(name):
            given = {
                a.arg: a.annotation for a in ast.walk(body.node.args) if isinstance(a, ast.arg)
            }
            annotation = given.get(name)
            kept = name not in assigned_names(body.node.body)
            return kept and annotation is not None and _is_scalar(body.module, annotation)
        case ast.Tuple(elts):  # equal tuples may hold one NaN
            return all(_is_plain(reached, body, e) and _is_no_float(reached, body, e) for e in elts)
        case ast.Call(ast.Name(name)) if name not in local_names(body):
            bound = body.module.resolve(name)
            if isinstance(bound, FunctionName):
                returns = bound.node.returns
                return returns is not None and _is_scalar(bound.module, returns)
            return name in _NUMBERS
        case _:
            return False


def _declared(reached: Reached, name: str) -> Iterator[tuple[ModuleScope, ast.expr | None]]:
    for bound in reached.classes:
        for statement in bound.node.body:
            match statement:
                case ast.AnnAssign(ast.Name(found), annotation) if found == name:
                    yield bound.module, annotation
                case ast.FunctionDef(name=found, returns=returns) if found == name:
                    yield bound.module, returns
                case _:
                    continue


def _is_scalar(module: ModuleScope, annotation: ast.expr | None) -> bool:
    match annotation:
        case ast.Name():
            pass
        case ast.Subscript(ast.Name(name), parameters) if name in ("frozenset", "tuple"):
            items = parameters.elts if isinstance(parameters, ast.Tuple) else [parameters]
            plain = [i for i in items if not (isinstance(i, ast.Constant) and i.value is ...)]
            plainly = module.resolve(name) == BuiltinName(name)
            return plainly and all(_is_scalar(module, i) and not _is_named_float(i) for i in plain)
        case _:
            return False
    match module.resolve(annotation.id):
        case BuiltinName(name):
            return name in SCALARS
        case ClassName() as bound:
            return enum_type(bound) is not None
        case _:
            return False


def _is_named_float(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "float"


def check_recursion(reached: Reached) -> None:
    """What comes to itself might not end."""
    calls = {id(b.node): list(_callees(reached, b)) for b in reached.bodies}

    def visit(node: int, above: frozenset[int]) -> None:
        if node in above:
            raise Impure
        for callee in calls.get(node, ()):
            visit(callee, above | {node})

    for body in reached.bodies:
        visit(id(body.node), frozenset())


def _callees(reached: Reached, body: Body) -> Iterator[int]:
    for node in ast.walk(body.node):
        if isinstance(node, ast.Name) and node.id not in local_names(body):
            bound = body.module.resolve(node.id)
            if isinstance(bound, FunctionName):
                yield id(bound.node)
        elif isinstance(node, ast.Attribute):
            for other in reached.bodies:
                if other.node.name == node.attr:
                    yield id(other.node)


# -- what is iterated over -----------------------------------------------------------------------


def check_iteration(reached: Reached, body: Body) -> None:
    """What is iterated over has an order that equal values share: it is no set."""
    for node in ast.walk(body.node):
        for iterated in _iterated(node):
            if not _is_ordered(reached, body, iterated, 4):
                raise Impure


def _iterated(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.For(iter=iterated) | ast.comprehension(iter=iterated):
            yield iterated
        case ast.Starred(value, ast.Load()):
            yield value
        case ast.Call(ast.Name("next"), [first, *_]):
            yield first
        case ast.Call(ast.Name(name), args) if name in _ITERATE:
            yield from args
        case ast.Assign([ast.Tuple() | ast.List()], value):
            yield value
        case _:
            return


def _is_ordered(reached: Reached, body: Body, node: ast.expr, depth: int) -> bool:
    match node:
        case ast.Constant():
            return True
        case ast.ListComp() | ast.GeneratorExp() | ast.Tuple() | ast.List() | ast.Compare():
            return True
        case ast.Attribute(_, name):
            found = [a for _, a in _declared(reached, name)]
            return bool(found) and not any(a is None or _mentions_a_set(a) for a in found)
        case ast.Name(name) if name not in local_names(body):
            bound = body.module.resolve(name)
            return isinstance(bound, ConstantName) and isinstance(bound.value, ast.Tuple)
        case ast.Name(name) if depth:
            return _is_ordered_name(reached, body, name, depth)
        case ast.Call(ast.Name("tuple" | "enumerate" | "zip" | "range" | "len")):
            return True
        case _:
            return False


def _is_ordered_name(reached: Reached, body: Body, name: str, depth: int) -> bool:
    for argument in _parameters(body):
        if argument.arg == name:
            return argument.annotation is not None and not _mentions_a_set(argument.annotation)
    values = _assigned(body, name)
    return values is not None and all(_is_ordered(reached, body, v, depth - 1) for v in values)


def _assigned(body: Body, name: str) -> list[ast.expr] | None:
    """The values that a local variable is given; None where it may have others."""
    values = [
        n.value
        for n in ast.walk(body.node)
        if isinstance(n, ast.Assign) and [getattr(t, "id", "") for t in n.targets] == [name]
    ]
    bound = sum(
        isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load)
        for n in ast.walk(body.node)
    )
    return values if bound == len(values) > 0 else None


def _mentions_a_set(annotation: ast.expr) -> bool:
    """Whether values of the type may be sets, or the name may stand for one."""
    names = {n.id for n in ast.walk(annotation) if isinstance(n, ast.Name)}
    return not isinstance(annotation, ast.Subscript | ast.Name) or bool(names & {"frozenset"})
