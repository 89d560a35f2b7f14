"""Values under check: exact comparison, the frame, types as declared, short descriptions."""

from __future__ import annotations

import copy
import math
import sys
import types
import typing
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_SHOWN = 300
_ATOMS = (bool, int, str, bytes, type(None), range, type(...))


def same(left: object, right: object) -> bool:
    """Whether two values are the same in type, structure and content.

    Exact where `==` is not: `1`, `True` and `1.0` differ, `-0.0` and `0.0` differ, a NaN is the
    same as itself, and dicts have an order. Objects are compared by their attributes.

    >>> same([1], [True]), same(float("nan"), float("nan")), same({1: 0, 2: 0}, {2: 0, 1: 0})
    (False, True, False)
    """
    return _same(left, right, set())


def _same(left: Any, right: Any, seen: set[tuple[int, int]]) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, _ATOMS):
        return bool(left == right)
    if isinstance(left, float):
        return (math.isnan(left) and math.isnan(right)) or (
            left == right and math.copysign(1, left) == math.copysign(1, right)
        )
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    pair = (id(left), id(right))
    if left is right or pair in seen:
        return True
    seen.add(pair)
    if isinstance(left, list | tuple):
        items = len(left) == len(right) and all(
            _same(a, b, seen) for a, b in zip(left, right, strict=True)
        )
        return items and _same_attributes(left, right, seen)
    if isinstance(left, dict):
        return (
            len(left) == len(right)
            and all(_same(a, b, seen) for a, b in zip(left, right, strict=True))
            and all(_same(a, b, seen) for a, b in zip(left.values(), right.values(), strict=True))
            and _same_attributes(left, right, seen)
        )
    if isinstance(left, set | frozenset):
        return _same_set(left, right, seen)
    if isinstance(left, type | types.FunctionType | types.ModuleType):
        return False
    if attributes(left):
        return _same_attributes(left, right, seen)
    return _equal(left, right) or not _has_own_equality(left)


def _same_set(left: Any, right: Any, seen: set[tuple[int, int]]) -> bool:
    if len(left) != len(right):
        return False
    rest = list(right)
    for item in left:
        match = next((i for i, other in enumerate(rest) if _same(item, other, seen)), None)
        if match is None:
            return False
        del rest[match]
    return True


def _same_attributes(left: Any, right: Any, seen: set[tuple[int, int]]) -> bool:
    ours, theirs = attributes(left), attributes(right)
    return ours.keys() == theirs.keys() and all(_same(ours[n], theirs[n], seen) for n in ours)


def attributes(value: object) -> dict[str, object]:
    """The instance's own attributes, from its `__dict__` and its slots."""
    found = dict(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(value, name):
                found[name] = getattr(value, name)
    return found


def _has_own_equality(value: Any) -> bool:
    own: Any = type(value).__eq__
    return own is not object.__eq__


def _equal(left: object, right: object) -> bool:
    try:
        return bool(left == right)
    except Exception:
        # A foreign `__eq__` may raise anything (an array's does): no difference was shown.
        return True


@dataclass(frozen=True)
class Frame:
    """Arguments as they were before a call; those that can't be copied are in `unjudged`."""

    before: Mapping[str, object]
    unjudged: tuple[str, ...] = ()

    def changed(self, after: Mapping[str, object]) -> list[str]:
        """Names of the arguments that are no longer what they were."""
        return [name for name, old in self.before.items() if not same(old, after[name])]


def frame_of(arguments: Mapping[str, object], may_change: Iterable[str]) -> Frame:
    """A frame of all arguments but those that may change (or are the same object as one)."""
    free = [arguments[name] for name in may_change if name in arguments]
    kept = {n: v for n, v in arguments.items() if not any(v is f for f in free)}
    kept = {n: v for n, v in kept.items() if n not in set(may_change)}
    try:
        return Frame(copy.deepcopy(kept))
    except Exception:
        return _one_by_one(kept)


def _one_by_one(kept: Mapping[str, object]) -> Frame:
    before, unjudged = {}, []
    for name, value in kept.items():
        try:
            before[name] = copy.deepcopy(value)
        except Exception:
            # A value's own `__deepcopy__` may raise anything: this argument is not judged.
            unjudged.append(name)
    return Frame(before, tuple(unjudged))


def shown(value: object) -> str:
    """The value for people: its `repr`, cut, also where `repr` fails.

    >>> shown([1, 2])
    '[1, 2]'
    """
    limit = sys.get_int_max_str_digits()
    try:
        if isinstance(value, int) and limit and value.bit_length() > 3.4 * limit:
            return f"an int of {value.bit_length()} bits"
        text = repr(value)
    except Exception as error:
        return f"<a {type(value).__name__} whose repr raises {type(error).__name__}>"
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}... ({len(text)} characters)"


def raised(error: BaseException) -> str:
    """`raised IndexError: list index out of range`, for people.

    >>> raised(ValueError("no"))
    'raised ValueError: no'
    """
    try:
        text = str(error)
    except Exception:
        text = ""
    first = text.splitlines()[0][:_SHOWN] if text.strip() else ""
    return f"raised {type(error).__name__}: {first}" if first else f"raised {type(error).__name__}"


_PLAIN = (int, bool, float, str, bytes, complex)
_GROUPS: dict[Any, type] = {list: list, set: set, frozenset: frozenset}


def fits(value: Any, declared: Any) -> bool:
    """Whether the value is of the declared type; builtin types are taken exactly.

    An annotation that is not understood admits every value.

    >>> fits(True, int), fits([1], list[int]), fits([1, "a"], list[int]), fits(None, int | None)
    (False, True, False, True)
    """
    origin, inner = typing.get_origin(declared), typing.get_args(declared)
    if declared is None or declared is type(None):
        return value is None
    if declared in _PLAIN or declared in (list, dict, tuple, set, frozenset):
        return type(value) is declared
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, choice) for choice in inner)
    if origin is typing.Literal:
        return any(same(value, choice) for choice in inner)
    if origin in _GROUPS and inner:
        return type(value) is origin and all(fits(item, inner[0]) for item in value)
    if origin is dict and inner:
        keys, values = inner
        return type(value) is dict and all(
            fits(k, keys) and fits(v, values) for k, v in value.items()
        )
    if origin is tuple:
        return type(value) is tuple and _fits_tuple(value, inner)
    if isinstance(declared, type) and origin is None and not getattr(declared, "_is_protocol", 0):
        return isinstance(value, declared)
    return True


def _fits_tuple(value: tuple[Any, ...], inner: tuple[Any, ...]) -> bool:
    if len(inner) == 2 and inner[1] is ...:
        return all(fits(item, inner[0]) for item in value)
    return len(value) == len(inner) and all(map(fits, value, inner))
