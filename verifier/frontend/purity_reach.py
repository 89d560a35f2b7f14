"""What a function reaches by its text, as far as it matters for its being pure."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property

from verify_agent.verifier.frontend.lower_references import enum_type
from verify_agent.verifier.frontend.lower_scope import ClassName, ModuleScope

SCALARS = frozenset({"int", "bool", "float", "str"})


class Impure(Exception):
    """Something that the text does not show to be pure."""


@dataclass
class Body:
    """A function that is reached: `names` are its own."""

    node: ast.FunctionDef
    module: ModuleScope
    names: set[str]

    @cached_property
    def local(self) -> frozenset[str]:
        """The names that it binds, those of its comprehensions too."""
        bound = {
            n.id
            for c in ast.walk(self.node)
            if isinstance(c, ast.comprehension)
            for n in ast.walk(c.target)
            if isinstance(n, ast.Name)
        }
        return frozenset(self.names | bound)


@dataclass
class Reached:
    """What a function reaches: bodies, classes of what it is given, attributes that it reads.

    `sets` and `floats` say whether it may be given or read any.
    """

    bodies: list[Body] = field(default_factory=list)
    classes: list[ClassName] = field(default_factory=list)
    attributes: set[str] = field(default_factory=set)
    sets: bool = False
    floats: bool = False


def local_names(body: Body) -> frozenset[str]:
    """The names that a function binds, those of its comprehensions too."""
    return body.local


def is_enum(body: Body, node: ast.expr) -> bool:
    """Whether an expression is the name of an enumeration."""
    if not isinstance(node, ast.Name) or node.id in body.names:
        return False
    bound = body.module.resolve(node.id)
    return isinstance(bound, ClassName) and enum_type(bound) is not None
