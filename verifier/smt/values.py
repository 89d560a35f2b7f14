"""Python values for models and evaluation, compared as SMT-LIB compares them.

Python finds 0.0 == -0.0, nan != nan and True == 1; a model must not, so identity of values goes
through `identity`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Hashable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Element:
    """An element of an uninterpreted sort; elements of one model differ if their names do."""

    sort: str
    name: str


@dataclass(frozen=True, eq=False)
class ArrayValue:
    """A total map: `default` everywhere but at the indices of `entries`."""

    default: Value
    entries: tuple[tuple[Value, Value], ...] = ()

    def get(self, index: Value) -> Value:
        """The element at an index."""
        key = identity(index)
        for place, value in self.entries:
            if identity(place) == key:
                return value
        return self.default

    def set(self, index: Value, value: Value) -> ArrayValue:
        """The map with one element changed."""
        key = identity(index)
        kept = tuple(entry for entry in self.entries if identity(entry[0]) != key)
        return ArrayValue(self.default, (*kept, (index, value)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ArrayValue) and identity(self) == identity(other)

    def __hash__(self) -> int:
        return hash(identity(self))


Value = bool | int | float | Fraction | Element | ArrayValue


@dataclass(frozen=True)
class FunctionTable:
    """A function as a finite table and a default."""

    default: Value
    entries: tuple[tuple[tuple[Value, ...], Value], ...] = ()

    def __call__(self, *args: Value) -> Value:
        """The value at some arguments."""
        key = tuple(map(identity, args))
        for place, value in self.entries:
            if tuple(map(identity, place)) == key:
                return value
        return self.default


def identity(value: Value) -> Hashable:
    """What two values share if and only if SMT-LIB's `=` holds between them.

    >>> identity(0.0) == identity(-0.0), identity(math.nan) == identity(-math.nan)
    (False, True)
    """
    match value:
        case bool():
            return ("bool", value)
        case int():
            return ("int", value)
        case float():
            return ("double", struct.pack("<d", math.nan if math.isnan(value) else value))
        case Fraction():
            return ("real", value)
        case Element():
            return ("element", value.sort, value.name)
        case ArrayValue():
            return _identity_of_map(value)
        case _:
            raise TypeError(f"not a value of the logic: {value!r}")


def _identity_of_map(value: ArrayValue) -> Hashable:
    table = {identity(place): identity(element) for place, element in value.entries}
    default = identity(value.default)
    if any(isinstance(place, bool) for place, _ in value.entries):
        # The only index sort with so few indices that the default may never be read.
        table = {("bool", b): table.get(("bool", b), default) for b in (False, True)}
        if table["bool", False] == table["bool", True]:
            default, table = table["bool", False], {}
        else:
            default = ("bool map",)
    kept = frozenset(item for item in table.items() if item[1] != default)
    return ("map", default, kept)


def same(a: Value, b: Value) -> bool:
    """Whether SMT-LIB's `=` holds between two values."""
    return identity(a) == identity(b)
