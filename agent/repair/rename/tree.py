"""A module's concrete syntax tree with what its names mean, and the text after renaming some."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import libcst as cst
from libcst import metadata

from verify_agent.verifier.errors import BadSource

#: Nodes of names, each with what it is to be called.
Names = Mapping[cst.Name, str]


class CannotRename(BadSource):
    """Renaming would change what the program does, or can't be done everywhere."""


@dataclass(frozen=True)
class Tree:
    """A module's tree, comments and layout included."""

    module: cst.Module
    scopes: Mapping[cst.CSTNode, metadata.Scope | None]
    positions: Mapping[cst.CSTNode, metadata.CodeRange]
    parents: Mapping[cst.CSTNode, cst.CSTNode]

    @classmethod
    def of(cls, text: str) -> Tree:
        """The tree of a text; `BadSource` where it does not parse."""
        try:
            wrapper = metadata.MetadataWrapper(cst.parse_module(text))
        except cst.ParserSyntaxError as problem:
            raise BadSource(f"this is not Python: {problem.message}") from problem
        return cls(
            wrapper.module,
            wrapper.resolve(metadata.ScopeProvider),
            wrapper.resolve(metadata.PositionProvider),
            wrapper.resolve(metadata.ParentNodeProvider),
        )

    def line(self, node: cst.CSTNode) -> int:
        """The line on which a node starts, from 1."""
        return self.positions[node].start.line

    def function_at(self, name: str, line: int) -> cst.FunctionDef:
        """The function whose `def` stands on a line; `BadSource` where there is none."""
        for node in self.positions:
            named = isinstance(node, cst.FunctionDef) and node.name.value == name
            if isinstance(node, cst.FunctionDef) and named and self.line(node.name) == line:
                return node
        raise BadSource(f"there is no function `{name}` at line {line}")

    def meanings(self, node: cst.CSTNode) -> set[metadata.QualifiedName]:
        """The names that an expression may stand for, as the module's imports spell them.

        `f` of the module itself is `f`; a local variable of a function is
        `function.<locals>.f`.
        """
        scope = self.scopes.get(node)
        return set(scope.get_qualified_names_for(node)) if scope is not None else set()

    def around(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """The nodes that a node stands in, the nearest first."""
        while (parent := self.parents.get(node)) is not None:
            yield parent
            node = parent

    def code(self, node: cst.CSTNode) -> str:
        """The text of a node."""
        return self.module.code_for_node(node)

    def written(self, names: Names) -> str:
        """The module's text with some names changed and every other character kept."""
        return self.module.visit(_Renaming(names)).code if names else self.module.code


class _Renaming(cst.CSTTransformer):
    def __init__(self, names: Names) -> None:
        self.names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:
        new = self.names.get(original_node)
        return updated_node if new is None else updated_node.with_changes(value=new)
