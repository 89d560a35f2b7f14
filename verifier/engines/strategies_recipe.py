"""Recipes: inputs as source text, so that what is tested is what a person can paste."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, eq=False)
class Made:
    """An object to be made by its constructor and then brought into a state by method calls.

    `name` is what the class is called in the module; each call is (method, arguments).
    """

    name: str
    arguments: Mapping[str, Any]
    calls: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True)
class Recipe:
    """Statements to run first, and an expression for each argument by name."""

    setup: tuple[str, ...]
    arguments: Mapping[str, str]

    def call(self, function: str, positional: tuple[str, ...] = ()) -> str:
        """The call of `function` with these arguments, those in `positional` without a name."""
        first = [self.arguments[name] for name in positional]
        rest = [f"{n}={t}" for n, t in self.arguments.items() if n not in positional]
        return f"{function}({', '.join([*first, *rest])})"


def recipe(arguments: Mapping[str, Any]) -> Recipe:
    """The recipe that makes exactly these values; an object that occurs twice is made once.

    >>> xs = [1]
    >>> recipe({"a": xs, "b": xs})
    Recipe(setup=('shared_1 = [1]',), arguments={'a': 'shared_1', 'b': 'shared_1'})
    """
    writer = _Writer()
    for value in arguments.values():
        writer.count(value)
    texts = {name: writer.text(value) for name, value in arguments.items()}
    return Recipe(tuple(writer.setup), texts)


class _Writer:
    """Writes values as expressions; mutable values with two uses become variables."""

    def __init__(self) -> None:
        self.setup: list[str] = []
        self._uses: dict[int, int] = {}
        self._names: dict[int, str] = {}

    def count(self, value: Any) -> None:
        if isinstance(value, list | dict | set | Made):
            self._uses[id(value)] = self._uses.get(id(value), 0) + 1
            if self._uses[id(value)] > 1:
                return
        for part in _parts(value):
            self.count(part)

    def text(self, value: Any) -> str:
        known = self._names.get(id(value))
        if known is not None:
            return known
        if isinstance(value, Made):
            return self._made(value)
        text = self._literal(value)
        if self._uses.get(id(value), 0) > 1:
            return self._named(value, text, "shared")
        return text

    def _made(self, value: Made) -> str:
        given = ", ".join(f"{n}={self.text(v)}" for n, v in value.arguments.items())
        text = f"{value.name}({given})"
        if not value.calls and self._uses.get(id(value), 0) <= 1:
            return text
        name = self._named(value, text, value.name.lower())
        for method, arguments in value.calls:
            given = ", ".join(f"{n}={self.text(v)}" for n, v in arguments.items())
            self.setup.append(f"{name}.{method}({given})")
        return name

    def _named(self, value: Any, text: str, stem: str) -> str:
        name = f"{stem}_{len(self._names) + 1}"
        self._names[id(value)] = name
        self.setup.append(f"{name} = {text}")
        return name

    def _literal(self, value: Any) -> str:
        match value:
            case enum.Enum():
                return f"{type(value).__name__}.{value.name}"
            case float() if math.isnan(value) or math.isinf(value):
                return f"float({str(value)!r})"
            case list():
                return f"[{self._items(value)}]"
            case tuple():
                return f"({self._items(value)}{',' if len(value) == 1 else ''})"
            case set() | frozenset() if not value:
                return f"{type(value).__name__}()"
            case set():
                return f"{{{self._items(sorted(value, key=repr))}}}"
            case frozenset():
                return f"frozenset({{{self._items(sorted(value, key=repr))}}})"
            case dict():
                pairs = (f"{self.text(k)}: {self.text(v)}" for k, v in value.items())
                return f"{{{', '.join(pairs)}}}"
            case bool() | int() | float() | str() | bytes() | complex() | None:
                return repr(value)
            case _:
                raise TypeError(f"no way to write a {type(value).__name__} as source")

    def _items(self, values: Any) -> str:
        return ", ".join(self.text(v) for v in values)


def _parts(value: Any) -> list[Any]:
    match value:
        case list() | tuple() | set() | frozenset():
            return list(value)
        case dict():
            return [*value.keys(), *value.values()]
        case Made():
            inner = [v for _, arguments in value.calls for v in arguments.values()]
            return [*value.arguments.values(), *inner]
        case _:
            return []
