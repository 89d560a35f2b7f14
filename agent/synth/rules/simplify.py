"""Rewrites an expression to the one that a person would write; every rule keeps the meaning.

A rule takes a node whose parts are simplified already and the types of the names, and returns
the better node or None.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping

from verify_agent.agent.synth.problem import Body, SynthesisProblem
from verify_agent.agent.synth.rules import boolean, conditional, integer, sequences
from verify_agent.agent.synth.rules.copies import without_copy
from verify_agent.agent.synth.rules.layout import laid_out
from verify_agent.agent.synth.rules.local_types import local_types
from verify_agent.verifier.ir.types import Type

Types = Mapping[str, Type]
Rule = Callable[[ast.expr, Types], ast.expr | None]

RULES: tuple[Rule, ...] = (
    *integer.RULES,
    *boolean.RULES,
    *conditional.RULES,
    *sequences.RULES,
)
MAX_ROUNDS = 12


class _Rewrite(ast.NodeTransformer):
    def __init__(self, types: Types, forbid: frozenset[str]) -> None:
        self.types = types
        self.forbid = forbid
        self.changed = False

    def visit(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        if not isinstance(node, ast.expr):
            return node
        for rule in RULES:
            better = rule(node, self.types)
            if better is not None and not _adds_forbidden(node, better, self.forbid):
                self.changed = True
                return better
        return node


def _adds_forbidden(old: ast.expr, new: ast.expr, forbid: frozenset[str]) -> bool:
    from verify_agent.agent.synth.contract.forbidden import used

    return bool(forbid) and bool((used([new]) - used([old])) & forbid)


def simplify(node: ast.expr, types: Types, forbid: frozenset[str] = frozenset()) -> ast.expr:
    """The expression after all rules; no rule brings in anything of `forbid`.

    >>> from verify_agent.verifier.ir.types import INT
    >>> tree = ast.parse("x if x + -1 * y >= 0 else y", mode="eval").body
    >>> ast.unparse(simplify(tree, {"x": INT, "y": INT}))
    'max(x, y)'
    """
    current = copy.deepcopy(node)
    for _ in range(MAX_ROUNDS):
        rewrite = _Rewrite(types, forbid)
        current = rewrite.visit(current)  # type: ignore[assignment]
        # Parts may be shared after a rule; a tree is wanted.
        current = ast.parse(ast.unparse(ast.fix_missing_locations(current)), mode="eval").body
        if not rewrite.changed:
            break
    return current


def simplified(problem: SynthesisProblem, body: Body) -> list[Body]:
    """The body's forms, best first: simplified and laid out as statements, then as found."""
    statements = without_copy(body.statements)
    types = local_types(statements, problem.types)
    shape = _Statements(types, problem.forbid)
    better = [s for old in statements for s in shape.top(copy.deepcopy(old))]
    return [Body(tuple(better)), body]


class _Statements(ast.NodeTransformer):
    """Simplifies the expressions in statements."""

    def __init__(self, types: Types, forbid: frozenset[str]) -> None:
        self.types = types
        self.forbid = forbid

    def top(self, statement: ast.stmt) -> tuple[ast.stmt, ...]:
        """The statements for one at the body's top level."""
        if isinstance(statement, ast.Return) and statement.value is not None:
            return laid_out(simplify(statement.value, self.types, self.forbid), self.types)
        return (self.visit(statement),)

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr):
            reads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            return simplify(node, self.types, self.forbid) if reads else node
        return super().generic_visit(node)
