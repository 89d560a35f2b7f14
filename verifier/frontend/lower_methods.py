"""The methods of builtin types that have an exact model: the type of what they give."""

from __future__ import annotations

from collections.abc import Mapping

from verify_agent.verifier.frontend.lower_builtins import Result, Types, fixed, items
from verify_agent.verifier.frontend.lower_infer import (
    NEVER,
    item_type,
    join,
    join_all,
    members,
)
from verify_agent.verifier.ir.types import (
    BOOL,
    FLOAT,
    INT,
    NONE,
    STR,
    DictType,
    ListType,
    SetType,
    TupleType,
    Type,
    VariadicTupleType,
)

_INTS = (INT, BOOL)

#: Methods whose result hangs on their arguments' types; they need the texts of the arguments.
_STR_METHODS: Mapping[str, Result] = {
    **{
        name: fixed(BOOL, 0, 0)
        for name in [
            "isdigit",
            "isalpha",
            "isalnum",
            "isspace",
            "isupper",
            "islower",
            "istitle",
            "isnumeric",
            "isdecimal",
            "isascii",
            "isidentifier",
            "isprintable",
        ]
    },
    **{
        name: fixed(STR, 0, 0)
        for name in ["upper", "lower", "title", "capitalize", "swapcase", "casefold"]
    },
    **{name: fixed(STR, 0, 1, STR, NONE) for name in ("strip", "lstrip", "rstrip")},
    **{
        name: fixed(INT, 1, 3, STR, INT, BOOL)
        for name in ["count", "find", "rfind", "index", "rindex"]
    },
    **{name: fixed(STR, 1, 1, STR) for name in ("removeprefix", "removesuffix")},
    **{name: fixed(STR, 1, 2, INT, BOOL, STR) for name in ("ljust", "rjust", "center")},
    "startswith": fixed(BOOL, 1, 3, STR, INT, BOOL, VariadicTupleType(STR)),
    "endswith": fixed(BOOL, 1, 3, STR, INT, BOOL),
    "replace": fixed(STR, 2, 3, STR, INT, BOOL),
    "split": fixed(ListType(STR), 0, 2, STR, INT, BOOL, NONE),
    "rsplit": fixed(ListType(STR), 0, 2, STR, INT, BOOL, NONE),
    "splitlines": fixed(ListType(STR), 0, 0),
    "partition": fixed(TupleType((STR, STR, STR)), 1, 1, STR),
    "rpartition": fixed(TupleType((STR, STR, STR)), 1, 1, STR),
    "zfill": fixed(STR, 1, 1, INT, BOOL),
    "join": lambda args: STR if items(args) in (STR, NEVER) else None,
}


def method_type(base: Type, name: str, args: Types) -> Type | None:
    """The type of a builtin type's method; None where there is no model for it."""
    found = [t for t in (_method(m, name, args) for m in members(base)) if t is not None]
    return join_all(found) if found else None


def _method(base: Type, name: str, args: Types) -> Type | None:
    if base == STR:
        give = _STR_METHODS.get(name)
        return give(args) if give else None
    if base in _INTS:
        return INT if name in ("bit_length", "bit_count") and not args else None
    if base == FLOAT:
        return BOOL if name == "is_integer" and not args else None
    match base:
        case ListType(item):
            return _list_method(item, name, args)
        case TupleType() | VariadicTupleType():
            return INT if name in ("count", "index") and len(args) == 1 else None
        case DictType(key, value):
            return _dict_method(key, value, name, args)
        case SetType(item, frozen):
            return _set_method(base, item, frozen, name, args)
        case _:
            return None


def _list_method(item: Type, name: str, args: Types) -> Type | None:
    match name, len(args):
        case (("append" | "remove"), 1):
            return NONE
        case "extend", 1:
            return NONE if item_type(args[0]) is not None else None
        case "insert", 2:
            return NONE if args[0] in _INTS else None
        case "pop", (0 | 1):
            return item if all(a in _INTS for a in args) else None
        case "index", (1 | 2 | 3):
            return INT
        case "count", 1:
            return INT
        case (("clear" | "reverse" | "sort"), 0):
            return NONE
        case "copy", 0:
            return ListType(item)
        case _:
            return None


def _dict_method(key: Type, value: Type, name: str, args: Types) -> Type | None:
    match name, len(args):
        case "get", 1:
            return join(value, NONE)
        case (("get" | "pop" | "setdefault"), 2):
            return join(value, args[1])
        case "pop", 1:
            return value
        case "popitem", 0:
            return TupleType((key, value))
        case "clear", 0:
            return NONE
        case "update", 1:
            return NONE if isinstance(args[0], DictType) else None
        case "copy", 0:
            return DictType(key, value)
        case _:
            return None


_SET_TESTS = ("issubset", "issuperset", "isdisjoint")
_SET_UPDATES = (
    "update",
    "intersection_update",
    "difference_update",
    "symmetric_difference_update",
)


def _set_method(base: Type, item: Type, frozen: bool, name: str, args: Types) -> Type | None:
    other = item_type(args[0]) if len(args) == 1 else None
    match name, len(args):
        case (("add" | "remove" | "discard"), 1) if not frozen:
            return NONE
        case "clear", 0 if not frozen:
            return NONE
        case "copy", 0:
            return base
        case _ if name in _SET_TESTS and other is not None:
            return BOOL
        case _ if name in _SET_UPDATES and other is not None and not frozen:
            return NONE
        case (("intersection" | "difference"), 1) if other is not None:
            return base
        case (("union" | "symmetric_difference"), 1) if other is not None:
            return SetType(join(item, other), frozen)
        case _:
            return None


def view_type(base: Type, name: str) -> Type | None:
    """The type of a dict's `items()`, `keys()` or `values()`, taken as an iterable."""
    match base, name:
        case DictType(key, value), "items":
            return VariadicTupleType(TupleType((key, value)))
        case DictType(key, _), "keys":
            return VariadicTupleType(key)
        case DictType(_, value), "values":
            return VariadicTupleType(value)
        case _:
            return None


def added_item(base: Type, name: str, args: Types) -> Type | None:
    """The container's type after the method has put its arguments in; None if it puts none."""
    match base, name:
        case ListType(item), "append":
            return ListType(join(item, args[0]))
        case ListType(item), "insert":
            return ListType(join(item, args[1]))
        case ListType(item), "extend":
            return ListType(join(item, item_type(args[0]) or NEVER))
        case SetType(item, False), "add":
            return SetType(join(item, args[0]))
        case SetType(item, False), "update":
            return SetType(join(item, item_type(args[0]) or NEVER))
        case DictType(key, value), "setdefault" if len(args) == 2:
            return DictType(join(key, args[0]), join(value, args[1]))
        case DictType(key, value), "update":
            other = args[0]
            if isinstance(other, DictType):
                return DictType(join(key, other.key), join(value, other.value))
            return None
        case _:
            return None
