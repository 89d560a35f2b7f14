"""What the names of a module stand for."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from verify_agent.verifier.errors import BadSource, Unsupported


@dataclass(frozen=True)
class FunctionName:
    """A function of the module."""

    node: ast.FunctionDef
    module: ModuleScope


@dataclass(frozen=True)
class ClassName:
    """A class of the module."""

    node: ast.ClassDef
    module: ModuleScope


@dataclass(frozen=True)
class Imported:
    """Something of another module, by its dotted origin (`math`, `math.gcd`)."""

    origin: str


@dataclass(frozen=True)
class ConstantName:
    """A name that the module binds once, to the value of an expression."""

    value: ast.expr
    module: ModuleScope


@dataclass(frozen=True)
class BuiltinName:
    """A name of `builtins` that nothing shadows."""

    name: str


@dataclass(frozen=True)
class Refused:
    """A name whose meaning can't be told from the text."""

    why: str


Binding = FunctionName | ClassName | Imported | ConstantName | BuiltinName | Refused


@dataclass
class ModuleScope:
    """A module's names; `problem` is its first statement whose effect can't be told.

    `parent` is looked into for names that are not bound here: the module's for the specification
    functions of a task file.
    """

    name: str
    tree: ast.Module
    roots: tuple[str, ...] = ()
    source: str = ""
    parent: ModuleScope | None = None
    bindings: dict[str, Binding] = field(default_factory=dict)
    problem: Unsupported | None = None
    identifiers: frozenset[str] = frozenset()
    others: dict[str, ModuleScope | None] = field(default_factory=dict)

    def resolve(self, name: str) -> Binding | None:
        """What the name stands for outside of any function; None where it is not bound."""
        found = self.bindings.get(name)
        if isinstance(found, Imported):
            return self._follow(found)
        if found is None and self.parent is not None:
            return self.parent.resolve(name)
        if found is None and hasattr(builtins, name):
            return BuiltinName(name)
        return found

    def _follow(self, imported: Imported) -> Binding:
        """A name imported from a module whose source is at hand stands for what it is there."""
        module, _, name = imported.origin.rpartition(".")
        other = self._other(module) if module else None
        if other is None:
            return imported
        if other.problem:
            return Refused(f"{imported.origin}: {other.problem.construct} in its module")
        return other.resolve(name) or Refused(f"{imported.origin}, which is not there")

    def reachable(self) -> tuple[ModuleScope, ...]:
        """The module, and all whose source is at hand that it imports, however deep."""
        found: dict[int, ModuleScope] = {id(self): self}
        pending = [self]
        while pending:
            for bound in pending.pop().bindings.values():
                if isinstance(bound, Imported):
                    above = bound.origin.rpartition(".")[0]
                    for other in map(self._other, filter(None, (bound.origin, above))):
                        if other is not None and id(other) not in found:
                            found[id(other)] = other
                            pending.append(other)
        return tuple(found.values())

    def _other(self, module: str) -> ModuleScope | None:
        if module not in self.others:
            self.others[module] = None
            path = _find(module, self.roots)
            if path is not None:
                source = path.read_text(encoding="utf-8")
                self.others[module] = module_scope(source, module, self.roots, self.others)
        return self.others[module]


def _find(module: str, roots: tuple[str, ...]) -> Path | None:
    parts = module.split(".")
    for root in roots:
        base = Path(root, *parts)
        for path in (base / "__init__.py", base.with_suffix(".py")):
            if path.is_file():
                return path
    return None


def module_scope(
    source: str,
    name: str,
    roots: tuple[str, ...] = (),
    others: dict[str, ModuleScope | None] | None = None,
) -> ModuleScope:
    """Read a module's names from its text; `BadSource` where the text does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError) as error:
        raise BadSource(f"the source does not parse: {error}", where=name) from error
    scope = ModuleScope(name, tree, roots, source, others={} if others is None else others)
    scope.others.setdefault(name, scope)
    scope.identifiers = frozenset(_identifiers(tree))
    _Reader(scope).read(tree.body)
    for inner in ast.walk(tree):
        if isinstance(inner, ast.Global):
            for global_name in inner.names:
                scope.bindings[global_name] = Refused(f"global {global_name}")
    return scope


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


class _Reader:
    """Binds the names of a module, statement by statement."""

    def __init__(self, scope: ModuleScope) -> None:
        self.scope = scope

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
                self.statement(statement)
        for statement in body:
            for name in _bound(statement):
                imported = isinstance(statement, ast.Import | ast.ImportFrom)
                if not imported or name in _run_names(self.scope.tree):
                    self.scope.bindings[name] = Refused(f"{name}, which no run binds")

    def bind(self, name: str, binding: Binding) -> None:
        if name in self.scope.bindings:
            binding = Refused(f"{name}, which the module binds more than once")
        self.scope.bindings[name] = binding

    def imported(self, node: ast.Import | ast.ImportFrom, alias: ast.alias) -> None:
        if alias.name == "*":
            self.problem("star import", node)
        elif isinstance(node, ast.Import):
            top = alias.name.split(".")[0]
            origin = alias.name if alias.asname else top
            name = alias.asname or top
            if self.scope.bindings.get(name) != Imported(origin):
                self.bind(name, Imported(origin))
        elif node.module != "__future__":
            self.bind(alias.asname or alias.name, Imported(self.origin(node, alias.name)))

    def origin(self, node: ast.ImportFrom, name: str) -> str:
        if not node.level:
            return f"{node.module}.{name}"
        package = self.scope.name.split(".")[: -node.level]
        return ".".join([*package, *filter(None, [node.module]), name])

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
                if name not in _HARMLESS:
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


def assigned_names(body: list[ast.stmt]) -> set[str]:
    """The names that a function's statements bind in its own scope."""
    names: set[str] = set()
    for statement in body:
        _collect(statement, names, comprehension=False)
    return names


def _collect(node: ast.AST, names: set[str], *, comprehension: bool) -> None:
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.AsyncFunctionDef(name=name):
            names.add(name)
            return
        case ast.Lambda():
            return
        case ast.NamedExpr(ast.Name(name)):
            names.add(name)
        case ast.Name(name, ast.Store() | ast.Del()) if not comprehension:
            names.add(name)
        case ast.ExceptHandler(name=str(name)):
            names.add(name)
        case ast.alias(name, asname):
            names.add(asname or name.split(".")[0])
        case _:
            pass
    inside = comprehension or isinstance(
        node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    )
    for child in ast.iter_child_nodes(node):
        _collect(child, names, comprehension=inside)
