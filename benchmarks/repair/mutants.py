"""One fault put into a verified function: the first line is left as it is, one place is changed.

The faults are those of mutation testing (Offutt et al., "An experimental determination of
sufficient mutant operators", 1996), made on the text with `ast` positions; they know nothing of
the edits by which a repair is looked for.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass

COMPARED = {
    ast.Lt: ("<=", ">", ">="),
    ast.LtE: ("<", ">=", ">"),
    ast.Gt: (">=", "<", "<="),
    ast.GtE: (">", "<=", "<"),
    ast.Eq: ("!=",),
    ast.NotEq: ("==",),
}
COMBINED = {
    ast.Add: ("-",),
    ast.Sub: ("+",),
    ast.Mult: ("+",),
    ast.FloorDiv: ("%",),
    ast.Mod: ("//",),
}


@dataclass(frozen=True)
class Mutant:
    """A module's text with one fault, the kind of fault, and the line it is in."""

    text: str
    kind: str
    line: int


def mutants(text: str, name: str, rng: random.Random) -> list[Mutant]:
    """All mutants of a function of a module's text, in a random order."""
    node = next(
        n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef) and n.name == name
    )
    found = list(_mutants(text, node))
    rng.shuffle(found)
    return found


def _mutants(text: str, function: ast.FunctionDef) -> Iterator[Mutant]:
    names = sorted({n.arg for n in function.args.args} | _stored(function))
    for statement in function.body:
        for node in ast.walk(statement):
            for kind, new in _faults(text, node, names):
                yield Mutant(_put(text, node, new), kind, getattr(node, "lineno", 0))
    yield from _deleted(text, function)


def _faults(text: str, node: ast.AST, names: list[str]) -> Iterator[tuple[str, str]]:
    def code(part: ast.AST) -> str:
        return f"({ast.unparse(part)})" if isinstance(part, ast.BinOp) else ast.unparse(part)

    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            for sign in COMPARED.get(type(op), ()):
                yield "relational operator", f"{ast.unparse(left)} {sign} {ast.unparse(right)}"
        case ast.BinOp(left=left, op=op, right=right):
            for sign in COMBINED.get(type(op), ()):
                yield "arithmetic operator", f"({code(left)} {sign} {code(right)})"
        case ast.AugAssign(target=target, op=ast.Add(), value=value):
            yield "arithmetic operator", f"{ast.unparse(target)} -= {ast.unparse(value)}"
        case ast.BoolOp(op=op, values=[left, right]):
            word = "or" if isinstance(op, ast.And) else "and"
            yield "logical operator", f"({ast.unparse(left)} {word} {ast.unparse(right)})"
        case ast.Constant(value=bool(flag)):
            yield "constant", str(not flag)
        case ast.Constant(value=int(number)):
            yield "constant", str(number + 1)
            yield "constant", f"({number - 1})"
        case ast.Name(id=name, ctx=ast.Load()) if name in names:
            yield "off by one", f"({name} + 1)"
            for other in names:
                if other != name:
                    yield "variable", other
        case ast.If() | ast.While():
            yield "negated condition", ""
        case _:
            pass


def _put(text: str, node: ast.AST, new: str) -> str:
    if isinstance(node, ast.If | ast.While):
        return _put(text, node.test, f"not ({ast.unparse(node.test)})")
    assert isinstance(node, ast.expr | ast.stmt)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    lines = text.splitlines(keepends=True)
    before = "".join(lines[: node.lineno - 1]) + lines[node.lineno - 1][: node.col_offset]
    after = lines[node.end_lineno - 1][node.end_col_offset :] + "".join(lines[node.end_lineno :])
    return before + new + after


def _deleted(text: str, function: ast.FunctionDef) -> Iterator[Mutant]:
    """A statement that is not the only one of its block taken away."""
    lines = text.splitlines(keepends=True)
    for node in ast.walk(function):
        for block in (getattr(node, "body", []), getattr(node, "orelse", [])):
            if not isinstance(block, list) or len(block) < 2:
                continue
            for statement in block:
                if isinstance(statement, ast.Assign | ast.AugAssign | ast.Expr | ast.If):
                    kept = lines[: statement.lineno - 1] + lines[statement.end_lineno :]
                    yield Mutant("".join(kept), "statement deleted", statement.lineno)


def _stored(function: ast.FunctionDef) -> set[str]:
    return {
        n.id for n in ast.walk(function) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
