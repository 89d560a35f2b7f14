"""The result of a contract for an input, when the contract leaves exactly one that we can find."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Input
from verify_agent.verifier.ir.types import BOOL, INT, STR, ListType, TupleType, Type

MAX_EXTENSION = 40


class Unknown:
    """No result is known, or more than one is allowed."""


UNKNOWN = Unknown()


class Outputs:
    """Finds results by the contract's own definition, else by trying; remembers them."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._known: dict[str, Any] = {}

    def of(self, values: Input, near: Any = UNKNOWN) -> Any:
        """The only result for an input, or `UNKNOWN`; `near` is the result of a shorter input."""
        key = repr(values)
        if key not in self._known:
            self._known[key] = self._find(values, near)
        return self._known[key]

    def _find(self, values: Input, near: Any) -> Any:
        spec = self.context.spec
        case = spec.case(values)
        if case is None or case.raised is not None:
            return UNKNOWN
        found, value = spec.expected(case)
        if found:
            return value if spec.accepts(case, value) else UNKNOWN
        if not spec.ensures:
            return UNKNOWN
        tried = _distinct(guesses(self.context.problem.returns, values, near))
        right = list(itertools.islice((v for v in tried if spec.accepts(case, v)), 2))
        return right[0] if len(right) == 1 else UNKNOWN


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for value in values:
        if repr(value) not in seen:
            seen.add(repr(value))
            yield value


def guesses(type_: Type, values: Input, near: Any) -> Iterator[Any]:
    """Results worth trying for an input: small, close to its parts, or to a nearby result."""
    if type_ == BOOL:
        yield from (False, True)
    elif type_ == INT:
        yield from _numbers(values, near)
    elif type_ == STR:
        yield from (v for v in _parts(values) if isinstance(v, str))
    elif isinstance(type_, TupleType) and all(item == INT for item in type_.items):
        yield from itertools.product(range(-2, 13), repeat=len(type_.items))
    elif isinstance(type_, ListType):
        yield []
        if not isinstance(near, Unknown):
            yield near
            for item in guesses(type_.item, values, near[-1] if near else UNKNOWN):
                yield [*near, item]
                yield [item, *near]


def _numbers(values: Input, near: Any) -> Iterator[int]:
    parts = [v for v in _parts(values) if type(v) is int]
    yield from parts
    yield from range(-3, MAX_EXTENSION)
    for part in parts:
        yield from (-part, part + 1, part - 1, 2 * part, part * part)
        if type(near) is int:
            yield from (near + part, near - part, near * part)


def _parts(values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        yield value
        if isinstance(value, (list, tuple)):
            yield from _parts(value)
