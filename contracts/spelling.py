"""Which names of a module mean icontract's decorators, however they were imported."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

REQUIRE = "require"
ENSURE = "ensure"
SNAPSHOT = "snapshot"
INVARIANT = "invariant"
KINDS = (REQUIRE, ENSURE, SNAPSHOT, INVARIANT)

PACKAGE = "icontract"


@dataclass(frozen=True)
class Spelling:
    """Local names to the dotted names that were imported under them.

    >>> tree = ast.parse("from icontract import ensure as post")
    >>> spelling_of(tree).kind_of(ast.parse("post", mode="eval").body)
    'ensure'
    """

    meaning: Mapping[str, str]

    def dotted(self, node: ast.expr) -> str:
        """The imported dotted name of `a` or `a.b.c`; empty where it is none."""
        match node:
            case ast.Name(id=name):
                return self.meaning.get(name, "")
            case ast.Attribute(value=value, attr=attribute):
                owner = self.dotted(value)
                return f"{owner}.{attribute}" if owner else ""
            case _:
                return ""

    def kind_of(self, node: ast.expr) -> str:
        """`require`, `ensure`, `snapshot` or `invariant`; empty for anything else."""
        package, _, name = self.dotted(node).partition(".")
        return name if package == PACKAGE and name in KINDS else ""


def spelling_of(module: ast.Module) -> Spelling:
    """What the imports at the module's own level mean, those under `if` and `try` included."""
    meaning: dict[str, str] = {}
    for statement in own_level(module.body):
        match statement:
            case ast.Import(names=names):
                for alias in names:
                    local = alias.asname or alias.name.partition(".")[0]
                    meaning[local] = alias.name if alias.asname else local
            case ast.ImportFrom(module=str(origin), names=names, level=0):
                for alias in names:
                    if alias.name == "*" and origin == PACKAGE:
                        meaning.update({kind: f"{PACKAGE}.{kind}" for kind in KINDS})
                    elif alias.name != "*":
                        meaning[alias.asname or alias.name] = f"{origin}.{alias.name}"
            case ast.Assign(targets=[ast.Name(id=local)], value=value):
                # `pre = icontract.require` is one more spelling; any other value hides a name.
                meaning[local] = Spelling(dict(meaning)).dotted(value)
            case ast.FunctionDef(name=local) | ast.ClassDef(name=local):
                meaning[local] = ""
            case _:
                pass
    return Spelling(meaning)


def own_level(body: Iterable[ast.stmt]) -> Iterable[ast.stmt]:
    """Statements that run in the same scope, those inside of `if`, `try` and `with` included."""
    for statement in body:
        yield statement
        match statement:
            case ast.If() | ast.While() | ast.For():
                yield from own_level([*statement.body, *statement.orelse])
            case ast.With():
                yield from own_level(statement.body)
            case ast.Try():
                handlers = [s for handler in statement.handlers for s in handler.body]
                yield from own_level(
                    [*statement.body, *handlers, *statement.orelse, *statement.finalbody]
                )
            case _:
                pass
