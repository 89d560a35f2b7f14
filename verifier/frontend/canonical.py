"""One form for texts that are the same program: comments, layout and names of locals are left out.

The form is the digest of the syntax tree. A local variable is renamed by its place only where that
can't change the meaning: in a function without inner functions and classes, `global`, `nonlocal`,
`match`, imports and code that looks names up at run time. Programs with one form have the same
formulas, and behave alike unless they look at their own text or line numbers.
"""

from __future__ import annotations

import ast
import hashlib
import re
from functools import lru_cache

from verify_agent.verifier.frontend.parts import DYNAMIC

#: Comments that tools obey: a text with one has no other form than itself.
DIRECTIVE = re.compile(r"#.*\b(?:type|mypy|pyright|crosshair|noqa)\s*:", re.IGNORECASE)
#: Names by which running code finds its own text or lines.
INTROSPECTION = frozenset(
    {
        "__code__",
        "__file__",
        "__traceback__",
        "_getframe",
        "_current_frames",
        "f_lineno",
        "inspect",
        "linecache",
        "lineno",
        "setprofile",
        "settrace",
        "tb_lineno",
        "tokenize",
        "traceback",
    }
)
_KEEPS_NAMES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Global,
    ast.Nonlocal,
    ast.Match,
    ast.Import,
    ast.ImportFrom,
)
_SCOPES = (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@lru_cache(maxsize=4096)
def canonical(text: str, renamed: bool = True) -> str:
    """The form of a text of whole statements; the text itself where it has no other.

    Without `renamed` locals keep their names.

    >>> canonical("def f(x):\\n    y = x+1  # one more\\n    return y\\n") == canonical(
    ...     "def f(x):\\n    z = (x + 1)\\n\\n    return z\\n"
    ... )
    True
    >>> canonical("x = 1\\n") == canonical("x = True\\n")
    False
    """
    if DIRECTIVE.search(text):
        return text
    try:
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if renamed and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                _rename(node)
        return f"tree:{hashlib.sha256(ast.dump(tree).encode('utf-8', 'surrogatepass')).hexdigest()}"
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text


def expression_form(text: str) -> str:
    """The form of an expression; of other text the words with single spaces.

    >>> expression_form("f( x )==1")
    'f(x) == 1'
    """
    try:
        return ast.unparse(ast.parse(text.strip(), mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return " ".join(text.split())


def _rename(function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """Give the function's locals names by their order, where no name is looked up otherwise."""
    nodes = [node for statement in function.body for node in ast.walk(statement)]
    names = [node for node in nodes if isinstance(node, ast.Name)]
    if any(isinstance(n, _KEEPS_NAMES) for n in nodes) or {n.id for n in names} & DYNAMIC:
        return
    bound = {n.arg for n in ast.walk(function.args) if isinstance(n, ast.arg)}
    bound |= {n.arg for node in nodes if isinstance(node, ast.Lambda) for n in _parameters(node)}
    bound |= {n.name for n in nodes if isinstance(n, ast.ExceptHandler) and n.name}
    places: dict[str, str] = {}
    for name in _stored(function.body):
        if name not in bound:
            # No identifier begins like this: nothing else can have the name.
            places.setdefault(name, f"@{len(places)}")
    for node in names:
        node.id = places.get(node.id, node.id)


def _parameters(node: ast.Lambda) -> list[ast.arg]:
    return [n for n in ast.walk(node.args) if isinstance(n, ast.arg)]


def _stored(body: list[ast.stmt]) -> list[str]:
    """The names that the function's own scope binds, in the order of the text."""
    found: list[str] = []
    pending: list[ast.AST] = list(reversed(body))
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.append(node.id)
        if not isinstance(node, _SCOPES):
            pending.extend(reversed(list(ast.iter_child_nodes(node))))
    return found
