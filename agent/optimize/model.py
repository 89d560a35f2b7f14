"""What the sources of implementations are given, and what they give."""

from __future__ import annotations

import ast
import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verify_agent.contracts.model import Signature
from verify_agent.verifier.ir.nodes import Program
from verify_agent.verifier.ir.types import Type


@dataclass(frozen=True)
class Known:
    """The function as it is, and what is known of it.

    `samples` are allowed arguments with the result that the function has for them.
    """

    node: ast.FunctionDef
    signature: Signature
    program: Program
    samples: tuple[tuple[tuple[Any, ...], Any], ...]

    @property
    def body(self) -> list[ast.stmt]:
        """The statements after the docstring."""
        told = ast.get_docstring(self.node, clean=False) is not None
        return self.node.body[1:] if told else self.node.body

    @property
    def types(self) -> dict[str, Type]:
        """The type of each parameter."""
        function = self.program.functions[self.program.entry]
        return {p.name: p.type for p in function.parameters}

    @property
    def returns(self) -> Type:
        """The type of the result."""
        return self.program.functions[self.program.entry].returns

    @property
    def names(self) -> set[str]:
        """Every name that the function mentions."""
        return {n.id for n in ast.walk(self.node) if isinstance(n, ast.Name)} | set(
            self.signature.names
        )


@dataclass(frozen=True)
class Rewrite:
    """Another body for the function, and where it comes from."""

    body: tuple[ast.stmt, ...]
    strategy: str


def statements(text: str) -> tuple[ast.stmt, ...]:
    """The statements of a text."""
    return tuple(ast.parse(text).body)


def expression(text: str) -> ast.expr:
    """The expression of a text."""
    return ast.parse(text, mode="eval").body


def name_of(node: ast.expr) -> str | None:
    """The name that a plain name is."""
    return node.id if isinstance(node, ast.Name) else None


def same(left: ast.AST, right: ast.AST) -> bool:
    """Whether two pieces of syntax are the same."""
    return ast.dump(left) == ast.dump(right)


def substituted(node: ast.expr, values: dict[str, ast.expr]) -> ast.expr:
    """The expression with names replaced by expressions."""

    class Put(ast.NodeTransformer):
        def visit_Name(self, found: ast.Name) -> ast.expr:
            return copy.deepcopy(values[found.id]) if found.id in values else found

    made = Put().visit(copy.deepcopy(node))
    assert isinstance(made, ast.expr)
    return made


def function_text(known: Known, body: Sequence[ast.stmt]) -> str:
    """The function with another body, undecorated, as a person would lay it out."""
    from verify_agent.agent.synth.rules.source_text import source_text

    made = copy.deepcopy(known.node)
    made.decorator_list = []
    made.body = [copy.deepcopy(s) for s in body]
    again = ast.parse(ast.unparse(ast.fix_missing_locations(made))).body[0]
    assert isinstance(again, ast.FunctionDef)
    return source_text(again)
