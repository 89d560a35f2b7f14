"""Hypothesis strategies for declared types. Builtin types are made exactly: no bool for an int."""

from __future__ import annotations

import builtins
import collections.abc as abc
import dataclasses
import enum
import inspect
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from verify_agent.verifier.engines.strategies_pools import Pools
from verify_agent.verifier.engines.strategies_recipe import Made

Strategy = st.SearchStrategy[Any]
_ALPHABET = "ab0 Az19_-.ß²İé\n\U0001f600"
_DEEPEST = 3
_TAME = 100_000
#: Integers beyond what floats hold exactly, and beyond machine words.
WILD = (2**31, 2**53 + 1, 2**63, -(2**63), 2**64, 10**17 + 1, -(2**53) - 1)


class Untypable(Exception):
    """No strategy for a declared type."""


@dataclass(frozen=True)
class Scale:
    """How large values get: magnitudes of integers, lengths; `wild` adds what is huge."""

    magnitude: int = 12
    length: int = 5
    wild: bool = False


SMALL = Scale()
MEDIUM = Scale(1_000, 10)
LARGE = Scale(1_000_000, 30, wild=True)


#: What is put into containers that are declared without items.
_CONTAINERS: Mapping[Any, tuple[Any, ...]] = {
    **dict.fromkeys((list, set, frozenset, abc.Set, abc.MutableSet), (int,)),
    **dict.fromkeys((abc.Sequence, abc.MutableSequence), (int,)),
    **dict.fromkeys((abc.Iterable, abc.Collection), (int,)),
    **dict.fromkeys((dict, abc.Mapping, abc.MutableMapping), (int, int)),
    tuple: (int, ...),
}


@dataclass(frozen=True)
class Maker:
    """Makes strategies for types of one module.

    `arguments` makes the strategy for a callable's argument dictionary (so that constructors
    and methods get arguments that their own preconditions allow): it is passed the callable's
    qualified name, its annotations, and the depth. `names` are the module's.
    """

    pools: Pools
    scale: Scale
    arguments: Callable[[Maker, str, Mapping[str, Any], int], Strategy]
    names: Mapping[str, Any] = field(default_factory=dict)

    def of(self, declared: Any, depth: int = 0) -> Strategy:
        """The strategy for a declared type; raises `Untypable` where there is none."""
        match declared:
            case None | types.NoneType:
                return st.none()
            case typing.Any | inspect.Parameter.empty | builtins.object:
                return st.one_of(self.ints(), st.none(), self.strings(), st.just([]))
            case type() if declared in (bool, int, float, str, bytes, complex):
                return self._plain(declared)
            case typing.TypeVar():
                choices = declared.__constraints__ or (declared.__bound__ or int,)
                return self.of(choices[0], depth)
            case typing.NewType():
                return self.of(declared.__supertype__, depth)
        origin = typing.get_origin(declared)
        if origin is None and isinstance(declared, type):
            return self._bare(declared, depth)
        if isinstance(origin, type) and origin in _CONTAINERS and not hasattr(declared, "__args__"):
            return self._bare(origin, depth)  # `typing.Sequence` without items
        return self._generic(origin, typing.get_args(declared), declared, depth)

    def ints(self) -> Strategy:
        """Small ones first, then constants of the code, then up to the scale's magnitude."""
        reach = self.scale.magnitude
        parts: list[Strategy] = [st.integers(-5, 10), st.integers(-reach, reach)]
        known = self.known_ints()
        if known:
            parts.insert(1, st.sampled_from(known))
        if self.scale.wild:
            parts += [st.sampled_from(WILD), st.sampled_from(WILD), st.integers()]
        return st.one_of(parts)

    def known_ints(self) -> tuple[int, ...]:
        """Constants of the code; large ones only where values may be large."""
        return tuple(n for n in self.pools.ints if self.scale.wild or abs(n) <= _TAME)

    def floats(self) -> Strategy:
        """Special values, constants of the code, and any float at all."""
        simple = st.integers(-20, 20).map(lambda n: n / 2)
        return st.one_of(simple, st.sampled_from(self.pools.floats), st.floats(width=64))

    def strings(self, least: int = 0, most: int | None = None) -> Strategy:
        """Short text, strings of the code, and strings of the code around short text."""
        longest = max(least, self.scale.length + 2) if most is None else most
        text = st.text(st.sampled_from(_ALPHABET), min_size=least, max_size=longest)
        known = [
            s for s in self.pools.strings if least <= len(s) and (most is None or len(s) <= most)
        ]
        parts = [st.text("ab", min_size=least, max_size=longest), text]
        if known:
            parts.append(st.sampled_from(known))
        if self.pools.own_strings and most is None:
            parts.append(self._framed())
        if self.scale.wild:
            anything = st.one_of(st.integers(0, 0xD7FF), st.integers(0xE000, 0x10FFFF)).map(chr)
            parts.append(st.lists(anything, min_size=least, max_size=longest).map("".join))
        return st.one_of(parts)

    def _framed(self) -> Strategy:
        """Two strings of the code with filling between them, of a length that the code mentions."""
        strings = st.sampled_from(self.pools.own_strings)
        lengths = st.sampled_from([n for n in self.pools.ints if 0 <= n <= 60] or [0])

        def join(first: str, last: str, length: int) -> str:
            return first + "a" * max(0, length - len(first) - len(last)) + last

        return st.builds(join, strings, strings, lengths)

    def lists(self, item: Strategy, least: int = 0, most: int | None = None) -> Strategy:
        """Lists within the scale's length; now and then the same item many times."""
        longest = max(least, self.scale.length) if most is None else most
        plain = st.lists(item, min_size=least, max_size=longest)
        few = st.lists(item, min_size=1, max_size=2).flatmap(
            lambda pool: st.lists(st.sampled_from(pool), min_size=least, max_size=longest)
        )
        return st.one_of(plain, few)

    def _plain(self, declared: Any) -> Strategy:
        if declared is bool:
            return st.booleans()
        if declared is int:
            return self.ints()
        if declared is float:
            return self.floats()
        if declared is str:
            return self.strings()
        if declared is bytes:
            return st.binary(max_size=self.scale.length)
        return st.complex_numbers()

    def _bare(self, declared: type, depth: int) -> Strategy:
        if declared in _CONTAINERS:
            return self._generic(declared, _CONTAINERS[declared], declared, depth)
        if issubclass(declared, enum.Enum) and self._known(declared):
            return st.sampled_from(list(declared))
        return self._objects(declared, depth)

    def _generic(self, origin: Any, inner: tuple[Any, ...], declared: Any, depth: int) -> Strategy:
        if origin in (typing.Union, types.UnionType):
            return self._union(inner, depth)
        if origin is typing.Literal:
            return st.sampled_from(list(inner))
        if origin in (typing.Annotated, typing.Final, typing.Required, typing.NotRequired):
            return self.of(inner[0], depth)
        if origin is tuple:
            if len(inner) == 2 and inner[1] is ...:
                return self.lists(self.of(inner[0], depth)).map(tuple)
            return st.tuples(*(self.of(t, depth) for t in inner if t != ()))
        if origin in (set, frozenset, abc.Set, abc.MutableSet):
            kind = frozenset if origin is frozenset else set
            return self.lists(self.of(inner[0], depth)).map(kind)
        if origin in (dict, abc.Mapping, abc.MutableMapping):
            keys, values = (self.of(t, depth) for t in inner)
            return st.dictionaries(keys, values, max_size=self.scale.length)
        if origin in (list, abc.Sequence, abc.MutableSequence, abc.Iterable, abc.Collection):
            return self.lists(self.of(inner[0], depth))
        raise Untypable(f"no way to make values of {declared}")

    def _known(self, declared: type) -> str:
        """The name by which the module knows the class; empty where it does not."""
        return next((name for name, value in self.names.items() if value is declared), "")

    def _union(self, inner: tuple[Any, ...], depth: int) -> Strategy:
        made, problem = [], Untypable("an empty union")
        for choice in sorted(inner, key=lambda t: t is not type(None)):
            try:
                made.append(self.of(choice, depth))
            except Untypable as untypable:
                problem = untypable
        if not made:
            raise problem
        return st.one_of(made)

    def _objects(self, declared: type, depth: int) -> Strategy:
        """Objects by their constructor, brought into a state by up to three public calls."""
        name = self._known(declared)
        if depth >= _DEEPEST or inspect.isabstract(declared) or not name:
            raise Untypable(f"no way to make values of {declared.__qualname__}")
        made = self.arguments(self, f"{name}.__init__", constructor_hints(declared), depth + 1)
        if dataclasses.is_dataclass(declared):
            return made.map(lambda given: Made(name, given))
        steps = [
            st.tuples(st.just(method), self.arguments(self, f"{name}.{method}", hints, depth + 1))
            for method, hints in method_hints(declared)
        ]
        if not steps:
            return made.map(lambda given: Made(name, given))
        calls = st.lists(st.one_of(steps), max_size=3).map(tuple)
        return st.builds(lambda given, after: Made(name, given, after), made, calls)


def constructor_hints(declared: type) -> dict[str, Any]:
    """The declared types of a class's constructor arguments, those with defaults left out."""
    try:
        signature = inspect.signature(declared)
        hints = hints_of(vars(declared).get("__init__")) or hints_of(declared)
    except (TypeError, ValueError) as untypable:
        raise Untypable(f"the constructor of {declared.__qualname__}: {untypable}") from untypable
    return {
        name: hints.get(name, inspect.Parameter.empty)
        for name, parameter in signature.parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        and (parameter.default is parameter.empty or name in hints)
    }


def method_hints(declared: type) -> list[tuple[str, dict[str, Any]]]:
    """The public methods that the class itself defines and whose arguments can be made."""
    found = []
    for name, member in vars(declared).items():
        if name.startswith("_") or not inspect.isfunction(member):
            continue
        hints = hints_of(member)
        parameters = list(inspect.signature(member).parameters.values())[1:]
        if all(p.name in hints for p in parameters):
            found.append((name, {p.name: hints[p.name] for p in parameters}))
    return found


def hints_of(function: Any) -> dict[str, Any]:
    """The declared types of a callable, the result left out; empty where they don't resolve."""
    try:
        hints = typing.get_type_hints(inspect.unwrap(function))
    except (NameError, TypeError, AttributeError):
        return {}
    hints.pop("return", None)
    return hints
