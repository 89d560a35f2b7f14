"""Contracts of other libraries: not read, but named where a function is left out for them."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

_PEP316 = re.compile(r"^[\s\"']*(?:pre|post|inv)(?:\[[^\]]*\])?:", re.MULTILINE)


def foreign_contracts(source: str) -> Mapping[int, str]:
    """The lines of functions that have a contract which is not read, each with the reason.

    >>> foreign_contracts("import deal\\n@deal.pre(lambda x: x)\\ndef f(x): ...\\n")
    {3: 'a contract of deal, which is not read'}
    """
    found: dict[int, str] = {}
    if "deal" not in source and not _PEP316.search(source):
        return found
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if any(re.match(r"deal\.\w", ast.unparse(d)) for d in node.decorator_list):
            found[node.lineno] = "a contract of deal, which is not read"
        elif _PEP316.search(ast.get_docstring(node) or ""):
            found[node.lineno] = "a contract in its docstring (PEP 316), which is not read"
    return found


def protocol_methods(source: str) -> frozenset[str]:
    """The methods of protocols that have no body: their contracts are for whoever implements them.

    >>> text = "from typing import Protocol\\nclass P(Protocol):\\n    def f(self): ...\\n"
    >>> protocol_methods(text)
    frozenset({'P.f'})
    """
    if "Protocol" not in source:
        return frozenset()
    return frozenset(
        f"{node.name}.{statement.name}"
        for node in ast.parse(source).body
        if isinstance(node, ast.ClassDef) and any(map(_is_protocol, node.bases))
        for statement in node.body
        if isinstance(statement, ast.FunctionDef) and all(map(_says_nothing, statement.body))
    )


def _is_protocol(base: ast.expr) -> bool:
    inner = base.value if isinstance(base, ast.Subscript) else base
    return ast.unparse(inner) in ("Protocol", "typing.Protocol", "typing_extensions.Protocol")


def _says_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass() | ast.Expr(ast.Constant()):
            return True
        case _:
            return False
