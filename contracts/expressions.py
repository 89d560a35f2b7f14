"""Python expressions as text: their canonical form and the names that they read.

Contracts are kept as text, so every reader needs the same answers to the same questions: is
this an expression, can it stand on one line, and which names does it take from outside?
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class NotAnExpression(ValueError):
    """The text is no Python expression that a contract may hold; the message says why."""


def parse_expression(text: str) -> ast.expr:
    """The syntax tree of an expression; `NotAnExpression` where there is none.

    Positions in the tree count from the stripped text, whose lines may be several.

    >>> ast.unparse(parse_expression("x  +1"))
    'x + 1'
    """
    stripped = text.strip()
    if not stripped:
        raise NotAnExpression("it is empty")
    try:
        body = ast.parse(stripped, mode="eval").body
    except SyntaxError as problem:
        if "\n" not in stripped:
            raise NotAnExpression(_why(stripped, problem)) from problem
        body = _parse_lines(stripped)
    except (ValueError, RecursionError, MemoryError) as problem:
        raise NotAnExpression(f"Python can't read it ({problem})") from problem
    for node in ast.walk(body):
        if isinstance(node, ast.Await | ast.Yield | ast.YieldFrom):
            raise NotAnExpression("`await` and `yield` have no meaning in a contract")
    return body


def _parse_lines(stripped: str) -> ast.expr:
    try:
        return ast.parse(f"({stripped}\n)", mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        raise NotAnExpression(f"Python can't read it ({problem})") from problem


def _why(text: str, problem: SyntaxError) -> str:
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        column = f" at column {problem.offset}" if problem.offset else ""
        return f"{problem.msg}{column}"
    match statements:
        case [ast.Assign()]:
            return "it is an assignment; `==` compares"
        case _:
            return "it is a statement"


def canonical(text: str) -> str:
    """The expression on one line, as written where that is possible.

    >>> canonical(" lo <= x ")
    'lo <= x'
    >>> canonical("x > 0  # positive")
    'x > 0'
    """
    tree = parse_expression(text)
    stripped = text.strip()
    if "\n" in stripped or "#" in stripped or "\\" in stripped:
        return ast.unparse(tree)
    return stripped


def condition_text(text: str) -> str:
    """Like `canonical`, and refuses what is surely no condition.

    A tuple or a text is always true, so `x > 0, y > 0` would demand nothing.
    """
    tree = parse_expression(text)
    match tree:
        case ast.Tuple():
            raise NotAnExpression("a tuple is always true; write one condition per entry")
        case ast.Constant(value=bool()):
            pass
        case ast.Constant() | ast.JoinedStr() | ast.Lambda() | ast.List() | ast.Dict() | ast.Set():
            raise NotAnExpression("it is no condition")
        case _:
            pass
    return canonical(text)


@dataclass(frozen=True)
class Read:
    """A name that an expression takes from outside, and where (as in `ast`)."""

    name: str
    node: ast.Name


def free_reads(tree: ast.expr) -> tuple[Read, ...]:
    """Every reading of a name that the expression does not bind itself, in source order.

    >>> [r.name for r in free_reads(parse_expression("all(x < k for x in xs)"))]
    ['all', 'xs', 'k']
    """
    return tuple(
        Read(node.id, node) for node, bound in names_with_scope(tree) if node.id not in bound
    )


def free_names(text: str) -> frozenset[str]:
    """The names that the expression in the text takes from outside."""
    return frozenset(read.name for read in free_reads(parse_expression(text)))


def names_with_scope(
    tree: ast.AST, bound: frozenset[str] = frozenset()
) -> Iterator[tuple[ast.Name, frozenset[str]]]:
    """Each loaded name with the names that are bound inside the expression at that place.

    A walrus binds for the whole expression, as it may be read on either side of it.
    """
    walrus = {n.target.id for n in ast.walk(tree) if isinstance(n, ast.NamedExpr)}
    yield from _visit(tree, bound | walrus)


def _visit(node: ast.AST, bound: frozenset[str]) -> Iterator[tuple[ast.Name, frozenset[str]]]:
    match node:
        case ast.Name(ctx=ast.Load()):
            yield node, bound
        case ast.Lambda():
            for default in (*node.args.defaults, *node.args.kw_defaults):
                if default is not None:
                    yield from _visit(default, bound)
            yield from _visit(node.body, bound | argument_names(node.args))
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            yield from _comprehension(node, bound)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from _visit(child, bound)


def _comprehension(
    node: Comprehension, bound: frozenset[str]
) -> Iterator[tuple[ast.Name, frozenset[str]]]:
    # The first iterable is evaluated outside of the comprehension's own scope.
    yield from _visit(node.generators[0].iter, bound)
    inner = bound | {
        name.id
        for generator in node.generators
        for name in ast.walk(generator.target)
        if isinstance(name, ast.Name)
    }
    for position, generator in enumerate(node.generators):
        if position:
            yield from _visit(generator.iter, inner)
        for test in generator.ifs:
            yield from _visit(test, inner)
    parts = (node.key, node.value) if isinstance(node, ast.DictComp) else (node.elt,)
    for part in parts:
        yield from _visit(part, inner)


def argument_names(arguments: ast.arguments) -> frozenset[str]:
    """The names that a lambda's or function's arguments bind."""
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    every += [a for a in (arguments.vararg, arguments.kwarg) if a is not None]
    return frozenset(a.arg for a in every)
