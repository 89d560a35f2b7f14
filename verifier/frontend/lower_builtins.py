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


def fixed(result: Type, low: int, high: int, *allowed: Type) -> Result:
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


def items(args: Types) -> Type | None:
    return item_type(args[0]) if len(args) == 1 else None


def _container(make: Callable[[Type], Type]) -> Result:
    def give(args: Types) -> Type | None:
        if not args:
            return make(NEVER)
        item = items(args)
        return None if item is None else make(item)

    return give


def _abs(args: Types) -> Type | None:
    if len(args) != 1:
        return None
    found = [INT if m in _INTS else FLOAT for m in members(args[0]) if m in _NUMBERS]
    return join_all(found) if found else None


def _extreme(args: Types) -> Type | None:
    item = items(args) if len(args) == 1 else join_all(args)
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
    item = items(args)
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
    item = items(args)
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
    "all": lambda args: BOOL if items(args) is not None else None,
    "any": lambda args: BOOL if items(args) is not None else None,
    "sorted": _sorted,
    "list": _container(ListType),
    "set": _container(SetType),
    "frozenset": _container(lambda item: SetType(item, frozen=True)),
    "tuple": _container(VariadicTupleType),
    "dict": _dict,
    "int": fixed(INT, 0, 2, INT, BOOL, FLOAT, STR),
    "float": fixed(FLOAT, 0, 1, INT, BOOL, FLOAT, STR),
    "bool": fixed(BOOL, 0, 1),
    "str": fixed(STR, 0, 1, INT, BOOL, FLOAT, STR, NONE),
    "repr": fixed(STR, 1, 1, INT, BOOL, FLOAT, STR, NONE),
    "ord": fixed(INT, 1, 1, STR),
    "chr": fixed(STR, 1, 1, INT, BOOL),
    "bin": fixed(STR, 1, 1, INT, BOOL),
    "hex": fixed(STR, 1, 1, INT, BOOL),
    "oct": fixed(STR, 1, 1, INT, BOOL),
    "range": fixed(RANGE, 1, 3, INT, BOOL),
    "round": _round,
    "pow": _power,
    "divmod": _divmod,
    "math.gcd": fixed(INT, 0, 9, INT, BOOL),
    "math.lcm": fixed(INT, 0, 9, INT, BOOL),
    "math.isqrt": fixed(INT, 1, 1, INT, BOOL),
    "math.factorial": fixed(INT, 1, 1, INT, BOOL),
    "math.comb": fixed(INT, 2, 2, INT, BOOL),
    "math.floor": fixed(INT, 1, 1, *_NUMBERS),
    "math.ceil": fixed(INT, 1, 1, *_NUMBERS),
    "math.trunc": fixed(INT, 1, 1, *_NUMBERS),
    "math.sqrt": fixed(FLOAT, 1, 1, *_NUMBERS),
    "math.fabs": fixed(FLOAT, 1, 1, *_NUMBERS),
    "math.copysign": fixed(FLOAT, 2, 2, *_NUMBERS),
    "math.isnan": fixed(BOOL, 1, 1, *_NUMBERS),
    "math.isinf": fixed(BOOL, 1, 1, *_NUMBERS),
    "math.isfinite": fixed(BOOL, 1, 1, *_NUMBERS),
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
