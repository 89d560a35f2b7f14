"""Symbolic values: Python's shapes with solver terms at their leaves.

A list is a length with one array for each leaf of its item type (a list of pairs is two arrays),
read from an offset with a stride, so that slices and reversals need no new array. A `Ref` is an
object with an identity, its contents are in the heap; a `ListV` is contents alone: a list whose
identity is not tracked and which therefore must not be mutated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Sort, Term

MAX_CODE_POINT = 0x10FFFF
ZERO = t.integer(0)


@dataclass(frozen=True)
class IntV:
    """An int."""

    term: Term


@dataclass(frozen=True)
class BoolV:
    """A bool."""

    term: Term


@dataclass(frozen=True)
class FloatV:
    """A float: an IEEE double."""

    term: Term


@dataclass(frozen=True)
class NoneV:
    """`None`."""


@dataclass(frozen=True)
class TupleV:
    """A tuple of known length."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class ArraySeq:
    """`length` items; item k stands in each of `cells` at `offset + stride * k`."""

    item: ir.Type
    length: Term
    cells: tuple[Term, ...]
    offset: Term = ZERO
    stride: int = 1

    def position(self, k: Term) -> Term:
        """Where item k stands in the arrays."""
        step = k if self.stride == 1 else t.mul(t.integer(self.stride), k)
        return t.add(self.offset, t.neg(k) if self.stride == -1 else step)


@dataclass(frozen=True)
class ItemsSeq:
    """Known items, as of a display or a literal."""

    item: ir.Type
    items: tuple[Value, ...]

    @property
    def length(self) -> Term:
        """The number of items, a constant."""
        return t.integer(len(self.items))


Seq = ArraySeq | ItemsSeq


@dataclass(frozen=True)
class StrV:
    """A str as the sequence of its code points."""

    seq: Seq


@dataclass(frozen=True)
class ListV:
    """The contents of a list (or of a tuple of unknown length) without identity."""

    seq: Seq
    type: ir.Type


@dataclass(frozen=True)
class SetV:
    """The members of a set, without identity: an array from keys to truths (`keys`, `sets`)."""

    domain: Term
    type: ir.SetType


@dataclass(frozen=True)
class DictV:
    """The keys of a dict and, for each leaf of its values, an array from keys to it."""

    domain: Term
    cells: tuple[Term, ...]
    type: ir.DictType


@dataclass(frozen=True)
class Ref:
    """A list, dict or set with identity: a key of the heap."""

    id: int
    type: ir.Type


@dataclass(frozen=True)
class RangeV:
    """A range object; `step` is not zero."""

    start: Term
    stop: Term
    step: Term


@dataclass(frozen=True)
class UnionV:
    """One of several types: `tag` is the position in `members`."""

    tag: Term
    members: tuple[ir.Type, ...]
    payloads: tuple[Value, ...]


@dataclass(frozen=True)
class Obj:
    """An instance of a user-defined class: its fields stand in the state."""

    id: int
    type: ir.ClassType


@dataclass(frozen=True)
class EnumV:
    """A member of an enumeration, by its position."""

    term: Term
    type: ir.EnumType


@dataclass(frozen=True)
class Reference:
    """A value that is known by a number for its identity: frozen, or without a model."""

    term: Term
    type: ir.FrozenType | ir.OpaqueType


@dataclass(frozen=True)
class Record:
    """A copy of an instance: what its fields held at one time."""

    fields: tuple[tuple[str, Value], ...]
    type: ir.ClassType


Value = (
    IntV
    | BoolV
    | FloatV
    | NoneV
    | TupleV
    | StrV
    | ListV
    | SetV
    | DictV
    | Ref
    | RangeV
    | UnionV
    | Obj
    | EnumV
    | Reference
    | Record
)
Table = SetV | DictV
Contents = Seq | Table

NONE = NoneV()


def text(value: str) -> StrV:
    """A literal string."""
    return StrV(ItemsSeq(ir.INT, tuple(IntV(t.integer(ord(c))) for c in value)))


def sorts_of(type_: ir.Type) -> tuple[Sort, ...]:
    """The sorts of the leaves of values of a type; `Unsupported` for those without a model."""
    match type_:
        case ir.IntType() | ir.EnumType() | ir.FrozenType() | ir.OpaqueType():
            return (t.INT,)
        case ir.BoolType():
            return (t.BOOL,)
        case ir.FloatType():
            return (t.F64,)
        case ir.NoneType():
            return ()
        case ir.TupleType(items):
            return tuple(s for item in items for s in sorts_of(item))
        case ir.StrType():
            return (t.INT, t.array_sort(t.INT, t.INT))
        case ir.ListType(item) | ir.VariadicTupleType(item):
            return (t.INT, *(t.array_sort(t.INT, s) for s in sorts_of(item)))
        case ir.UnionType(members):
            return (t.INT, *(s for m in members for s in sorts_of(m)))
        case ir.RangeType():
            return (t.INT, t.INT, t.INT)
        case ir.SetType(item) if item != ir.UnionType(()):
            return (t.array_sort(t.INT, t.BOOL),)
        case ir.DictType(key, value) if ir.UnionType(()) not in (key, value):
            arrays = (t.array_sort(t.INT, s) for s in sorts_of(value))
            return (t.array_sort(t.INT, t.BOOL), *arrays)
        case ir.ClassType(_, fields) if fields:
            return tuple(s for _, held in fields for s in sorts_of(held))
        case _:
            raise Unsupported(f"values of type {show_type(type_)}")


def from_leaves(type_: ir.Type, leaves: Sequence[Term]) -> Value:
    """The value of that type with those leaves, in the order of `sorts_of`."""
    match type_:
        case ir.IntType():
            return IntV(leaves[0])
        case ir.BoolType():
            return BoolV(leaves[0])
        case ir.FloatType():
            return FloatV(leaves[0])
        case ir.NoneType():
            return NONE
        case ir.TupleType(items):
            return TupleV(_several(items, leaves))
        case ir.StrType():
            return StrV(ArraySeq(ir.INT, leaves[0], tuple(leaves[1:])))
        case ir.ListType(item) | ir.VariadicTupleType(item):
            return ListV(ArraySeq(item, leaves[0], tuple(leaves[1:])), type_)
        case ir.UnionType(members):
            return UnionV(leaves[0], members, _several(members, leaves[1:]))
        case ir.RangeType():
            return RangeV(*leaves)
        case ir.SetType():
            return SetV(leaves[0], type_)
        case ir.DictType():
            return DictV(leaves[0], tuple(leaves[1:]), type_)
        case ir.EnumType():
            return EnumV(leaves[0], type_)
        case ir.FrozenType() | ir.OpaqueType():
            return Reference(leaves[0], type_)
        case ir.ClassType(_, fields) if fields:
            held = _several([of for _, of in fields], leaves)
            return Record(
                tuple((name, x) for (name, _), x in zip(fields, held, strict=True)), type_
            )
        case _:
            raise Unsupported(f"values of type {show_type(type_)}")


def _several(types: Sequence[ir.Type], leaves: Sequence[Term]) -> tuple[Value, ...]:
    made: list[Value] = []
    start = 0
    for type_ in types:
        width = len(sorts_of(type_))
        made.append(from_leaves(type_, leaves[start : start + width]))
        start += width
    return tuple(made)


def type_of(value: Value) -> ir.Type:
    """The Python type of a value."""
    match value:
        case IntV():
            return ir.INT
        case BoolV():
            return ir.BOOL
        case FloatV():
            return ir.FLOAT
        case NoneV():
            return ir.NONE
        case TupleV(items):
            return ir.TupleType(tuple(map(type_of, items)))
        case StrV():
            return ir.STR
        case ListV(_, type_) | Ref(_, type_):
            return type_
        case SetV() | DictV():
            return value.type
        case Obj(_, class_) | Record(_, class_):
            return class_
        case EnumV() | Reference():
            return value.type
        case RangeV():
            return ir.RANGE
        case UnionV(_, members, _):
            return ir.UnionType(members)


def held(contents: Contents, type_: ir.Type) -> ListV | SetV | DictV:
    """The contents of an object of a type, as a value without identity."""
    return contents if isinstance(contents, SetV | DictV) else ListV(contents, type_)


def contents_of(value: Value) -> Contents:
    """What an object holds that has the contents of a value without identity."""
    match value:
        case ListV(seq, _):
            return seq
        case SetV() | DictV():
            return value
        case _:
            raise Unsupported(f"the contents of a {show_type(type_of(value))}")


def default(sort: Sort) -> Term:
    """Some term of a sort, for a leaf whose value nobody reads."""
    if sort == t.BOOL:
        return t.FALSE
    if sort == t.INT:
        return t.integer(0)
    if sort == t.F64:
        return t.double(0.0)
    return t.var(f"any!{sort}".replace(" ", "_").replace("(", "<").replace(")", ">"), sort)


def show_type(type_: ir.Type) -> str:
    """The type as a person would write it."""
    match type_:
        case ir.TupleType(items):
            return f"tuple[{', '.join(map(show_type, items))}]"
        case ir.ListType(item):
            return f"list[{show_type(item)}]"
        case ir.VariadicTupleType(item):
            return f"tuple[{show_type(item)}, ...]"
        case ir.SetType(item, frozen):
            return f"{'frozenset' if frozen else 'set'}[{show_type(item)}]"
        case ir.DictType(key, value):
            return f"dict[{show_type(key)}, {show_type(value)}]"
        case ir.UnionType(members):
            return " | ".join(map(show_type, members))
        case ir.ClassType(name) | ir.EnumType(name) | ir.FrozenType(name) | ir.OpaqueType(name):
            return name
        case ir.NoneType():
            return "None"
        case _:
            return type(type_).__name__.removesuffix("Type").lower()
