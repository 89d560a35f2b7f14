"""What the names of a module stand for."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from verify_agent.verifier.errors import Unsupported


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
class StateName:
    """A variable that functions of its module write; it starts as the literal `value`."""

    name: str
    value: ast.expr
    annotation: ast.expr | None
    module: ModuleScope


@dataclass(frozen=True)
class BuiltinName:
    """A name of `builtins` that nothing shadows."""

    name: str


@dataclass(frozen=True)
class Refused:
    """A name whose meaning can't be told from the text."""

    why: str


Binding = FunctionName | ClassName | Imported | ConstantName | StateName | BuiltinName | Refused


@dataclass
class ModuleScope:
    """A module's names; `problem` is its first statement whose effect can't be told.

    `parent` is looked into for names that are not bound here: the module's for the specification
    functions of a task file, and for a function that imports something. `package` says that the
    text is that of an `__init__.py`; `complete` that it was read to its end.
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
    package: bool = False
    complete: bool = False

    def inside(self, imports: Mapping[str, Imported]) -> ModuleScope:
        """The names as a function sees them that imports some of its own."""
        return replace(self, parent=self, bindings=dict(imports)) if imports else self

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

    def member(self, module: str, name: str) -> Binding | None:
        """What `module.name` stands for; None where the module's text is not at hand."""
        other = self.other(module)
        if other is None:
            return None
        if any(name in _set_from_outside(m.tree) for m in self.reachable()):
            return Refused(f"{module}.{name}, which is set from outside of its module")
        return self._follow(Imported(f"{module}.{name}"))

    def _follow(self, imported: Imported) -> Binding:
        """A name imported from a module whose source is at hand stands for what it is there."""
        module, _, name = imported.origin.rpartition(".")
        other = self.other(module) if module else None
        if other is None:
            return imported
        submodule = _find(imported.origin, self.roots) is not None
        if name not in other.bindings:
            return imported if submodule else Refused(f"{imported.origin}, which is not there")
        bound = other.bindings[name]
        above = bound.origin.rpartition(".")[0] if isinstance(bound, Imported) else ""
        if submodule and above != imported.origin:
            return Refused(f"{imported.origin}, which is a module and a name")
        if other.problem:
            return Refused(f"{imported.origin}: {other.problem.construct} in its module")
        found = other.resolve(name)
        if isinstance(found, StateName):
            return Refused(f"{imported.origin}, which its module writes")
        return found or Refused(f"{imported.origin}, which is not there")

    def reachable(self) -> tuple[ModuleScope, ...]:
        """The module, and all whose source is at hand that it imports anywhere, however deep."""
        found: dict[int, ModuleScope] = {id(self): self}
        pending = [self]
        while pending:
            scope = pending.pop()
            for origin in scope.origins():
                above = origin.rpartition(".")[0]
                for other in map(self.other, filter(None, (origin, above))):
                    if other is not None and id(other) not in found:
                        found[id(other)] = other
                        pending.append(other)
        return tuple(found.values())

    def origins(self) -> Iterator[str]:
        """Dotted names of what the text imports, in functions too; a star stands for its module."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Import(names):
                    yield from (alias.name for alias in names)
                case ast.ImportFrom(names=names):
                    yield from (self.origin(node, alias.name) for alias in names)
                case _:
                    continue

    def origin(self, node: ast.ImportFrom, name: str) -> str:
        """The dotted name of what a `from` imports under the name, dots in front resolved."""
        above: list[str] = []
        if node.level:
            parts = self.name.split(".")
            above = parts[: max(0, len(parts) - node.level + self.package)]
        return ".".join([*above, *filter(None, [node.module]), name])

    def other(self, module: str) -> ModuleScope | None:
        """The names of another module; None where its source is not at hand."""
        from verify_agent.verifier.frontend.lower_module import module_scope

        if module not in self.others:
            self.others[module] = None
            path = _find(module, self.roots)
            if path is not None:
                source = path.read_text(encoding="utf-8")
                package = path.name == "__init__.py"
                self.others[module] = module_scope(
                    source, module, self.roots, self.others, package=package
                )
        return self.others[module]


def _set_from_outside(tree: ast.Module) -> set[str]:
    """The attributes that a text sets or deletes, of whatever object."""
    return {
        n.attr
        for n in ast.walk(tree)
        if isinstance(n, ast.Attribute) and not isinstance(n.ctx, ast.Load)
    }


def _find(module: str, roots: tuple[str, ...]) -> Path | None:
    parts = module.split(".")
    for root in roots:
        base = Path(root, *parts)
        for path in (base / "__init__.py", base.with_suffix(".py")):
            if path.is_file():
                return path
    return None


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
