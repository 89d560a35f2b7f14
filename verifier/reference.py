"""The slow trusted version that a contract may name: where its text is, and its parts."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from verify_agent.contracts.model import Contract
from verify_agent.verifier.errors import Unsupported

PREFIX = "reference_"


@dataclass(frozen=True)
class Reference:
    """The functions of a reference's module, each under a name that nothing else bears."""

    source: str
    name: str
    parameters: tuple[str, ...]


def reference_file(contract: Contract, roots: tuple[str, ...]) -> Path | None:
    """The file that `path.py::function` names, as it stands or under one of the roots."""
    path = contract.reference.partition("::")[0]
    places = [Path(path), *(Path(root) / path for root in roots)]
    return next((p for p in places if p.is_file()), None)


def load_reference(contract: Contract, roots: tuple[str, ...]) -> Reference:
    """The reference as text; `Unsupported` where its module is more than plain functions."""
    file = reference_file(contract, roots)
    if file is None:
        raise Unsupported(f"the reference {contract.reference}, which was not found")
    try:
        tree = ast.parse(file.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError, OSError) as error:
        raise Unsupported(f"the reference's module: {error}") from error
    name = contract.reference.rpartition("::")[2]
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef) and not _is_idle(node):
            raise Unsupported(f"a reference's module with {type(node).__name__}")
    entry = next((node for node in functions if node.name == name), None)
    if entry is None or any(node.decorator_list for node in functions):
        raise Unsupported(f"the reference {contract.reference}, which is no plain function")
    odd = entry.args.vararg or entry.args.kwarg or entry.args.kwonlyargs or entry.args.posonlyargs
    if odd or entry.args.defaults:
        raise Unsupported("a reference with other than plain parameters")
    if len({node.name for node in functions}) < len(functions):
        raise Unsupported("a reference's module that defines a name twice")
    rename = _Rename({node.name for node in functions})
    texts = [ast.unparse(rename.visit(node)) for node in functions]
    return Reference(
        "\n\n\n".join(texts) + "\n", PREFIX + name, tuple(a.arg for a in entry.args.args)
    )


def _is_idle(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant()) | ast.ImportFrom(module="__future__"):
            return True
    return False


class _Rename(ast.NodeTransformer):
    def __init__(self, names: set[str]) -> None:
        self.names = names

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        local = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _stored(n)}
        local |= {n.arg for n in ast.walk(node) if isinstance(n, ast.arg)}
        if local & self.names:
            raise Unsupported("a reference whose local has a function's name", node.lineno)
        node.name = PREFIX + node.name
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(id=PREFIX + node.id, ctx=node.ctx) if node.id in self.names else node


def _stored(node: ast.Name) -> bool:
    return not isinstance(node.ctx, ast.Load)
