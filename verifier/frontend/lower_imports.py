"""Imports inside of functions: the names that they bind, where nothing else happens.

Such a statement runs the module when it is the first to import it. It is followed where that
can't be noticed: the module only defines things (`import_effects`), and every mention of the
name stands after the import, in the same block, so that it is bound there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.frontend.import_effects import runs_quietly
from verify_agent.verifier.frontend.lower_scope import Imported, ModuleScope

Import = ast.Import | ast.ImportFrom
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


def local_imports(
    node: ast.FunctionDef, scope: ModuleScope
) -> tuple[dict[str, Imported], Unsupported | None]:
    """What a function's own imports bind, and the first that can't be followed exactly."""
    found: dict[str, Imported] = {}
    covered: dict[str, set[int]] = {}
    problems: list[Unsupported] = []
    for statement, after in _imports(node.body):
        inside = {id(x) for later in after for x in ast.walk(later)}
        for alias in statement.names:
            name, origin = _binds(statement, alias, scope)
            known = found.setdefault(name, origin)
            if known != origin or not runs_quietly(statement, alias, scope):
                problems.append(_refused("import inside a function", statement))
            covered.setdefault(name, set()).update(inside)
    for part in ast.walk(node):
        for name in _bound_or_read(part):
            if name in found and id(part) not in covered[name]:
                construct = f"{name} before its import or beside it"
                problems.append(_refused(construct, part if isinstance(part, ast.expr) else node))
    first = min(problems, key=lambda p: (p.line, p.column), default=None)
    return found, first


def _refused(construct: str, node: ast.stmt | ast.expr) -> Unsupported:
    return Unsupported(construct, node.lineno, node.col_offset)


def _imports(body: list[ast.stmt]) -> Iterator[tuple[Import, list[ast.stmt]]]:
    """The imports of a function's own scope, each with what follows in its block."""
    for number, statement in enumerate(body):
        if isinstance(statement, Import):
            yield statement, body[number + 1 :]
        elif not isinstance(statement, Function):
            for block in _blocks(statement):
                yield from _imports(block)


def _blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    for _, value in ast.iter_fields(statement):
        if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
            yield value
        elif isinstance(value, list):
            for part in value:
                if isinstance(part, ast.ExceptHandler | ast.match_case):
                    yield part.body


def _binds(node: Import, alias: ast.alias, scope: ModuleScope) -> tuple[str, Imported]:
    """The name that an import binds, and what it stands for."""
    if isinstance(node, ast.ImportFrom):
        return alias.asname or alias.name, Imported(scope.origin(node, alias.name))
    top = alias.name.partition(".")[0]
    return alias.asname or top, Imported(alias.name if alias.asname else top)


def _bound_or_read(node: ast.AST) -> Iterator[str]:
    """The names that a node mentions; what would bind an import's name anew is one of them."""
    match node:
        case ast.Name(id=name) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.ExceptHandler(name=str(name)):
            yield name
        case ast.Global(names) | ast.Nonlocal(names):
            yield from names
        case _:
            return
