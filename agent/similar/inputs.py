"""Typed inputs that all functions of one signature share, so that what they do can be compared.

They depend on the parameters' types alone, never on names, and the first are small on purpose.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable, Sequence

COUNT = 24
_WORDS = ("", "a", "ab", "aba", "abc", "12", "(())", "a b", "hello", "Aa1")
_DEPTH = 3
Make = Callable[[random.Random, int], object]


def canonical(annotation: str) -> str | None:
    """An annotation in one spelling (`List[int]` as `list[int]`); None for other types.

    >>> canonical("typing.List[ List[int] ]"), canonical("Optional[TreeNode]")
    ('list[list[int]]', None)
    """
    try:
        return _spelled(ast.parse(annotation.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return None


def shared_inputs(types: Sequence[str], count: int = COUNT) -> tuple[str, ...]:
    """Tuples of arguments as literals, for parameters of canonical types; the same every time."""
    made = [_maker(ast.parse(t, mode="eval").body) for t in types]
    chosen = random.Random("|".join(types))
    found: dict[str, None] = {}
    for turn in range(count * 3):
        size = 1 + turn * 8 // (count * 3)
        found[repr(tuple(make(chosen, size) for make in made))] = None
        if len(found) == count:
            break
    return tuple(found)


def _spelled(node: ast.expr) -> str | None:
    match node:
        case ast.Constant(str(text)):
            return canonical(text)
        case ast.Constant(None):
            return "None"
        case ast.Attribute(attr=name) | ast.Name(name):
            known = {"str": "str", "string": "str", "integer": "int", "List": "list"}
            plain = known.get(name, name)
            return plain if plain in ("int", "bool", "float", "str", "list") else None
        case ast.Subscript(ast.Name(name) | ast.Attribute(attr=name), inner):
            return _generic(name.lower(), inner)
    return None


def _generic(name: str, inner: ast.expr) -> str | None:
    arity = {"list": 1, "set": 1, "sequence": 1, "iterable": 1, "dict": 2, "tuple": 0}
    if name not in arity:
        return None
    parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
    texts = [_spelled(part) for part in parts]
    if any(text is None for text in texts) or len(texts) != (arity[name] or len(texts)):
        return None
    kind = "list" if name in ("sequence", "iterable") else name
    return f"{kind}[{', '.join(text for text in texts if text)}]"


def _maker(node: ast.expr) -> Make:
    match node:
        case ast.Name("int"):
            return _integer
        case ast.Name("bool"):
            return lambda chosen, size: chosen.random() < 0.5
        case ast.Name("float"):
            return lambda chosen, size: chosen.choice((0.0, 1.0, -1.5, 2.25, float(size)))
        case ast.Name("str"):
            return _text
        case ast.Name("list"):
            return _several(_integer, list)
        case ast.Subscript(ast.Name("list"), inner):
            return _several(_maker(inner), list)
        case ast.Subscript(ast.Name("set"), inner):
            return _several(_maker(inner), set)
        case ast.Subscript(ast.Name("tuple"), ast.Tuple(elts)):
            return _tuple([_maker(e) for e in elts])
        case ast.Subscript(ast.Name("tuple"), inner):
            return _tuple([_maker(inner)])
        case ast.Subscript(ast.Name("dict"), ast.Tuple([key, value])):
            return _table(_maker(key), _maker(value))
    return lambda chosen, size: None


def _integer(chosen: random.Random, size: int) -> int:
    return chosen.choice((chosen.randint(0, size), chosen.randint(1, 3 * size), -1, 10 * size))


def _text(chosen: random.Random, size: int) -> str:
    if chosen.random() < 0.4:
        return chosen.choice(_WORDS)
    letters = chosen.choice(("ab", "abcd", "01", "()", "0123456789", "xyz "))
    return "".join(chosen.choice(letters) for _ in range(chosen.randint(1, 2 * size)))


def _several(make: Make, kind: Callable[[list[object]], object]) -> Make:
    def made(chosen: random.Random, size: int) -> object:
        length = chosen.randint(0 if size < 2 else 1, size + 1)
        items = [make(chosen, size) for _ in range(length)]
        if kind is not list:
            return kind([i for i in items if not isinstance(i, list | set | dict)])
        return sorted(items, key=repr) if chosen.random() < 0.2 else items

    return made


def _tuple(parts: list[Make]) -> Make:
    return lambda chosen, size: tuple(make(chosen, size) for make in parts)


def _table(key: Make, value: Make) -> Make:
    def made(chosen: random.Random, size: int) -> object:
        pairs = [(key(chosen, size), value(chosen, size)) for _ in range(chosen.randint(0, size))]
        return {k: v for k, v in pairs if not isinstance(k, list | set | dict)}

    return made
