"""What the expressions of a task may read: signatures, definitions and builtins."""

from __future__ import annotations

import ast
import builtins
import difflib
import keyword
from collections.abc import Iterable
from dataclasses import dataclass

from verify_agent.contracts.expressions import NotAnExpression
from verify_agent.contracts.functions import signature_of
from verify_agent.contracts.model import Signature
from verify_agent.contracts.render import annotation_imports

#: Builtins that look at or change the world; a contract may not.
IMPURE = frozenset(
    {
        "__build_class__",
        "__import__",
        "__loader__",
        "__spec__",
        "aiter",
        "anext",
        "breakpoint",
        "compile",
        "copyright",
        "credits",
        "delattr",
        "dir",
        "eval",
        "exec",
        "exit",
        "globals",
        "help",
        "id",
        "input",
        "license",
        "locals",
        "memoryview",
        "open",
        "print",
        "quit",
        "setattr",
        "super",
        "vars",
    }
)
BUILTINS = frozenset(dir(builtins)) - IMPURE
_RESERVED = frozenset({"result", "OLD", "_ARGS", "_KWARGS", "icontract", "copy"})
_TYPE_NAMES = frozenset(n for n in BUILTINS if isinstance(getattr(builtins, n), type))
OPERATORS = frozenset(
    "+ - * / // % ** @ & | ^ ~ << >> < <= > >= == != and or not in is".split()  # noqa: SIM905
) | {"not in", "is not"}


@dataclass(frozen=True)
class Definitions:
    """The specification functions of a task: their text, and the names that they bind."""

    source: str = ""
    names: frozenset[str] = frozenset()
    functions: frozenset[str] = frozenset()
    exceptions: frozenset[str] = frozenset()


def parse_signature(text: str, types: frozenset[str] = frozenset()) -> Signature:
    """The signature in `f(x: int) -> int`; `NotAnExpression` that says what is wrong.

    >>> parse_signature("f(x: int) -> int").names
    ('x',)
    """
    try:
        body = ast.parse(f"def {text.strip()}: ...").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as problem:
        reason = getattr(problem, "msg", problem)
        raise NotAnExpression(f"it does not parse: {reason}") from problem
    match body:
        case [ast.FunctionDef(body=[ast.Expr(value=ast.Constant(value=x))]) as node] if x is ...:
            return _checked(node, types)
        case _:
            raise NotAnExpression("it is more than the head of one function")


def _checked(node: ast.FunctionDef, types: frozenset[str]) -> Signature:
    arguments = node.args
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        raise NotAnExpression("only plain parameters are supported, no `*`, `**` or `/`")
    for argument in arguments.args:
        if argument.arg in _RESERVED:
            raise NotAnExpression(f"`{argument.arg}` has a meaning of its own in contracts")
        if argument.annotation is None:
            raise NotAnExpression(f"the parameter `{argument.arg}` has no type")
        check_annotation(argument.annotation, types)
    if node.returns is None:
        raise NotAnExpression("the result has no type (`-> int`)")
    check_annotation(node.returns, types)
    if node.name in _RESERVED or node.name in BUILTINS:
        raise NotAnExpression(f"the function's name `{node.name}` has a meaning already")
    return signature_of(node)


def check_annotation(node: ast.expr, types: frozenset[str]) -> None:
    """`NotAnExpression` for an annotation with a name that no module would know."""
    known = _TYPE_NAMES | annotation_imports() | types
    for name in ast.walk(node):
        if isinstance(name, ast.Name) and name.id not in known:
            raise NotAnExpression(f"the type `{name.id}` is not known{close(name.id, known)}")
        if isinstance(name, ast.Call | ast.Lambda | ast.NamedExpr | ast.Compare):
            raise NotAnExpression(f"`{ast.unparse(node)}` is no type")


def parse_given(text: str, types: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """`x: int, y: int` -> names with their annotations."""
    signature = parse_signature(f"given({text}) -> None", types)
    if not signature.parameters or any(p.default for p in signature.parameters):
        raise NotAnExpression("it is no list of variables with types")
    return tuple((p.name, p.annotation) for p in signature.parameters)


def close(name: str, known: Iterable[str]) -> str:
    """`; did you mean ...` where a known name is near; empty otherwise."""
    found = difflib.get_close_matches(name, sorted(known), 1, 0.6)
    return f"; did you mean `{found[0]}`?" if found else ""


def forbidden_entry(entry: str) -> bool:
    """Whether an entry of `forbid` is a name or an operator."""
    return entry in OPERATORS or (entry.isidentifier() and not keyword.iskeyword(entry))


def is_exception(name: str, definitions: Definitions) -> bool:
    """Whether the name is an exception that a function may declare."""
    found = getattr(builtins, name, None)
    known = isinstance(found, type) and issubclass(found, Exception)
    return known or name in definitions.exceptions


def parse_definitions(source: str) -> tuple[Definitions, list[tuple[int, str]]]:
    """The definitions and what is wrong with them: (line within the text, what)."""
    try:
        body = ast.parse(source).body
    except SyntaxError as problem:
        return Definitions(), [((problem.lineno or 1), f"this is not Python: {problem.msg}")]
    except (ValueError, RecursionError, MemoryError) as problem:
        return Definitions(), [(1, f"this is not Python: {problem}")]
    wrong: list[tuple[int, str]] = []
    names: set[str] = set()
    functions: set[str] = set()
    exceptions: set[str] = set()
    for statement in body:
        bound = _bound(statement)
        if bound is None:
            wrong.append((statement.lineno, f"`{ast.unparse(statement)[:40]}` is no definition"))
            continue
        names |= bound
        if isinstance(statement, ast.FunctionDef):
            functions.add(statement.name)
        if isinstance(statement, ast.ClassDef) and _derives_exception(statement, exceptions):
            exceptions.add(statement.name)
    wrong += _unknown_in(body, names)
    made = Definitions(source.strip("\n"), *map(frozenset, (names, functions, exceptions)))
    return made, wrong


def _bound(statement: ast.stmt) -> set[str] | None:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Assign(targets=targets) if all(isinstance(t, ast.Name) for t in targets):
            return {t.id for t in targets if isinstance(t, ast.Name)}
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr()):
            return {name}
        case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
            if any(a.name == "*" for a in aliases):
                return None
            return {(a.asname or a.name).partition(".")[0] for a in aliases}
        case ast.Expr(value=ast.Constant(value=str())):
            return set()
        case _:
            return None


def _derives_exception(node: ast.ClassDef, known: set[str]) -> bool:
    names = [b.id for b in node.bases if isinstance(b, ast.Name)]
    return any(n in known or is_exception(n, Definitions()) for n in names)


def _unknown_in(body: list[ast.stmt], names: set[str]) -> list[tuple[int, str]]:
    """Names that the definitions read and nothing binds (scopes are taken together)."""
    nodes = [n for s in body for n in ast.walk(s)]
    bound = set(names)
    bound |= {n.id for n in nodes if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)}
    bound |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    bound |= {n.name for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    bound |= {n.name for n in nodes if isinstance(n, ast.ExceptHandler) and n.name}
    bound |= {
        (a.asname or a.name).partition(".")[0]
        for n in nodes
        if isinstance(n, ast.Import | ast.ImportFrom)
        for a in n.names
    }
    known = bound | BUILTINS | annotation_imports()
    return [
        (n.lineno, f"the name `{n.id}` is not known{close(n.id, known)}")
        for n in nodes
        if isinstance(n, ast.Name) and n.id not in known
    ]
