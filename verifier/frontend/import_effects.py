"""Whether importing a module can be noticed: it may only define things, and it must not fail."""

from __future__ import annotations

import ast
import importlib
from itertools import accumulate

from verify_agent.verifier.frontend.lower_scope import (
    BuiltinName,
    ClassName,
    Imported,
    ModuleScope,
    Refused,
)

#: Modules of Python whose import is never noticed.
_LIBRARY = frozenset(
    {"__future__", "abc", "bisect", "collections", "collections.abc", "dataclasses", "enum"}
    | {"functools", "heapq", "icontract", "itertools", "math", "operator", "string", "typing"}
)
_TYPES = frozenset(
    {"int", "str", "bool", "float", "list", "dict", "set", "frozenset", "tuple", "object"}
)
_GENERIC = frozenset({"list", "dict", "set", "frozenset", "tuple"})
_METHODS = frozenset({"__init__", "__eq__", "__len__", "__contains__", "__getitem__", "__hash__"})
Import = ast.Import | ast.ImportFrom


def runs_quietly(node: Import, alias: ast.alias, scope: ModuleScope) -> bool:
    """Whether the import binds its name and does nothing else that could be seen.

    `scope` is the module whose function imports, which is there already.
    """
    return _quiet_import(node, alias, scope, frozenset({scope.name}))


def _quiet_import(
    node: Import, alias: ast.alias, scope: ModuleScope, loaded: frozenset[str]
) -> bool:
    if isinstance(node, ast.Import):
        return _quiet_module(alias.name, scope, loaded)
    module, _, name = scope.origin(node, alias.name).rpartition(".")
    if name == "*" or not _quiet_module(module, scope, loaded):
        return False
    other = scope.other(module)
    if other is None:
        return hasattr(importlib.import_module(module), name)
    if name in other.bindings:
        return not isinstance(other.bindings[name], Refused)
    return other.package and _quiet_module(f"{module}.{name}", scope, loaded)


def _quiet_module(name: str, scope: ModuleScope, loaded: frozenset[str]) -> bool:
    """Whether a module, and every package above it, only defines things."""
    names = list(accumulate(name.split("."), lambda above, part: f"{above}.{part}"))
    if scope.other(names[0]) is None:
        return name in _LIBRARY
    others = [scope.other(n) for n in names]
    return all(o is not None and (o.name in loaded or _defines(o, loaded)) for o in others)


def _defines(scope: ModuleScope, loaded: frozenset[str]) -> bool:
    """Whether each statement of a module defines something, in a way that can't fail.

    A module that comes back to itself while it is imported is not followed.
    """
    return (
        scope.problem is None
        and not _comes_back(scope, loaded)
        and _Statements(scope, loaded | {scope.name}).all()
    )


def _comes_back(scope: ModuleScope, loaded: frozenset[str]) -> bool:
    """Whether an import at a module's own level comes back to it."""
    pending, seen = [scope], {scope.name}
    while pending:
        one = pending.pop()
        for node in one.tree.body:
            if isinstance(node, Import):
                for other in _imported(node, one):
                    if other.name == scope.name:
                        return True
                    if other.name not in seen | loaded:
                        seen.add(other.name)
                        pending.append(other)
    return False


def _imported(node: Import, scope: ModuleScope) -> list[ModuleScope]:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    else:
        names = [scope.origin(node, alias.name) for alias in node.names]
        names += [n.rpartition(".")[0] for n in names]
    return [other for other in map(scope.other, filter(None, names)) if other is not None]


class _Statements:
    """The statements of one module, in order; `known` are the names bound so far."""

    def __init__(self, scope: ModuleScope, loaded: frozenset[str]) -> None:
        self.scope = scope
        self.loaded = loaded
        self.known: set[str] = set()
        self.late = any(
            isinstance(s, ast.ImportFrom)
            and s.module == "__future__"
            and any(a.name == "annotations" for a in s.names)
            for s in scope.tree.body
        )

    def all(self) -> bool:
        return all(map(self.plain, self.scope.tree.body))

    def plain(self, node: ast.stmt) -> bool:
        """Whether a statement defines something and can't fail."""
        match node:
            case ast.Expr(ast.Constant()) | ast.Pass():
                return True
            case ast.Import() | ast.ImportFrom():
                quiet = all(_quiet_import(node, a, self.scope, self.loaded) for a in node.names)
                self.known |= {a.asname or a.name.partition(".")[0] for a in node.names}
                return quiet
            case ast.Assign([ast.Name(name)], value):
                self.known.add(name)
                return _literal(value)
            case ast.AnnAssign(ast.Name(name), annotation, value):
                self.known.add(name)
                return self.annotation(annotation) and (value is None or _literal(value))
            case ast.FunctionDef():
                return self.function(node)
            case ast.ClassDef():
                return self.klass(node)
            case _:
                return False

    def function(self, node: ast.FunctionDef) -> bool:
        given = node.args
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs]
        arguments += filter(None, [given.vararg, given.kwarg])
        annotations = [a.annotation for a in arguments if a.annotation] + [
            r for r in [node.returns] if r is not None
        ]
        defaults = [d for d in (*given.defaults, *given.kw_defaults) if d is not None]
        fine = (
            all(map(self.decorator, node.decorator_list))
            and all(map(self.annotation, annotations))
            and all(map(_literal, defaults))
        )
        self.known.add(node.name)
        return fine

    def klass(self, node: ast.ClassDef) -> bool:
        """A class without bases, of methods and fields."""
        before = set(self.known)
        fine = (
            not node.bases
            and not node.keywords
            and all(map(self.decorator, node.decorator_list))
            and all(map(self.member, node.body))
        )
        self.known = before | {node.name}
        return fine

    def member(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr(ast.Constant()) | ast.Pass():
                return True
            case ast.AnnAssign(ast.Name(), annotation, None):
                return self.annotation(annotation)
            case ast.FunctionDef(name=name):
                special = name.startswith("__") and name not in _METHODS
                return not special and self.function(node)
            case _:
                return False

    def decorator(self, node: ast.expr) -> bool:
        """A decorator of a contract, or one that only marks what it is put on."""
        match node:
            case ast.Name("property" | "staticmethod" as name):
                return self.scope.resolve(name) == BuiltinName(name)
            case ast.Name() | ast.Attribute():
                return self.origin(node) == "dataclasses.dataclass"
            case ast.Call(function, [], keywords) if (
                self.origin(function) == "dataclasses.dataclass"
            ):
                plain = all(isinstance(k.value, ast.Constant) for k in keywords)
                return plain and {k.arg for k in keywords} <= {"frozen", "slots"}
            case ast.Call(function, [ast.Lambda(), *more], keywords):
                known = {"icontract.require", "icontract.ensure", "icontract.invariant"}
                named = {k.arg: k.value for k in keywords}
                plain = all(isinstance(m, ast.Constant) for m in [*more, *named.values()])
                said = all(isinstance(m, ast.Constant) and type(m.value) is str for m in more)
                allowed = named.keys() <= {"description"} and len(more) + len(named) <= 1
                return self.origin(function) in known and plain and said and allowed
            case _:
                return False

    def origin(self, node: ast.expr) -> str:
        """The dotted origin of an imported name that is bound by now; empty for none."""
        match node:
            case ast.Name(name) if name in self.known:
                bound = self.scope.resolve(name)
                return bound.origin if isinstance(bound, Imported) else ""
            case ast.Attribute(value, name):
                above = self.origin(value)
                return f"{above}.{name}" if above else ""
            case _:
                return ""

    def annotation(self, node: ast.expr) -> bool:
        """Whether an annotation can be evaluated where it stands."""
        if self.late:
            return True
        match node:
            case ast.Constant(None) | ast.Constant(value=str()):
                return True
            case ast.BinOp(left, ast.BitOr(), right):
                return self.is_type(left) and self.is_type(right)
            case _:
                return self.is_type(node)

    def is_type(self, node: ast.expr) -> bool:
        match node:
            case ast.Name(name):
                bound = self.scope.resolve(name)
                own = isinstance(bound, ClassName) and name in self.known
                return own or (isinstance(bound, BuiltinName) and bound.name in _TYPES)
            case ast.Subscript(ast.Name(name), items):
                parts = items.elts if isinstance(items, ast.Tuple) else [items]
                generic = name in _GENERIC and self.scope.resolve(name) == BuiltinName(name)
                return generic and all(map(self.argument, parts))
            case _:
                return False

    def argument(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Constant) or self.annotation(node)


def _literal(node: ast.expr) -> bool:
    """Whether it is a display of literals, which can be evaluated anywhere."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(ast.USub(), ast.Constant(value)):
            return type(value) in (int, float)
        case ast.Tuple(items) | ast.List(items):
            return all(map(_literal, items))
        case ast.Set(items):
            return all(isinstance(i, ast.Constant) for i in items)
        case ast.Dict(keys, values):
            return all(isinstance(k, ast.Constant) for k in keys) and all(map(_literal, values))
        case _:
            return False
