"""Does a module's behaviour depend on more than the arguments? A conservative look at its text."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from verify_agent.verifier.subject import Subject

_IMPURE_MODULES = frozenset(
    {"random", "time", "os", "sys", "datetime", "secrets", "uuid", "threading", "socket", "io"}
)
_IMPURE_NAMES = frozenset({"open", "input", "globals", "vars", "id", "hash", "__import__"})
_CACHES = frozenset({"cache", "lru_cache", "cached_property"})
Function = ast.FunctionDef | ast.AsyncFunctionDef


def module_state(subject: Subject) -> str:
    """What the module's functions may read or change beside their arguments; empty for nothing.

    Names what was found first. A module-level name bound once to an immutable literal, a
    function, a class or an import is no state.
    """
    try:
        tree = ast.parse(subject.source)
    except SyntaxError:
        return "the module does not parse"
    return next(_found(tree), "")


def _found(tree: ast.Module) -> Iterator[str]:
    mutable = _mutable_globals(tree)
    classes = {n.name for n in ast.walk(tree) if isinstance(n, ast.ClassDef)}
    functions = {n.name for n in ast.walk(tree) if isinstance(n, Function)}
    for node in ast.walk(tree):
        match node:
            case ast.Global(names=[name, *_]):
                yield f"the module's variable {name}"
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                yield from _in_function(node, mutable)
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()) if (
                name in classes | functions | {"cls"}
            ):
                yield f"an attribute of {name}"
            case ast.Import(names=aliases):
                for alias in aliases:
                    if alias.name.partition(".")[0] in _IMPURE_MODULES:
                        yield f"the module {alias.name}"
            case ast.ImportFrom(module=str(name)) if name.partition(".")[0] in _IMPURE_MODULES:
                yield f"the module {name}"
            case ast.Name(id=name, ctx=ast.Load()) if name in _IMPURE_NAMES:
                yield f"{name}"
            case ast.ClassDef():
                yield from _class_variables(node)


def _in_function(function: Function, mutable: dict[str, str]) -> Iterator[str]:
    for default in (*function.args.defaults, *function.args.kw_defaults):
        if default is not None and not _immutable(default):
            yield f"a mutable default of {function.name}"
    for decorator in function.decorator_list:
        called = decorator.func if isinstance(decorator, ast.Call) else decorator
        if getattr(called, "attr", getattr(called, "id", "")) in _CACHES:
            yield f"the cache of {function.name}"
    local = {a.arg for a in ast.walk(function.args) if isinstance(a, ast.arg)}
    stored = {
        n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id in mutable and node.id not in local | stored:
            yield f"the module's variable {node.id}"


def _class_variables(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        match statement:
            case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                if not _immutable(value) and not isinstance(value, ast.Call):
                    yield f"a variable of the class {node.name}"
            case _:
                continue


def _mutable_globals(tree: ast.Module) -> dict[str, str]:
    bound: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    for name in _stored(target):
                        bound.setdefault(name, []).append(value)
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if value is not None:
                bound.setdefault(name, []).append(value)
            case ast.AugAssign(target=ast.Name(id=name)):
                bound.setdefault(name, []).append(None)
            case _:
                continue
    top = {
        name
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign)
        for name in _stored(statement)
    }
    return {
        name: name
        for name in top
        if any(value is None or not _immutable(value) for value in bound.get(name, []))
    }


def _stored(node: ast.AST) -> Iterator[str]:
    for found in ast.walk(node):
        if isinstance(found, ast.Name) and isinstance(found.ctx, ast.Store):
            yield found.id


def _immutable(value: ast.expr) -> bool:
    match value:
        case ast.Constant() | ast.Lambda():
            return True
        case ast.UnaryOp(operand=inner):
            return _immutable(inner)
        case ast.BinOp(left=left, right=right):
            return _immutable(left) and _immutable(right)
        case ast.Tuple(elts=items):
            return all(map(_immutable, items))
        case ast.Call(func=ast.Name(id="TypeVar" | "NewType" | "frozenset" | "tuple")):
            return True
        case ast.Name(id=name):
            return hasattr(builtins, name)
        case ast.Subscript(value=ast.Name(id=name)):
            # `IntList = list[int]`: another name for a type.
            return hasattr(builtins, name) or name[:1].isupper()
        case _:
            return False
