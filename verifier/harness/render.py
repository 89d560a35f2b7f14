"""Concrete values as Python source that can be pasted, shared objects kept shared."""

from __future__ import annotations

import enum
import inspect
import math
import sys
import types
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from verify_agent.verifier.harness.module import Target
from verify_agent.verifier.harness.values import attributes, same

_CONTAINERS = (list, dict, set, bytearray)
_ATOMS = (bool, str, bytes, type(None), range, type(...))


class Unrenderable(ValueError):
    """A value that no expression here can make again."""


@dataclass(frozen=True)
class Script:
    """Statements and a call (or an expression) that make and use the same values."""

    setup: tuple[str, ...]
    call: str


@dataclass
class _Writer:
    names: Mapping[str, object]
    shared: frozenset[int]
    made: Mapping[int, str]
    setup: list[str] = field(default_factory=list)
    variables: dict[int, str] = field(default_factory=dict)
    open: set[int] = field(default_factory=set)


def render_values(
    values: Iterable[object],
    names: Mapping[str, object],
    made: Mapping[int, str] | None = None,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Statements to run first and one expression a value; objects that are shared stay shared.

    `names` are the names that the script will see. `made` gives the expression that made an
    object, by `id`, where the caller knows it. `Unrenderable` where what was written does not
    make the same values again: it is run here to find out.

    >>> xs = [1, float("inf")]
    >>> render_values([xs, xs, {"a": (2,)}], {})
    (('v1 = [1, float("inf")]',), ('v1', 'v1', "{'a': (2,)}"))
    """
    given = list(values)
    writer = _Writer(names, _shared(given), made or {})
    texts = tuple(_text(writer, value) for value in given)
    _check(given, writer.setup, texts, names)
    return tuple(writer.setup), texts


def render_call(
    target: Target,
    signature: inspect.Signature,
    args: Mapping[str, object],
    names: Mapping[str, object],
    made: Mapping[int, str] | None = None,
) -> Script:
    """The call of a function or method on these arguments, by parameter, as a script."""
    given = dict(args)
    parameters = list(signature.parameters.values())
    receiver = _receiver_of(target, parameters, given)
    values = [value for p in parameters if p.name in given for value in _spread(p, given[p.name])]
    setup, texts = render_values([*receiver, *values], names, made)
    words = iter(texts[len(receiver) :])
    written = [w for p in parameters if p.name in given for w in _words(p, given, words)]
    head = _head(target, texts[:1] if receiver else ())
    return Script(setup, head if target.attribute else f"{head}({', '.join(written)})")


def _receiver_of(
    target: Target, parameters: list[inspect.Parameter], given: dict[str, object]
) -> list[object]:
    if target.owner is None or not parameters:
        return []
    first = parameters[0].name
    if target.name == "__init__" or target.bound_class:
        parameters.pop(0)
        given.pop(first, None)
        return []
    if target.static:
        return []
    parameters.pop(0)
    return [given.pop(first)]


def _head(target: Target, receiver: tuple[str, ...]) -> str:
    if target.owner is None:
        return target.name
    if target.name == "__init__":
        return target.owner.__qualname__
    return f"{receiver[0] if receiver else target.owner.__qualname__}.{target.name}"


def _spread(parameter: inspect.Parameter, value: Any) -> list[object]:
    if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
        return list(value)
    if parameter.kind is inspect.Parameter.VAR_KEYWORD:
        return list(value.values())
    return [value]


def _words(parameter: inspect.Parameter, given: Mapping[str, Any], words: Any) -> list[str]:
    value = given[parameter.name]
    match parameter.kind:
        case inspect.Parameter.VAR_POSITIONAL:
            return [next(words) for _ in value]
        case inspect.Parameter.VAR_KEYWORD:
            return [f"{name}={next(words)}" for name in value]
        case inspect.Parameter.KEYWORD_ONLY:
            return [f"{parameter.name}={next(words)}"]
        case _:
            return [next(words)]


def _shared(values: Iterable[object]) -> frozenset[int]:
    """Mutable objects that are reached more than once."""
    counts: Counter[int] = Counter()
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, (*_ATOMS, int, float, type, types.FunctionType, enum.Enum)):
            continue
        counts[id(value)] += 1
        if counts[id(value)] == 1:
            pending.extend(_parts(value))
    return frozenset(i for i, count in counts.items() if count > 1)


def _parts(value: Any) -> list[object]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set | frozenset):
        return list(value)
    return list(attributes(value).values())


def _text(writer: _Writer, value: Any) -> str:
    key = id(value)
    if key in writer.variables:
        return writer.variables[key]
    if key in writer.open:
        raise Unrenderable("a value that contains itself")
    writer.open.add(key)
    try:
        text = writer.made[key] if key in writer.made else _expression(writer, value)
    finally:
        writer.open.discard(key)
    if key not in writer.shared or isinstance(value, tuple | frozenset | complex):
        return text
    name = _new_name(writer)
    writer.setup.append(f"{name} = {text}")
    writer.variables[key] = name
    return name


def _new_name(writer: _Writer) -> str:
    number = len(writer.variables) + 1
    while f"v{number}" in writer.names or f"v{number}" in writer.variables.values():
        number += 1
    return f"v{number}"


def _expression(writer: _Writer, value: Any) -> str:
    kind = type(value)
    if kind in _ATOMS:
        return repr(value)
    if kind is int:
        limit = sys.get_int_max_str_digits()
        return hex(value) if limit and value.bit_length() > 3 * limit else repr(value)
    if kind is float:
        return repr(value) if math.isfinite(value) else f'float("{value}")'
    if kind is complex:
        return f"complex({_text(writer, value.real)}, {_text(writer, value.imag)})"
    if kind in (list, tuple, set, frozenset, dict, bytearray):
        return _container(writer, value)
    if isinstance(value, enum.Enum):
        return f"{_class(writer, kind)}.{value.name}"
    if isinstance(value, type):
        return _class(writer, value)
    if isinstance(value, Fraction):
        return f"{_class(writer, kind)}({value.numerator}, {value.denominator})"
    if isinstance(value, Decimal):
        return f"{_class(writer, kind)}({str(value)!r})"
    name = getattr(value, "__name__", "")
    if callable(value) and name and writer.names.get(name) is value:
        return str(name)
    return _constructed(writer, value)


def _container(writer: _Writer, value: Any) -> str:
    if isinstance(value, dict):
        items = [f"{_text(writer, k)}: {_text(writer, v)}" for k, v in value.items()]
        return f"{{{', '.join(items)}}}"
    if isinstance(value, bytearray):
        return f"bytearray({bytes(value)!r})"
    items = [_text(writer, item) for item in value]
    if isinstance(value, list):
        return f"[{', '.join(items)}]"
    if isinstance(value, tuple):
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"
    inside = f"{{{', '.join(sorted(items))}}}" if items else ""
    if isinstance(value, frozenset):
        return f"frozenset({inside})"
    return inside or "set()"


def _constructed(writer: _Writer, value: Any) -> str:
    """A call of the class with the attributes that its parameters name; checked afterwards."""
    kind = type(value)
    try:
        parameters = inspect.signature(kind).parameters.values()
    except (TypeError, ValueError) as error:
        raise Unrenderable(f"a {kind.__name__}: {error}") from error
    words = []
    for parameter in parameters:
        name = next((n for n in (parameter.name, f"_{parameter.name}") if hasattr(value, n)), None)
        if name is None or parameter.kind in (
            inspect.Parameter.VAR_POSITIONAL,
            inspect.Parameter.VAR_KEYWORD,
        ):
            raise Unrenderable(f"a {kind.__name__}: what it was made of can't be seen")
        text = _text(writer, getattr(value, name))
        keyword = parameter.kind is inspect.Parameter.KEYWORD_ONLY
        words.append(f"{parameter.name}={text}" if keyword else text)
    return f"{_class(writer, kind)}({', '.join(words)})"


def _class(writer: _Writer, kind: type) -> str:
    top = kind.__qualname__.partition(".")[0]
    if top in writer.names or kind.__module__ == "builtins":
        return kind.__qualname__
    statement = f"from {kind.__module__} import {top}"
    if statement not in writer.setup:
        writer.setup.insert(0, statement)
    return kind.__qualname__


def _check(
    values: list[object], setup: list[str], texts: tuple[str, ...], names: Mapping[str, object]
) -> None:
    scope = dict(names)
    try:
        for line in setup:
            exec(line, scope)
        again = [eval(text, scope) for text in texts]
    except Exception as error:
        raise Unrenderable(f"what was written does not run: {error}") from error
    if not same(values, again):
        raise Unrenderable("what was written makes other values")
