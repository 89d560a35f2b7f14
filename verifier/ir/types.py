"""The types of Python that the intermediate representation knows."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class IntType:
    """Unbounded `int`, exactly (not a subclass)."""


@dataclass(frozen=True)
class BoolType:
    """`bool`; usable wherever an `int` is."""


@dataclass(frozen=True)
class FloatType:
    """IEEE double."""


@dataclass(frozen=True)
class StrType:
    """A sequence of code points, 0 to 0x10FFFF."""


@dataclass(frozen=True)
class NoneType:
    """The type of `None`."""


@dataclass(frozen=True)
class TupleType:
    """A tuple of known length."""

    items: tuple[Type, ...]


@dataclass(frozen=True)
class ListType:
    """A `list`; `item` is the empty union only for a `[]` whose items nothing tells."""

    item: Type


@dataclass(frozen=True)
class DictType:
    """A `dict` with hashable scalar keys, in insertion order."""

    key: Type
    value: Type


@dataclass(frozen=True)
class SetType:
    """A `set` (or, frozen, a `frozenset`) of hashable scalars."""

    item: Type
    frozen: bool = False


@dataclass(frozen=True)
class VariadicTupleType:
    """`tuple[T, ...]`: a tuple of unknown length."""

    item: Type


@dataclass(frozen=True)
class UnionType:
    """One of several; `Optional[T]` is the union of T and None. Members are flat and distinct."""

    members: tuple[Type, ...]


@dataclass(frozen=True)
class ClassType:
    """An instance of exactly this user-defined class.

    `fields` are given where these hold values: then all that tells an instance from another,
    identity left aside, is what they hold. A `frozen` one is a value itself: nothing changes it.
    """

    name: str
    fields: tuple[tuple[str, Type], ...] = field(default=(), compare=False)
    frozen: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class EnumType:
    """A member of an `enum.Enum`; `members` by name, in order of definition."""

    name: str
    members: tuple[str, ...]


@dataclass(frozen=True)
class FrozenType:
    """An instance of exactly this frozen dataclass, known by what its fields hold."""

    name: str


@dataclass(frozen=True)
class OpaqueType:
    """A value without a model: it is passed on, never looked into.

    `nominal` says that it is an instance of a class, so that it is not None.
    """

    name: str
    nominal: bool = False


@dataclass(frozen=True)
class RangeType:
    """A `range` object."""


Type = (
    IntType
    | BoolType
    | FloatType
    | StrType
    | NoneType
    | TupleType
    | ListType
    | DictType
    | SetType
    | VariadicTupleType
    | UnionType
    | ClassType
    | EnumType
    | FrozenType
    | OpaqueType
    | RangeType
)

INT = IntType()
BOOL = BoolType()
FLOAT = FloatType()
STR = StrType()
NONE = NoneType()
RANGE = RangeType()


def is_immutable(type_: Type) -> bool:
    """Whether no value of the type can change, so that sharing it can't be seen.

    >>> is_immutable(TupleType((INT, STR))), is_immutable(TupleType((ListType(INT),)))
    (True, False)
    """
    match type_:
        case ListType() | DictType():
            return False
        case ClassType():
            return type_.frozen
        case SetType(_, frozen):
            return frozen
        case TupleType(items):
            return all(map(is_immutable, items))
        case VariadicTupleType(item):
            return is_immutable(item)
        case UnionType(members):
            return all(map(is_immutable, members))
        case _:
            return True


def is_value(type_: Type) -> bool:
    """Whether all that matters of a value of the type is what it holds, identity left aside.

    >>> is_value(TupleType((INT, NONE))), is_value(ClassType("Point"))
    (True, False)
    """
    match type_:
        case IntType() | BoolType() | FloatType() | StrType() | NoneType() | EnumType():
            return True
        case TupleType(items) | UnionType(items):
            return bool(items) and all(map(is_value, items))
        case VariadicTupleType(item) | SetType(item, True):
            return is_value(item)
        case ClassType():
            return type_.frozen
        case _:
            return False
