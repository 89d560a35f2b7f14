"""Values that the code itself mentions, and their neighbours: where behaviour changes."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MOST = 60
_FLOATS = (0.0, -0.0, 1.0, -1.0, 0.5, 0.1, 1e16, 1.7976931348623157e308, 5e-324)
_UNUSUAL_FLOATS = (math.nan, math.inf, -math.inf)
_STRINGS = ("", "a", "ab", "aa", " ", "0", "A", "ß", "²", "\n")


@dataclass(frozen=True)
class Pools:
    """Integers, floats and strings to mix into random ones."""

    ints: tuple[int, ...] = ()
    floats: tuple[float, ...] = (*_FLOATS, *_UNUSUAL_FLOATS)
    strings: tuple[str, ...] = _STRINGS
    own_strings: tuple[str, ...] = ()


def pools_of(source: str, expressions: Iterable[str] = ()) -> Pools:
    """The constants of a module's text and of its contract's expressions, with neighbours.

    >>> pools_of("x = 40").ints
    (40, 41, 39, -40)
    """
    found = [v for text in (source, *expressions) for v in _constants(text)]
    numbers = dict.fromkeys(v for v in found if type(v) is int)
    ints = dict.fromkeys(n for v in numbers for n in (v, v + 1, v - 1, -v) if abs(v) < 2**70)
    floats = dict.fromkeys(float(v) for v in found if type(v) is float)
    near = [n for v in floats for n in (v, math.nextafter(v, math.inf), -v)]
    strings = [v for v in found if type(v) is str and len(v) <= 40]
    return Pools(
        tuple(ints)[:_MOST],
        # Not by a set: it would take 0.0 and -0.0 for one.
        (*_FLOATS, *(n for n in dict.fromkeys(near) if n not in _FLOATS))[:_MOST] + _UNUSUAL_FLOATS,
        tuple(dict.fromkeys((*strings, *_STRINGS)))[:_MOST],
        tuple(dict.fromkeys(s for s in strings if len(s) > 1))[:_MOST],
    )


def _constants(text: str) -> Iterator[object]:
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return
    documentation = {id(n.body[0].value) for n in ast.walk(tree) if _has_docstring(n)}  # type: ignore[attr-defined]
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            yield node.value


def _has_docstring(node: ast.AST) -> bool:
    match node:
        case ast.Module(body=[ast.Expr(value=ast.Constant(value=str())), *_]):
            return True
        case ast.FunctionDef(body=[ast.Expr(value=ast.Constant(value=str())), *_]):
            return True
        case ast.ClassDef(body=[ast.Expr(value=ast.Constant(value=str())), *_]):
            return True
        case _:
            return False
