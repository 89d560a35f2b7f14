"""How types of values meet: joins, what fits where, what an operator gives."""

from __future__ import annotations

from collections.abc import Iterable

from verify_agent.verifier.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    RANGE,
    STR,
    BoolType,
    ClassType,
    DictType,
    FloatType,
    IntType,
    ListType,
    OpaqueType,
    RangeType,
    SetType,
    StrType,
    TupleType,
    Type,
    UnionType,
    VariadicTupleType,
)

#: The type of what has no value yet: the item of `[]`, a variable before its first assignment.
NEVER = UnionType(())

_INTS = (INT, BOOL)
_NUMBERS = (INT, BOOL, FLOAT)


def members(type_: Type) -> tuple[Type, ...]:
    """The alternatives of a type: those of a union, else the type alone."""
    return type_.members if isinstance(type_, UnionType) else (type_,)


def union(types: Iterable[Type]) -> Type:
    """The flat union of types that are already apart."""
    flat = tuple(dict.fromkeys(m for t in types for m in members(t)))
    return flat[0] if len(flat) == 1 else UnionType(flat)


def join(left: Type, right: Type) -> Type:
    """The least type that has the values of both; `bool` joins `int`.

    >>> join(BOOL, INT), join(ListType(NEVER), ListType(INT))
    (IntType(), ListType(item=IntType()))
    """
    result = list(members(left))
    for new in members(right):
        for position, old in enumerate(result):
            merged = _merge(old, new)
            if merged is not None:
                result[position] = merged
                break
        else:
            result.append(new)
    return union(result)


def join_all(types: Iterable[Type]) -> Type:
    """The join of several types; `NEVER` for none."""
    result: Type = NEVER
    for type_ in types:
        result = join(result, type_)
    return result


def _merge(left: Type, right: Type) -> Type | None:
    """One type for both without a union, or None."""
    if left == right:
        return left
    match left, right:
        case ((IntType() | BoolType()), (IntType() | BoolType())):
            return INT
        case ListType(a), ListType(b):
            item = _same_item(a, b)
            return None if item is None else ListType(item)
        case SetType(a, frozen), SetType(b, other) if frozen == other:
            item = _same_item(a, b)
            return None if item is None else SetType(item, frozen)
        case DictType(k, v), DictType(m, w):
            key, value = _same_item(k, m), _same_item(v, w)
            return None if key is None or value is None else DictType(key, value)
        case TupleType(a), TupleType(b) if len(a) == len(b):
            return TupleType(tuple(join(x, y) for x, y in zip(a, b, strict=True)))
        case _:
            return None


def _same_item(left: Type, right: Type) -> Type | None:
    """Items of two containers that may be one object: the same, but for what is not known yet."""
    if left == NEVER or right == NEVER:
        return join(left, right)
    if isinstance(left, UnionType) or isinstance(right, UnionType):
        merged = join(left, right)
        return merged if merged in (left, right) else None
    return _merge(left, right)


def fits(source: Type, target: Type) -> bool:
    """Whether some value of the source may stand where the target is declared.

    A union fits where one of its members does: the source was narrowed by a test, or the
    program is wrong, and whoever reads the node's types has to find out.
    """
    if source in (target, NEVER):
        return True
    if isinstance(source, UnionType):
        return any(fits(m, target) for m in source.members)
    if isinstance(target, UnionType):
        return any(fits(source, m) for m in target.members)
    match source, target:
        case BoolType(), IntType():
            return True
        case _, OpaqueType(_, nominal):
            return not nominal
        case TupleType(a), TupleType(b):
            return len(a) == len(b) and all(fits(x, y) for x, y in zip(a, b, strict=True))
        case TupleType(a), VariadicTupleType(b):
            return all(fits(x, b) for x in a)
        case _:
            return join(source, target) == target and _known(source) != source


def _known(type_: Type) -> Type | None:
    """The type itself where nothing in it is left open, else None."""
    match type_:
        case UnionType(()):
            return None
        case ListType(a) | SetType(a) | VariadicTupleType(a):
            return type_ if _known(a) else None
        case DictType(k, v):
            return type_ if _known(k) and _known(v) else None
        case TupleType(items):
            return type_ if all(map(_known, items)) else None
        case _:
            return type_


def mixes(source: Type, target: Type) -> bool:
    """Whether a `bool` may come to stand where the type says `int`; too often rather than not.

    >>> mixes(ListType(BOOL), ListType(INT)), mixes(INT, INT)
    (True, False)
    """
    return BOOL in _scalars(source) and INT in _scalars(target)


def _scalars(type_: Type) -> frozenset[Type]:
    """The types of a value's innermost parts."""
    match type_:
        case ListType(item) | SetType(item) | VariadicTupleType(item):
            return _scalars(item)
        case DictType(key, value):
            return _scalars(key) | _scalars(value)
        case TupleType(items) | UnionType(items):
            return frozenset().union(*map(_scalars, items))
        case ClassType(_, fields) if fields:
            return frozenset().union(*(_scalars(held) for _, held in fields))
        case _:
            return frozenset({type_})


def item_type(iterable: Type) -> Type | None:
    """The type of what iteration gives; None where the type can't be iterated over."""
    found = [t for t in map(_item, members(iterable)) if t is not None]
    return join_all(found) if found else None


def _item(iterable: Type) -> Type | None:
    match iterable:
        case ListType(item) | SetType(item) | VariadicTupleType(item) | DictType(item, _):
            return item
        case StrType():
            return STR
        case RangeType():
            return INT
        case TupleType(items):
            return join_all(items)
        case _:
            return None


def unary_type(op: str, operand: Type) -> Type:
    """The type of a unary operation; `NEVER` where it always raises."""
    if op == "not":
        return BOOL
    found: list[Type] = []
    for member in members(operand):
        if member in _INTS:
            found.append(INT)
        elif member == FLOAT and op != "~":
            found.append(FLOAT)
    return join_all(found)


def binary_type(op: str, left: Type, right: Type) -> Type:
    """The type of a binary operation; `NEVER` where it always raises.

    `**` of two ints is given as `int` though a negative exponent makes it a float.
    """
    return join_all(_binary(op, a, b) for a in members(left) for b in members(right))


def _binary(op: str, left: Type, right: Type) -> Type:
    if left in _INTS and right in _INTS:
        return _binary_ints(op, left, right)
    if left in _NUMBERS and right in _NUMBERS:
        return FLOAT if op in ("+", "-", "*", "/", "//", "%") else NEVER
    match op, left, right:
        case "+", StrType(), StrType():
            return STR
        case "*", StrType(), (IntType() | BoolType()):
            return STR
        case "*", (IntType() | BoolType()), StrType():
            return STR
        case "+", ListType(a), ListType(b):
            return ListType(join(a, b))
        case "*", ListType(), (IntType() | BoolType()):
            return left
        case "*", (IntType() | BoolType()), ListType():
            return right
        case "+", TupleType(a), TupleType(b):
            return TupleType(a + b)
        case "+", (TupleType() | VariadicTupleType()), (TupleType() | VariadicTupleType()):
            return VariadicTupleType(join(item_type(left) or NEVER, item_type(right) or NEVER))
        case "*", (TupleType() | VariadicTupleType()), (IntType() | BoolType()):
            return VariadicTupleType(item_type(left) or NEVER)
        case "*", (IntType() | BoolType()), (TupleType() | VariadicTupleType()):
            return VariadicTupleType(item_type(right) or NEVER)
        case (("&" | "-"), SetType(), SetType()):
            return left
        case (("|" | "^"), SetType(a, frozen), SetType(b, _)):
            return SetType(join(a, b), frozen)
        case _:
            return NEVER


def _binary_ints(op: str, left: Type, right: Type) -> Type:
    if op == "/":
        return FLOAT
    if op in ("&", "|", "^") and left == right == BOOL:
        return BOOL
    return INT


def can_order(left: Type, right: Type) -> bool:
    """Whether `<` has a meaning for some values of the two types."""
    return any(_can_order(a, b) for a in members(left) for b in members(right))


def _can_order(left: Type, right: Type) -> bool:
    if left in _NUMBERS and right in _NUMBERS:
        return True
    match left, right:
        case StrType(), StrType():
            return True
        case ListType(a), ListType(b):
            return NEVER in (a, b) or can_order(a, b)
        case SetType(), SetType():
            return True
        case ((TupleType() | VariadicTupleType()), (TupleType() | VariadicTupleType())):
            return True
        case _:
            return False


def can_contain(container: Type) -> bool:
    """Whether `in` has a meaning with the type on its right."""
    return any(_item(m) is not None for m in members(container))


def index_type(base: Type, index: int | None) -> Type:
    """The type of `base[index]`; `index` is its value where it is a literal."""
    found = []
    for member in members(base):
        match member:
            case TupleType(items) if index is not None and -len(items) <= index < len(items):
                found.append(items[index])
            case DictType(_, value):
                found.append(value)
            case SetType():
                continue
            case _:
                found.append(_item(member) or NEVER)
    return join_all(found)


def slice_type(base: Type) -> Type:
    """The type of a slice; `NEVER` where the type has none."""
    found: list[Type] = []
    for member in members(base):
        match member:
            case StrType() | ListType() | VariadicTupleType() | RangeType():
                found.append(member)
            case TupleType():
                found.append(VariadicTupleType(_item(member) or NEVER))
            case _:
                continue
    return join_all(found)


def show(type_: Type) -> str:
    """The type as Python writes it.

    >>> show(UnionType((ListType(INT), NONE)))
    'list[int] | None'
    """
    match type_:
        case UnionType(()):
            return "Never"
        case UnionType(several):
            return " | ".join(map(show, several))
        case ListType(item):
            return f"list[{show(item)}]"
        case SetType(item, frozen):
            return f"{'frozenset' if frozen else 'set'}[{show(item)}]"
        case DictType(key, value):
            return f"dict[{show(key)}, {show(value)}]"
        case TupleType(items):
            return f"tuple[{', '.join(map(show, items)) or '()'}]"
        case VariadicTupleType(item):
            return f"tuple[{show(item)}, ...]"
        case IntType() | BoolType() | StrType() | FloatType() | RangeType():
            return _NAMES[type_]
        case _:
            return "None" if type_ == NONE else type_.name if hasattr(type_, "name") else "?"


_NAMES: dict[Type, str] = {INT: "int", BOOL: "bool", STR: "str", FLOAT: "float", RANGE: "range"}
