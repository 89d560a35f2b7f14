"""Reads what a module's text binds, statement by statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.frontend.lower_references import is_made_plainly
from verify_agent.verifier.frontend.lower_scope import (
    Binding,
    ClassName,
    ConstantName,
    FunctionName,
    Imported,
    ModuleScope,
    Refused,
    StateName,
)


def module_scope(
    source: str,
    name: str,
    roots: tuple[str, ...] = (),
    others: dict[str, ModuleScope | None] | None = None,
    *,
    package: bool = False,
) -> ModuleScope:
    """Read a module's names from its text; `BadSource` where the text does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise BadSource(f"the source does not parse: {error}", where=name) from error
    scope = ModuleScope(name, tree, roots, source, others={} if others is None else others)
    scope.package = package
    scope.others.setdefault(name, scope)
    scope.identifiers = frozenset(_identifiers(tree))
    _Reader(scope).read(tree.body)
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Global):
            for global_name in inner.names:
                scope.bindings[global_name] = _written(scope, global_name)
    scope.complete = True
    return scope


def _written(scope: ModuleScope, name: str) -> Binding:
    """What a name stands for that functions declare `global`: assigned to, and nothing else."""
    bound = scope.bindings.get(name)
    if isinstance(bound, StateName):
        return bound
    otherwise = any(name in _bound_otherwise(node) for node in ast.walk(scope.tree))
    if otherwise or not isinstance(bound, ConstantName) or not _is_scalar(bound.value):
        return Refused(f"global {name}")
    annotations = (
        s.annotation
        for s in scope.tree.body
        if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name) and s.target.id == name
    )
    return StateName(name, bound.value, next(annotations, None), scope)


def _bound_otherwise(node: ast.AST) -> set[str]:
    """The names that a node binds or unbinds in another way than by an assignment."""
    match node:
        case ast.Name(id=name, ctx=ast.Del()):
            return {name}
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.ExceptHandler(name=str(name)):
            return {name}
        case ast.alias(name=name, asname=local):
            return {local or name.partition(".")[0]}
        case _:
            return set()


def _is_scalar(node: ast.expr) -> bool:
    """Whether it is a literal int, bool or str, a sign in front allowed."""
    match node:
        case ast.Constant(value):
            return type(value) in (int, bool, str)
        case ast.UnaryOp(ast.USub(), ast.Constant(value)):
            return type(value) is int
        case _:
            return False


def _identifiers(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case _:
                continue


#: Calls at module level that change nothing else: constructors, and libraries' factories.
_HARMLESS = frozenset(
    [
        "int",
        "float",
        "str",
        "bool",
        "list",
        "dict",
        "set",
        "frozenset",
        "tuple",
        "range",
        "len",
        "min",
        "max",
        "sum",
        "sorted",
        "abs",
        "enumerate",
        "zip",
        "MappingProxyType",
        "TypeVar",
        "NewType",
        "ParamSpec",
        "namedtuple",
        "NamedTuple",
        "getLogger",
        "Path",
        "compile",
        "Decimal",
        "Fraction",
        "field",
        "dataclass",
    ]
)
_NOT_MODULES = frozenset({"builtins", "sys", "importlib", "ctypes", "gc", "inspect"})


def _bound(statement: ast.stmt) -> Iterator[str]:
    """Every name that a statement may bind, inner scopes included."""
    for node in ast.walk(statement):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.AsyncFunctionDef(name=name):
                yield name
            case ast.alias(name=name, asname=local):
                yield local or name.partition(".")[0]
            case _:
                continue


def _run_names(tree: ast.Module) -> frozenset[str]:
    """The names that are read anywhere but in annotations, and not imported where they are read."""
    found: set[str] = set()
    pending: list[tuple[ast.AST, frozenset[str]]] = [(tree, frozenset())]
    while pending:
        node, own = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in own:
            found.add(node.id)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            imports = (s for s in ast.walk(node) if isinstance(s, ast.Import | ast.ImportFrom))
            own |= {name for statement in imports for name in _bound(statement)}
        for field_name, value in ast.iter_fields(node):
            if field_name not in ("annotation", "returns"):
                values = value if isinstance(value, list) else [value]
                pending += [(v, own) for v in values if isinstance(v, ast.AST)]
    return frozenset(found)


def exported(scope: ModuleScope) -> tuple[str, ...] | None:
    """The names that `from module import *` binds; None where the text does not tell.

    That is `__all__` where the module has one, else every name without an underscore in front.
    The submodules that a package has depend on what was imported before, so that a package
    without `__all__` does not tell.
    """
    if not scope.complete or scope.problem is not None:
        return None
    listed = scope.bindings.get("__all__")
    if listed is None:
        plain = tuple(name for name in scope.bindings if not name.startswith("_"))
        return None if scope.package else plain
    match listed:
        case ConstantName(ast.List(items) | ast.Tuple(items)):
            names = [i.value for i in items if isinstance(i, ast.Constant)]
        case _:
            return None
    known = all(isinstance(n, str) and n in scope.bindings for n in names)
    changed = sum(isinstance(n, ast.Name) and n.id == "__all__" for n in ast.walk(scope.tree)) > 1
    if not known or changed or len(names) < len(items):
        return None
    return tuple(dict.fromkeys(str(n) for n in names))


def _names_outside(node: ast.AST) -> Iterator[str]:
    """The names that a text mentions where it runs at once: not in bodies of functions."""
    for name, value in ast.iter_fields(node):
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and name == "body"
        for part in (value if isinstance(value, list) else [value]) if not inside else ():
            if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load):
                yield part.id
            if isinstance(part, ast.AST):
                yield from _names_outside(part)


class _Reader:
    """Binds the names of a module, statement by statement."""

    def __init__(self, scope: ModuleScope) -> None:
        self.scope = scope
        self.starred: set[str] = set()

    def read(self, body: list[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.FunctionDef(name=name):
                self.bind(name, FunctionName(node, self.scope))
            case ast.AsyncFunctionDef(name=name):
                self.bind(name, Refused(f"async function {name}"))
            case ast.ClassDef(name=name):
                self.bind(name, ClassName(node, self.scope))
            case ast.Import(names) | ast.ImportFrom(names=names):
                for alias in names:
                    self.imported(node, alias)
            case ast.Assign(targets, value):
                self.harmless(value)
                for target in targets:
                    self.assigned(target, value if len(targets) == 1 else None)
            case ast.AnnAssign(target, _, value):
                if value is not None:
                    self.harmless(value)
                    self.assigned(target, value)
            case ast.If(test, body, orelse) if _is_type_checking(test):
                self.for_type_checkers(body)
                self.read(orelse)
            case ast.If(test, _, orelse) if _is_main_guard(test):
                self.read(orelse)
            case ast.Expr(ast.Constant()) | ast.Pass():
                pass
            case _:
                self.problem(f"{type(node).__name__} statement at module level", node)

    def for_type_checkers(self, body: list[ast.stmt]) -> None:
        """What a run never binds: imports stand for their types, and for nothing that runs."""
        for statement in body:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                if any(alias.name == "*" for alias in statement.names):
                    self.problem("star import for type checkers", statement)
                self.statement(statement)
        for statement in body:
            for name in _bound(statement):
                imported = isinstance(statement, ast.Import | ast.ImportFrom)
                if not imported or name in _run_names(self.scope.tree):
                    self.scope.bindings[name] = Refused(f"{name}, which no run binds")

    def bind(self, name: str, binding: Binding) -> None:
        if name in self.starred and not isinstance(binding, Imported):
            # The last binding counts, where nothing at the module's level reads an earlier one.
            if name in self.read_at_once:
                binding = Refused(f"{name}, which a star import binds too")
            self.starred.discard(name)
        elif name in self.scope.bindings:
            binding = Refused(f"{name}, which the module binds more than once")
        self.scope.bindings[name] = binding

    @cached_property
    def read_at_once(self) -> frozenset[str]:
        """The names that stand outside of the bodies of functions."""
        return frozenset(_names_outside(self.scope.tree))

    def imported(self, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> None:
        if isinstance(node, ast.Import):
            top = alias.name.split(".")[0]
            origin = alias.name if alias.asname else top
            name = alias.asname or top
            if self.scope.bindings.get(name) != Imported(origin):
                self.bind(name, Imported(origin))
        elif alias.name == "*":
            self.star(node)
        else:
            self.bind(alias.asname or alias.name, Imported(self.scope.origin(node, alias.name)))

    def star(self, node: ast.ImportFrom) -> None:
        """Bind what a module of the codebase gives to `from module import *`."""
        module = self.scope.origin(node, "*").removesuffix(".*")
        other = self.scope.other(module)
        names = None if other is None else exported(other)
        if other is None or names is None:
            self.problem("star import", node)
            return
        for name in names:
            binding = Imported(f"{module}.{name}")
            if name in self.scope.bindings and self.scope.resolve(name) != other.resolve(name):
                self.problem(f"star import that binds {name} again", node)
            self.scope.bindings[name] = binding
            self.starred.add(name)

    def assigned(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Name):
            if value is None:
                self.bind(target.id, Refused(f"{target.id}, bound by a multiple assignment"))
            else:
                self.bind(target.id, ConstantName(value, self.scope))
        elif (
            isinstance(target, ast.Tuple)
            and isinstance(value, ast.Tuple)
            and len(target.elts) == len(value.elts)
            and not any(isinstance(e, ast.Starred) for e in (*target.elts, *value.elts))
        ):
            for one, part in zip(target.elts, value.elts, strict=True):
                self.assigned(one, part)
        elif isinstance(target, ast.Tuple | ast.List | ast.Starred):
            for inner in ast.walk(target):
                if isinstance(inner, ast.Name):
                    self.bind(inner.id, Refused(f"{inner.id}, bound by unpacking"))
        else:
            self.problem(f"assignment to {ast.unparse(target)} at module level", target)

    def harmless(self, value: ast.expr) -> None:
        for node in ast.walk(value):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else None
                name = node.func.id if isinstance(node.func, ast.Name) else name
                bound = self.scope.bindings.get(name or "")
                own = isinstance(node.func, ast.Name) and isinstance(bound, ClassName)
                plain = own and isinstance(bound, ClassName) and is_made_plainly(bound)
                if name not in _HARMLESS and not plain:
                    self.problem("call at module level", node)
            elif isinstance(node, ast.NamedExpr | ast.Await | ast.Yield | ast.YieldFrom):
                self.problem(f"{type(node).__name__} at module level", node)

    def problem(self, construct: str, node: ast.stmt | ast.expr) -> None:
        if self.scope.problem is None:
            self.scope.problem = Unsupported(construct, node.lineno, node.col_offset)


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name | ast.Attribute) and ast.unparse(test) in (
        "TYPE_CHECKING",
        "typing.TYPE_CHECKING",
    )


def _is_main_guard(test: ast.expr) -> bool:
    return ast.unparse(test) in ("__name__ == '__main__'", "'__main__' == __name__")
