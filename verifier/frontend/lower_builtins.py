"""The builtin functions, constructors, methods and library functions that have an exact model.

Each entry gives the type of the result from the types of the arguments, or None where the call
always raises or has no model for such arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from verify_agent.verifier.frontend.lower_infer import (
    NEVER,
    binary_type,
    can_order,
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
    RANGE,
    STR,
    DictType,
    ListType,
    SetType,
    TupleType,
    Type,
    VariadicTupleType,
)

Types = Sequence[Type]
Result = Callable[[Types], Type | None]

_INTS = (INT, BOOL)
_NUMBERS = (INT, BOOL, FLOAT)


def _fixed(result: Type, low: int, high: int, *allowed: Type) -> Result:
    """A result of one type for `low` to `high` arguments, each of one of the types."""

    def give(args: Types) -> Type | None:
        if not low <= len(args) <= high:
            return None
        fit = all(not allowed or any(m in allowed for m in members(a)) for a in args)
        return result if fit else None

    return give


def _sized(args: Types) -> Type | None:
    if len(args) != 1:
        return None
    return INT if any(item_type(m) is not None for m in members(args[0])) else None


def _items(args: Types) -> Type | None:
    return item_type(args[0]) if len(args) == 1 else None


def _container(make: Callable[[Type], Type]) -> Result:
    def give(args: Types) -> Type | None:
        if not args:
            return make(NEVER)
        item = _items(args)
        return None if item is None else make(item)

    return give


def _abs(args: Types) -> Type | None:
    if len(args) != 1:
        return None
    found = [INT if m in _INTS else FLOAT for m in members(args[0]) if m in _NUMBERS]
    return join_all(found) if found else None


def _extreme(args: Types) -> Type | None:
    item = _items(args) if len(args) == 1 else join_all(args)
    return item if item is not None and (item == NEVER or can_order(item, item)) else None


def _sum(args: Types) -> Type | None:
    if len(args) not in (1, 2):
        return None
    item = item_type(args[0])
    if item is None:
        return None
    start = args[1] if len(args) == 2 else INT
    total: Type = start
    for _ in range(2):
        total = join(total, binary_type("+", total, item))
    return None if binary_type("+", start, item) == NEVER != item else total


def _sorted(args: Types) -> Type | None:
    item = _items(args)
    return None if item is None else ListType(item)


def _round(args: Types) -> Type | None:
    if len(args) == 1 and args[0] in _NUMBERS:
        return INT
    if len(args) == 2 and args[0] in _NUMBERS and args[1] in _INTS:
        return FLOAT if args[0] == FLOAT else INT
    return None


def _power(args: Types) -> Type | None:
    if len(args) in (2, 3) and all(a in _INTS for a in args):
        return INT
    return None


def _divmod(args: Types) -> Type | None:
    if len(args) != 2 or not all(a in _NUMBERS for a in args):
        return None
    part = binary_type("//", args[0], args[1])
    return TupleType((part, part))


def _dict(args: Types) -> Type | None:
    if not args:
        return DictType(NEVER, NEVER)
    if len(args) == 1 and isinstance(args[0], DictType):
        return args[0]
    item = _items(args)
    if isinstance(item, TupleType) and len(item.items) == 2:
        return DictType(*item.items)
    return None


def _enumerate(args: Types) -> Type | None:
    item = item_type(args[0]) if len(args) in (1, 2) else None
    return None if item is None else VariadicTupleType(TupleType((INT, item)))


def _zip(args: Types) -> Type | None:
    found = [item_type(a) for a in args]
    known = [t for t in found if t is not None]
    return VariadicTupleType(TupleType(tuple(known))) if len(known) == len(found) else None


def _reversed(args: Types) -> Type | None:
    if len(args) != 1 or isinstance(args[0], SetType):
        return None
    item = item_type(args[0])
    return None if item is None else VariadicTupleType(item)


def _copy(args: Types) -> Type | None:
    return args[0] if len(args) == 1 else None


#: Builtins and library functions that give a value.
FUNCTIONS: Mapping[str, Result] = {
    "len": _sized,
    "abs": _abs,
    "min": _extreme,
    "max": _extreme,
    "sum": _sum,
    "all": lambda args: BOOL if _items(args) is not None else None,
    "any": lambda args: BOOL if _items(args) is not None else None,
    "sorted": _sorted,
    "list": _container(ListType),
    "set": _container(SetType),
    "frozenset": _container(lambda item: SetType(item, frozen=True)),
    "tuple": _container(VariadicTupleType),
    "dict": _dict,
    "int": _fixed(INT, 0, 2, INT, BOOL, FLOAT, STR),
    "float": _fixed(FLOAT, 0, 1, INT, BOOL, FLOAT, STR),
    "bool": _fixed(BOOL, 0, 1),
    "str": _fixed(STR, 0, 1, INT, BOOL, FLOAT, STR, NONE),
    "repr": _fixed(STR, 1, 1, INT, BOOL, FLOAT, STR, NONE),
    "ord": _fixed(INT, 1, 1, STR),
    "chr": _fixed(STR, 1, 1, INT, BOOL),
    "bin": _fixed(STR, 1, 1, INT, BOOL),
    "hex": _fixed(STR, 1, 1, INT, BOOL),
    "oct": _fixed(STR, 1, 1, INT, BOOL),
    "range": _fixed(RANGE, 1, 3, INT, BOOL),
    "round": _round,
    "pow": _power,
    "divmod": _divmod,
    "math.gcd": _fixed(INT, 0, 9, INT, BOOL),
    "math.lcm": _fixed(INT, 0, 9, INT, BOOL),
    "math.isqrt": _fixed(INT, 1, 1, INT, BOOL),
    "math.factorial": _fixed(INT, 1, 1, INT, BOOL),
    "math.comb": _fixed(INT, 2, 2, INT, BOOL),
    "math.floor": _fixed(INT, 1, 1, *_NUMBERS),
    "math.ceil": _fixed(INT, 1, 1, *_NUMBERS),
    "math.trunc": _fixed(INT, 1, 1, *_NUMBERS),
    "math.sqrt": _fixed(FLOAT, 1, 1, *_NUMBERS),
    "math.fabs": _fixed(FLOAT, 1, 1, *_NUMBERS),
    "math.copysign": _fixed(FLOAT, 2, 2, *_NUMBERS),
    "math.isnan": _fixed(BOOL, 1, 1, *_NUMBERS),
    "math.isinf": _fixed(BOOL, 1, 1, *_NUMBERS),
    "math.isfinite": _fixed(BOOL, 1, 1, *_NUMBERS),
    "math.prod": _sum,
    "copy.copy": _copy,
    "copy.deepcopy": _copy,
}

#: Those that give an iterator: only where it is consumed at once.
ITERATORS: Mapping[str, Result] = {"enumerate": _enumerate, "zip": _zip, "reversed": _reversed}

#: Those that consume an iterable given as their only (or first) argument.
CONSUMERS = frozenset(
    [
        "all",
        "any",
        "sum",
        "min",
        "max",
        "list",
        "tuple",
        "set",
        "frozenset",
        "sorted",
        "dict",
        "math.prod",
        "enumerate",
        "zip",
    ]
)

KEYWORDS: Mapping[str, frozenset[str]] = {
    "min": frozenset({"key", "default"}),
    "max": frozenset({"key", "default"}),
    "sorted": frozenset({"key", "reverse"}),
    "sum": frozenset({"start"}),
    "enumerate": frozenset({"start"}),
    "zip": frozenset({"strict"}),
}


def function_type(name: str, args: Types) -> Type | None:
    """The type of a builtin's result; None where there is no model for such arguments."""
    found = FUNCTIONS.get(name) or ITERATORS[name]
    return found(args)


#: Methods whose result hangs on their arguments' types; they need the texts of the arguments.
_STR = (STR,)
_STR_METHODS: Mapping[str, Result] = {
    **{
        name: _fixed(BOOL, 0, 0)
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
        name: _fixed(STR, 0, 0)
        for name in ["upper", "lower", "title", "capitalize", "swapcase", "casefold"]
    },
    **{name: _fixed(STR, 0, 1, STR, NONE) for name in ("strip", "lstrip", "rstrip")},
    **{
        name: _fixed(INT, 1, 3, STR, INT, BOOL)
        for name in ["count", "find", "rfind", "index", "rindex"]
    },
    **{name: _fixed(STR, 1, 1, STR) for name in ("removeprefix", "removesuffix")},
    **{name: _fixed(STR, 1, 2, INT, BOOL, STR) for name in ("ljust", "rjust", "center")},
    "startswith": _fixed(BOOL, 1, 3, STR, INT, BOOL, VariadicTupleType(STR)),
    "endswith": _fixed(BOOL, 1, 3, STR, INT, BOOL),
    "replace": _fixed(STR, 2, 3, STR, INT, BOOL),
    "split": _fixed(ListType(STR), 0, 2, STR, INT, BOOL, NONE),
    "rsplit": _fixed(ListType(STR), 0, 2, STR, INT, BOOL, NONE),
    "splitlines": _fixed(ListType(STR), 0, 0),
    "partition": _fixed(TupleType((STR, STR, STR)), 1, 1, STR),
    "rpartition": _fixed(TupleType((STR, STR, STR)), 1, 1, STR),
    "zfill": _fixed(STR, 1, 1, INT, BOOL),
    "join": lambda args: STR if _items(args) in (STR, NEVER) else None,
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
