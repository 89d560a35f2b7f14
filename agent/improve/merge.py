"""Two modules side by side in one text, so that both contracts can be spoken of at once.

Each module-level name of a module gets a prefix of its own, everywhere in that module; builtins
and imports keep their names. What could change its meaning by that is refused: a local name that
hides a module's, two imports under one name, and everything at module level but definitions.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from verify_agent.contracts.expressions import names_with_scope, parse_expression
from verify_agent.verifier.errors import Unsupported


@dataclass(frozen=True)
class Side:
    """One module, renamed: its text without imports, its imports, and its own names' new names."""

    text: str
    imports: Mapping[str, str]
    names: Mapping[str, str]

    def renamed(self, condition: str, **more: str) -> str:
        """A condition of this module's contract under the new names; `more` are renamed too."""
        tree = parse_expression(condition)
        meaning = {**self.names, **more}
        for node, bound in list(names_with_scope(tree)):
            if node.id in meaning and node.id not in bound:
                node.id = meaning[node.id]
        return ast.unparse(tree)


def side(source: str, prefix: str) -> Side:
    """A module under a prefix; `Unsupported` where its meaning could change by renaming."""
    tree = ast.parse(source)
    imports: dict[str, str] = {}
    own: dict[str, str] = {}
    kept: list[ast.stmt] = []
    for statement in tree.body:
        match statement:
            case ast.Import() | ast.ImportFrom():
                for name, text in _imports(statement):
                    _once(name, imports, statement)
                    imports[name] = text
            case ast.FunctionDef(name=name):
                _once(name, own, statement)
                own[name] = prefix + name
                statement.decorator_list = []
                kept.append(statement)
            case (
                ast.Assign(targets=[ast.Name(id=name)])
                | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr())
            ):
                _once(name, own, statement)
                own[name] = prefix + name
                kept.append(statement)
            case ast.Expr(value=ast.Constant(value=str())):
                pass
            case _:
                raise _unsupported("a module-level statement other than a definition", statement)
    for name in own.keys() & imports.keys():
        raise Unsupported(f"`{name}`, which is imported and defined")
    for statement in kept:
        _rename(statement, own, imports)
    return Side("\n\n\n".join(map(ast.unparse, kept)), imports, own)


def joined(one: Side, other: Side, *more: str) -> str:
    """The text of both sides and more definitions; `Unsupported` where imports disagree."""
    for name in one.imports.keys() & other.imports.keys():
        if one.imports[name] != other.imports[name]:
            raise Unsupported(f"`{name}`, which the two modules import from different places")
    lines = "\n".join(dict.fromkeys([*one.imports.values(), *other.imports.values()]))
    return "\n\n\n".join(part for part in (lines, one.text, other.text, *more) if part) + "\n"


def fresh(stem: str, *sides: Side) -> str:
    """A name that neither side uses."""
    taken = {
        node.id for s in sides for node in ast.walk(ast.parse(s.text)) if isinstance(node, ast.Name)
    }
    while stem in taken or any(stem in (*s.names.values(), *s.imports) for s in sides):
        stem += "_"
    return stem


def _imports(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in node.names:
        bound = (alias.asname or alias.name).partition(".")[0]
        if alias.name == "*" or (isinstance(node, ast.ImportFrom) and node.level):
            raise _unsupported("a relative import or one of everything", node)
        if hasattr(builtins, bound):
            raise _unsupported(f"the import of `{bound}` over a builtin", node)
        if isinstance(node, ast.Import):
            yield bound, ast.unparse(ast.Import([alias]))
        else:
            yield bound, ast.unparse(ast.ImportFrom(node.module, [alias], 0))


def _once(name: str, known: Mapping[str, str], node: ast.stmt) -> None:
    if name in known:
        raise _unsupported(f"`{name}`, which is bound twice", node)


def _rename(tree: ast.stmt, own: Mapping[str, str], imports: Mapping[str, str]) -> None:
    """Rename every use of the module's names; there is no local one of that name."""
    fixed = own.keys() | imports.keys()
    for node in ast.walk(tree):
        match node:
            case ast.arg(arg=name) | ast.keyword(arg=str(name)) if name in own:
                raise _unsupported(f"`{name}`, which is a module's name and a parameter's", node)
            case ast.arg(arg=name) if name in imports:
                raise _unsupported(f"`{name}`, which is imported and a parameter", node)
            case ast.FunctionDef() | ast.ClassDef() if node is not tree:
                raise _unsupported("a definition inside a function", node)
            case ast.Global() | ast.Nonlocal() | ast.Import() | ast.ImportFrom() | ast.Match():
                raise _unsupported(f"`{type(node).__name__.lower()}` inside a function", node)
            case ast.ExceptHandler(name=str(name)) if name in fixed:
                raise _unsupported(f"`{name}`, which is a module's name and a handler's", node)
            case ast.Name(ctx=ast.Store() | ast.Del(), id=name) if name in fixed:
                if not _defines(tree, node):
                    raise _unsupported(f"`{name}`, which is a module's name and a local's", node)
            case _:
                pass
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in own:
            node.id = own[node.id]
        elif isinstance(node, ast.FunctionDef) and node.name in own:
            node.name = own[node.name]


def _defines(tree: ast.stmt, node: ast.Name) -> bool:
    match tree:
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            return target is node
        case _:
            return False


def _unsupported(construct: str, node: ast.AST) -> Unsupported:
    return Unsupported(construct, getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
