"""The static critic: what a skill's text may be made of, by an allow-list; and bandit's word.

A skill computes a number or an order from what it is given. It needs no import but icontract's
decorators, no attribute but a few methods of texts, no class, no name with underscores around it.
Everything that is not on the list is refused, so nothing has to be foreseen.
"""

from __future__ import annotations

import ast
import builtins
import io
import re
import tempfile
import tokenize
from collections.abc import Iterator
from pathlib import Path

from verify_agent.agent.improve.model import Proposal, StepOutcome, StepVerdict
from verify_agent.verifier.errors import ToolMissing

CRITIC = "critic"
LARGEST_INT, LONGEST_TEXT = 10**7, 200

CALLS = frozenset(
    {
        "abs",
        "all",
        "any",
        "bool",
        "divmod",
        "enumerate",
        "int",
        "len",
        "list",
        "max",
        "min",
        "range",
        "reversed",
        "sorted",
        "str",
        "sum",
        "tuple",
        "zip",
    }
)
METHODS = frozenset(
    {
        "count",
        "endswith",
        "find",
        "index",
        "isdigit",
        "lower",
        "lstrip",
        "rstrip",
        "startswith",
        "strip",
        "upper",
    }
)
TYPES = frozenset({"bool", "dict", "int", "list", "str", "tuple"})
DECORATORS = frozenset({"ensure", "require"})

_TO_TOOLS = re.compile(r"type:|mypy|nosec|noqa|pragma|crosshair|hypothesis|pyright|fmt:", re.I)
_STATEMENTS = (
    ast.FunctionDef,
    ast.Return,
    ast.Assign,
    ast.AnnAssign,
    ast.AugAssign,
    ast.If,
    ast.For,
    ast.While,
    ast.Break,
    ast.Continue,
    ast.Pass,
    ast.Expr,
)
_EXPRESSIONS = (
    ast.BoolOp,
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Constant,
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.Slice,
    ast.List,
    ast.Tuple,
    ast.Dict,
    ast.ListComp,
    ast.GeneratorExp,
    ast.Lambda,
)
_PARTS = (
    ast.Module,
    ast.ImportFrom,
    ast.alias,
    ast.arguments,
    ast.arg,
    ast.comprehension,
    ast.expr_context,
    ast.boolop,
    ast.unaryop,
    ast.cmpop,
)
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.Mod)


def critic(proposal: Proposal) -> StepOutcome:
    """Whether the text holds only what is on the list, and bandit finds nothing in it."""
    tree = ast.parse(proposal.source)
    found = sorted({*_problems(tree, proposal.skill), *_comments(proposal.source)})
    if found:
        line, reason = found[0]
        evidence = {"problems": [f"{what} (line {at})" for at, what in found[:20]]}
        return StepOutcome(CRITIC, StepVerdict.REFUSED, f"{reason} (line {line})", evidence)
    version, issues = bandit(proposal.source)
    evidence = {"bandit": [version, *issues]}
    if issues:
        return StepOutcome(CRITIC, StepVerdict.REFUSED, f"bandit: {issues[0]}", evidence)
    return StepOutcome(CRITIC, StepVerdict.PASSED, "", evidence)


def bandit(source: str) -> tuple[str, list[str]]:
    """bandit's version, and all that it finds in a text, however small. Nothing is executed.

    `ToolMissing` where it is not installed.
    """
    try:
        from importlib.metadata import version

        from bandit.core.config import BanditConfig
        from bandit.core.manager import BanditManager
    except ImportError as error:
        raise ToolMissing(
            "`bandit` is not installed", advice="pip install 'verify-agent[improve]'"
        ) from error
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "skill.py"
        path.write_text(source, encoding="utf-8")
        manager = BanditManager(BanditConfig(), "file", ignore_nosec=True)
        manager.discover_files([str(path)])
        manager.run_tests()
        issues = [f"{i.test_id} {i.text} (line {i.lineno})" for i in manager.get_issue_list()]
        skipped = [f"not read: {reason}" for _, reason in manager.skipped]
    return f"bandit {version('bandit')}", issues + skipped


def _problems(tree: ast.Module, skill: str) -> Iterator[tuple[int, str]]:
    """Every line and what stands there that is not allowed."""
    known = set[str]()
    for position, statement in enumerate(tree.body):
        yield from _top(statement, position, known, skill)
    functions = {s.name for s in tree.body if isinstance(s, ast.FunctionDef)}
    lambdas = {id(n) for n in _conditions(tree)}
    annotations = {id(n) for n in _annotations(tree)}
    outer = {id(s) for s in tree.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and id(node) not in outer:
            yield node.lineno, "a function inside a function"
        what = _node(node, functions, lambdas, annotations)
        if what:
            yield getattr(node, "lineno", 1), what


def _comments(source: str) -> Iterator[tuple[int, str]]:
    """Comments that tell a tool to look away."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and _TO_TOOLS.search(token.string):
            yield token.start[0], f"a comment to a tool: `{token.string[:40]}`"


def _top(
    statement: ast.stmt, position: int, known: set[str], skill: str
) -> Iterator[tuple[int, str]]:
    line = statement.lineno
    match statement:
        case ast.ImportFrom(module="icontract", level=0, names=names):
            wrong = [a.name for a in names if a.name not in DECORATORS or a.asname]
            if wrong:
                yield line, f"it imports `{wrong[0]}`"
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield line, f"it imports `{getattr(statement, 'module', '') or names[0].name}`"
        case ast.FunctionDef(name=name, decorator_list=decorators):
            if name in known or name in DECORATORS or hasattr(builtins, name):
                yield line, f"it defines `{name}` anew"
            known.add(name)
            for decorator in decorators:
                yield from _decorator(decorator, name == skill)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant()):
            if name in known or name in CALLS or name in DECORATORS:
                yield line, f"it binds `{name}` anew"
            known.add(name)
        case ast.Expr(value=ast.Constant(value=str())) if position == 0:
            pass
        case _:
            yield line, f"a statement at module level: {type(statement).__name__}"


def _decorator(node: ast.expr, entry: bool) -> Iterator[tuple[int, str]]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[ast.Lambda()], keywords=[]) if (
            entry and name in DECORATORS
        ):
            pass
        case _:
            yield node.lineno, f"the decorator `@{ast.unparse(node)[:60]}`"


def _conditions(tree: ast.Module) -> Iterator[ast.AST]:
    """The lambdas and names of the contract's decorators."""
    for statement in tree.body:
        for decorator in getattr(statement, "decorator_list", []):
            if isinstance(decorator, ast.Call):
                yield from (decorator.func, *decorator.args)


def _annotations(tree: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        for part in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            if part is not None:
                yield from ast.walk(part)


def _node(node: ast.AST, functions: set[str], lambdas: set[int], annotations: set[int]) -> str:
    """What is wrong with one node; empty where nothing is."""
    if id(node) in annotations:
        fine = isinstance(node, ast.Subscript | ast.Tuple | ast.expr_context) or (
            isinstance(node, ast.Name) and node.id in TYPES
        )
        return "" if fine else f"an annotation of the kind {type(node).__name__}"
    match node:
        case ast.Lambda() if id(node) not in lambdas:
            return "a lambda outside of the contract"
        case ast.Constant(value=value):
            return _constant(value)
        case ast.Name(id=name) | ast.arg(arg=name) if name.startswith("_"):
            return f"the name `{name}`"
        case ast.Name(ctx=ast.Load(), id=name) if name in ("ensure", "require"):
            return "" if id(node) in lambdas else f"`{name}` used as a value"
        case ast.Name(ctx=ast.Store(), id=name) if name in functions | CALLS | DECORATORS:
            return f"it binds `{name}` anew"
        case ast.arg(arg=name) if name in functions | CALLS:
            return f"it binds `{name}` anew"
        case ast.Call(func=ast.Name(id=name)) if name in CALLS | functions | DECORATORS:
            return "an argument by keyword or star" if _odd_arguments(node) else ""
        case ast.Call(func=ast.Attribute(attr=name)) if name in METHODS:
            return "an argument by keyword or star" if _odd_arguments(node) else ""
        case ast.Call():
            return f"a call of `{ast.unparse(node.func)[:60]}`"
        case ast.Attribute(attr=name) if name not in METHODS:
            return f"the attribute `{name}`"
        case ast.FunctionDef(args=arguments):
            star = arguments.vararg or arguments.kwarg or arguments.kwonlyargs
            return "parameters with a star" if star else ""
        case ast.operator():
            fine = isinstance(node, _OPERATORS)
            return "" if fine else f"the operator {type(node).__name__}"
        case _ if isinstance(node, (*_STATEMENTS, *_EXPRESSIONS, *_PARTS)):
            return ""
        case _:
            return f"the construct {type(node).__name__}"


def _odd_arguments(node: ast.Call) -> bool:
    return bool(node.keywords) or any(isinstance(a, ast.Starred) for a in node.args)


def _constant(value: object) -> str:
    match value:
        case bool() | None:
            return ""
        case int() if abs(value) <= LARGEST_INT:
            return ""
        case str() if len(value) <= LONGEST_TEXT:
            return ""
        case _:
            return f"the constant {str(value)[:40]} of type {type(value).__name__}"
