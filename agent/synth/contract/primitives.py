"""The builtins, operators and methods that the evaluator knows, each with a limit on its work."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from verify_agent.agent.synth.meter import Meter

MAX_BITS = 20_000
MAX_LENGTH = 20_000
EVALUATION = 4
STEP = 3
"""Units of work of an evaluation, and of each step of it."""


class OutOfBudget(Exception):
    """An evaluation took more steps, or made a larger value, than it may."""


class Budget:
    """Steps that are left; spending the last one raises `OutOfBudget`.

    What was used of it is counted on the meter when it is filled again.
    """

    def __init__(self, steps: int, meter: Meter | None = None) -> None:
        self.meter = meter or Meter()
        self.granted = steps
        self.steps = steps
        self.left = steps
        self.depth = 0

    def refill(self, steps: int | None = None) -> None:
        self.meter.spend(EVALUATION + STEP * (self.granted - self.left))
        self.granted = self.left = self.steps if steps is None else steps
        self.depth = 0

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise OutOfBudget

    def counted(self, items: Iterable[Any]) -> Iterator[Any]:
        """The same items, each at the price of a step."""
        for item in items:
            self.spend()
            yield item


def _multiply(left: Any, right: Any) -> Any:
    if isinstance(left, int) and isinstance(right, int):
        if left.bit_length() + right.bit_length() > MAX_BITS:
            raise OutOfBudget
    elif isinstance(left, (str, list, tuple)) and isinstance(right, int):
        if len(left) * right > MAX_LENGTH:
            raise OutOfBudget
    elif isinstance(right, (str, list, tuple)) and isinstance(left, int):
        return _multiply(right, left)
    return left * right


def _power(base: Any, exponent: Any) -> Any:
    if isinstance(base, int) and isinstance(exponent, int):
        if base.bit_length() * abs(exponent) > MAX_BITS:
            raise OutOfBudget
        return base**exponent
    raise TypeError("** of numbers that are not int")


def _shift_left(left: Any, right: Any) -> Any:
    if isinstance(right, int) and right > MAX_BITS:
        raise OutOfBudget
    return left << right


def _modulo(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise TypeError("% of a text")
    return left % right


BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: _multiply,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: _modulo,
    ast.Pow: _power,
    ast.LShift: _shift_left,
    ast.RShift: operator.rshift,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.Div: operator.truediv,
}
UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Invert: operator.invert,
}
COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.is_,
    ast.IsNot: operator.is_not,
    ast.In: lambda item, items: item in items,
    ast.NotIn: lambda item, items: item not in items,
}

PLAIN_BUILTINS: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "len": len,
    "int": int,
    "bool": bool,
    "str": str,
    "ord": ord,
    "chr": chr,
    "divmod": divmod,
    "range": range,
    "enumerate": enumerate,
    "zip": zip,
    "reversed": reversed,
}
CONSUMING_BUILTINS: dict[str, Callable[..., Any]] = {
    "sum": sum,
    "any": any,
    "all": all,
    "sorted": sorted,
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "dict": dict,
}

_STR = (
    "capitalize casefold count endswith find index isalnum isalpha isascii isdecimal isdigit "
    "islower isspace isupper istitle join lower lstrip partition removeprefix removesuffix "
    "replace rfind rindex rpartition rsplit rstrip split splitlines startswith strip swapcase "
    "title upper"
)
_SETS = "difference intersection issubset issuperset union"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


METHODS: dict[type, frozenset[str]] = {
    int: frozenset(("bit_length",)),
    str: _words(_STR),
    list: _words("append clear copy count extend index insert pop remove reverse sort"),
    tuple: _words("count index"),
    dict: _words("copy get items keys pop setdefault update values"),
    set: _words("add copy discard isdisjoint remove symmetric_difference update " + _SETS),
    frozenset: _words(_SETS),
}


def call_method(budget: Budget, owner: Any, name: str, args: list[Any]) -> Any:
    """Call a known method of a value of a builtin type; AttributeError for any other."""
    if name not in METHODS.get(type(owner), ()):
        raise AttributeError(name)
    if name in ("join", "extend", "update", "union"):
        args = [list(budget.counted(a)) if not isinstance(a, dict) else a for a in args]
    if name == "replace" and len(owner) * max(1, len(args[1])) > MAX_LENGTH:
        raise OutOfBudget
    return getattr(owner, name)(*args)
