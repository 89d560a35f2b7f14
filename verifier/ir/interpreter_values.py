"""Concrete values of the interpreter and the limits on their size.

Values are Python's own; only instances of user-defined classes have a class of their own here.
"""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Iterable, Sized
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir.programs import Class
from verify_agent.verifier.ir.types import EnumType


class Signal(BaseException):
    """Leaves the interpreter; no handler of the program sees it."""


class OutOfSteps(Signal):
    """More steps, memory or depth than allowed: nothing is known."""


class PreconditionBroken(Signal):
    """A call inside the program breaks the callee's precondition."""

    def __init__(self, function: str, text: str) -> None:
        super().__init__(f"precondition of {function}: {text}")
        self.function = function
        self.text = text


class FailedAssert(AssertionError):
    """An `assert` of the program failed; remembers which."""

    def __init__(self, function: str, text: str) -> None:
        super().__init__(text)
        self.function = function
        self.text = text


@dataclass(eq=False)
class Instance:
    """An object of a user-defined class; `structural` equality is a dataclass's.

    Of such, only `frozen` ones have a hash. With an `__eq__` of its `own` it is no one's equal that
    could be known here: `Unsupported`.
    """

    class_name: str
    fields: dict[str, object] = field(default_factory=dict)
    structural: bool = False
    frozen: bool = False
    own: bool = False

    def __eq__(self, other: object) -> bool:
        for one in (self, other):
            if isinstance(one, Instance) and one.own:
                raise Unsupported(f"equality of a {one.class_name}, which has an __eq__")
        if not self.structural or not isinstance(other, Instance):
            return self is other
        return self.class_name == other.class_name and list(self.fields.values()) == list(
            other.fields.values()
        )

    def __hash__(self) -> int:
        if not self.structural:
            return object.__hash__(self)
        if not self.frozen:
            raise TypeError(f"unhashable type: {self.class_name!r}")
        return hash(tuple(self.fields.values()))

    def __copy__(self) -> Instance:
        return replace(self, fields=dict(self.fields))


def bare(klass: Class) -> Instance:
    """An instance of a class without any field."""
    own = f"{klass.name}.__eq__" in klass.methods
    return Instance(klass.name, {}, klass.dataclass, klass.frozen, own)


@lru_cache
def enum_class(type_: EnumType) -> type[enum.Enum]:
    """A stand-in for an enumeration: members are one another's equals as in the original."""
    return enum.Enum(type_.name, list(type_.members))  # type: ignore[return-value]


@dataclass(frozen=True)
class Limits:
    """How much one run may do: `steps` are statements, rounds and calls, `size` is items or
    characters of one value, `bits` those of one int, `depth` calls inside calls."""

    steps: int = 50_000
    size: int = 100_000
    bits: int = 60_000
    depth: int = 250


SMALL = Limits()


def deep_copy(value: object) -> object:
    """A copy that shares nothing mutable with the value, quick for flat lists."""
    if value is None or isinstance(value, int | str | float):
        return value
    if type(value) is list and all(isinstance(i, int | str | float) for i in value):
        return value[:]
    return deepcopy(value)


def same(left: object, right: object) -> bool:
    """Whether two values are alike in type and contents, NaN and the sign of zero included."""
    if type(left) is not type(right):
        return False
    match left, right:
        case float(), float():
            return repr(left) == repr(right)
        case ((list() | tuple()), (list() | tuple())):
            return len(left) == len(right) and all(map(same, left, right))
        case dict(), dict():
            return len(left) == len(right) and all(
                same(a, b) and same(x, y)
                for (a, x), (b, y) in zip(left.items(), right.items(), strict=True)
            )
        case Instance(), Instance():
            return left.class_name == right.class_name and same(left.fields, right.fields)
        case _:
            return left == right


Operation = Callable[[object, object], object]

_PLAIN: dict[str, Operation] = {
    "-": operator.sub,
    "//": operator.floordiv,
    "%": operator.mod,
    "/": operator.truediv,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "+": operator.add,
    "*": operator.mul,
    "**": operator.pow,
    "<<": operator.lshift,
}
_IN_PLACE: dict[str, Operation] = {
    "-": operator.isub,
    "//": operator.ifloordiv,
    "%": operator.imod,
    "/": operator.itruediv,
    ">>": operator.irshift,
    "&": operator.iand,
    "|": operator.ior,
    "^": operator.ixor,
    "+": operator.iadd,
    "*": operator.imul,
    "**": operator.ipow,
    "<<": operator.ilshift,
}


def operation(op: str, limits: Limits, *, in_place: bool = False) -> Operation:
    """Python's own operation, stopped before it makes something too large."""
    plain = (_IN_PLACE if in_place else _PLAIN)[op]
    guard = _GUARDS.get(op)
    if guard is None:
        return plain

    def guarded(left: object, right: object) -> object:
        guard(left, right, limits)
        return plain(left, right)

    return guarded


def _guard_add(left: object, right: object, limits: Limits) -> None:
    if isinstance(left, str | list | tuple) and isinstance(right, Sized):
        _check(len(left) + len(right), limits.size)


def _guard_multiply(left: object, right: object, limits: Limits) -> None:
    if isinstance(left, int) and isinstance(right, int):
        _check(left.bit_length() + right.bit_length(), limits.bits)
    elif isinstance(left, str | list | tuple) and isinstance(right, int):
        _check(len(left) * right, limits.size)
    elif isinstance(right, str | list | tuple) and isinstance(left, int):
        _check(len(right) * left, limits.size)


def _guard_power(left: object, right: object, limits: Limits) -> None:
    if isinstance(left, int) and isinstance(right, int) and right > 0 and left not in (0, 1, -1):
        _check(left.bit_length() * right, limits.bits)


def _guard_shift(left: object, right: object, limits: Limits) -> None:
    if isinstance(left, int) and isinstance(right, int) and left:
        _check(left.bit_length() + right, limits.bits)


_GUARDS: dict[str, Callable[[object, object, Limits], None]] = {
    "+": _guard_add,
    "*": _guard_multiply,
    "**": _guard_power,
    "<<": _guard_shift,
}


def _check(size: int, most: int) -> None:
    if size > most:
        raise OutOfSteps


def check_consumed(value: object, limits: Limits) -> None:
    """Stop before a builtin walks over something too long."""
    if isinstance(value, range):
        if value and (value[-1] - value[0]) // value.step >= limits.size:
            raise OutOfSteps
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) > limits.size:
        raise OutOfSteps


def check_grown(base: object, name: str, args: list[object], limits: Limits) -> None:
    """Stop before a method makes something too long; what `join` walks over becomes a list."""
    match name, base, args:
        case "replace", str(), [str(old), str(new), *_]:
            _check(len(base) + base.count(old) * max(0, len(new) - len(old)), limits.size)
        case "join", str(), [parts] if isinstance(parts, Iterable):
            args[0] = whole = list(parts)
            total = len(base) * len(whole)
            _check(total + sum(len(p) for p in whole if isinstance(p, str)), limits.size)
        case "extend", list(), [more] if isinstance(more, Sized):
            _check(len(base) + len(more), limits.size)
        case _:
            pass


def check_length(value: Sized, limits: Limits) -> None:
    """Stop where something is too long."""
    _check(len(value), limits.size)
