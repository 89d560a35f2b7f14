"""Constructs that have no meaning here whatever stands around them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify_agent.verifier.errors import Unsupported

_REFUSED: dict[type[ast.AST], str] = {
    ast.AsyncFunctionDef: "async function",
    ast.AsyncFor: "async for",
    ast.AsyncWith: "async with",
    ast.Await: "await",
    ast.Yield: "generator function (yield)",
    ast.YieldFrom: "generator function (yield from)",
    ast.With: "with statement",
    ast.Match: "match statement",
    ast.TryStar: "except*",
    ast.Nonlocal: "nonlocal statement",
    ast.ClassDef: "class inside a function",
}
#: Builtins that can do anything, or that look at the interpreter itself.
REFUSED_NAMES = frozenset(
    [
        "eval",
        "exec",
        "compile",
        "globals",
        "locals",
        "vars",
        "getattr",
        "setattr",
        "delattr",
        "hasattr",
        "dir",
        "id",
        "hash",
        "input",
        "open",
        "print",
        "__import__",
        "super",
        "type",
        "callable",
        "object",
        "memoryview",
        "bytes",
        "bytearray",
        "complex",
        "iter",
        "next",
        "breakpoint",
        "help",
        "format",
        "classmethod",
        "property",
        "staticmethod",
        "issubclass",
        "slice",
        "aiter",
        "anext",
        "ascii",
        "__build_class__",
        "exit",
        "quit",
        "copyright",
        "credits",
        "license",
    ]
)


def first_refused(nodes: list[ast.stmt]) -> Unsupported | None:
    """The first place, in source order, with a construct that is never supported."""
    found = [problem for node in nodes for problem in _problems(node)]
    return min(found, key=position, default=None)


def position(problem: Unsupported) -> tuple[int, int]:
    """Where it is, for ordering."""
    return problem.line, problem.column


def _problems(root: ast.AST) -> Iterator[Unsupported]:
    for node in ast.walk(root):
        construct = _construct(node)
        place = node.target if isinstance(node, ast.comprehension) else node
        if construct and isinstance(place, ast.stmt | ast.expr):
            yield Unsupported(construct, place.lineno, place.col_offset)


def _construct(node: ast.AST) -> str | None:
    construct = _REFUSED.get(type(node))
    if construct:
        return construct
    match node:
        case ast.Constant(value) if isinstance(value, bytes | complex):
            return f"{type(value).__name__} literal"
        case ast.comprehension(is_async=1):
            return "async comprehension"
        case ast.Call(args=args, keywords=keywords) if any(
            isinstance(a, ast.Starred) for a in args
        ) or any(k.arg is None for k in keywords):
            return "star argument"
        case _:
            return None
