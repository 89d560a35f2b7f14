"""A module's text in parts: its functions one by one, and the rest that runs on import.

Read by `reach`, which follows names from part to part. Whatever can't be told apart for sure
belongs to the rest, so that a change of it is a change of everything in the module.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"[^\W\d]\w*")
_CONTRACTS = frozenset({"require", "ensure", "snapshot", "icontract"})
#: Names by which code reaches what no reading of names can follow.
DYNAMIC = frozenset(
    {
        "__builtins__",
        "__dict__",
        "__import__",
        "eval",
        "exec",
        "getattr",
        "globals",
        "importlib",
        "inspect",
        "locals",
        "modules",
        "setattr",
        "vars",
    }
)


@dataclass(frozen=True)
class Part:
    """A piece of text and every name in it, also those in strings (annotations may be text)."""

    text: str
    names: frozenset[str]

    @classmethod
    def of(cls, text: str) -> Part:
        """The part with the names that its text has."""
        return cls(text, frozenset(_NAME.findall(text)))


@dataclass(frozen=True)
class Import:
    """An imported name: `origin` is the module's dotted name, `attribute` what is taken of it."""

    origin: str
    attribute: str = ""


@dataclass(frozen=True)
class Parts:
    """A module in parts. `imports` binds names to what they stand for, `imported` is all of it."""

    rest: Part
    functions: Mapping[str, Part]
    imports: Mapping[str, tuple[Import, ...]]
    imported: tuple[Import, ...]


def parts_of(source: str, module: str, *, package: bool) -> Parts:
    """The parts of a text; `SyntaxError` where it is none.

    >>> made = parts_of("import a\\ndef f():\\n    return g()\\n", "m", package=False)
    >>> sorted(made.functions["f"].names)
    ['def', 'f', 'g', 'return']
    """
    tree = ast.parse(source)
    lines = source.splitlines(keepends=True)
    functions: dict[str, list[str]] = {}
    rest: list[str] = []
    running: list[str] = []
    for statement in tree.body:
        text = "".join(lines[_first_line(statement) - 1 : statement.end_lineno])
        if isinstance(statement, ast.FunctionDef) and _only_binds(statement):
            functions.setdefault(statement.name, []).append(text)
            if any(isinstance(node, ast.Global) for node in ast.walk(statement)):
                # What may stand in the module's variables concerns whoever reads them.
                rest.append(text)
                running.append(text)
        else:
            rest.append(text)
            if not isinstance(statement, ast.Import | ast.ImportFrom):
                # What an import binds is reached where it is used.
                running.append(text)
    rest += sorted(_unusual_annotations(tree))
    found = tuple(_imports(tree, module, package))
    bound: dict[str, tuple[Import, ...]] = {}
    for name, imported in found:
        bound[name] = (*bound.get(name, ()), imported)
    return Parts(
        Part("".join(rest), Part.of("".join(running)).names),
        {name: Part.of("".join(texts)) for name, texts in functions.items()},
        bound,
        tuple(dict.fromkeys(imported for _, imported in found)),
    )


def _unusual_annotations(tree: ast.Module) -> set[str]:
    """Names in annotations that are no builtins: without them an import could fail."""
    parts = (
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for argument in [node.returns, *(a.annotation for a in _arguments(node))]
        if argument is not None
        for part in ast.walk(argument)
    )
    return {p.id for p in parts if isinstance(p, ast.Name) and not hasattr(builtins, p.id)}


def _arguments(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.arg]:
    given = node.args
    star = [a for a in (given.vararg, given.kwarg) if a is not None]
    return [*given.posonlyargs, *given.args, *given.kwonlyargs, *star]


def file_of(module: str, roots: tuple[str, ...]) -> Path | None:
    """The file of a module under the roots; `None` for one that comes from elsewhere."""
    inside = module.replace(".", "/")
    for root in roots:
        for path in (Path(root, inside, "__init__.py"), Path(root, f"{inside}.py")):
            if path.is_file():
                return path
    return None


def _first_line(statement: ast.stmt) -> int:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return min([statement.lineno, *(d.lineno for d in statement.decorator_list)])
        case _:
            return statement.lineno


def _only_binds(function: ast.FunctionDef) -> bool:
    """Whether running the definition does nothing but bind the name to the function."""
    for decorator in function.decorator_list:
        target = decorator.func if isinstance(decorator, ast.Call) else decorator
        if not set(_NAME.findall(ast.unparse(target))) & _CONTRACTS:
            return False
    defaults = [*function.args.defaults, *filter(None, function.args.kw_defaults)]
    return all(isinstance(d, ast.Constant) for d in defaults)


def _imports(tree: ast.Module, module: str, package: bool) -> Iterator[tuple[str, Import]]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    bound = alias.asname or alias.name.partition(".")[0]
                    yield bound, Import(alias.name)
            case ast.ImportFrom(names=names):
                origin = _origin(node, module, package)
                for alias in names:
                    yield alias.asname or alias.name, Import(origin, alias.name)
            case _:
                pass


def _origin(node: ast.ImportFrom, module: str, package: bool) -> str:
    """The dotted name of the module that a `from` names, dots in front resolved."""
    if not node.level:
        return node.module or ""
    above = module.split(".")
    kept = len(above) - node.level + (1 if package else 0)
    return ".".join(filter(None, [*above[: max(kept, 0)], node.module or ""]))
