"""Compiles expressions to Python closures over a frame of variables.

Each closure does what CPython does, by CPython's own operations on CPython's own values.
"""

from __future__ import annotations

import builtins
import copy
import math
import operator
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from verify_agent.verifier.ir import interpreter_closures as closures
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.interpreter_closures import Eval as Eval
from verify_agent.verifier.ir.interpreter_closures import Frame, Store
from verify_agent.verifier.ir.interpreter_values import (
    Instance,
    Limits,
    check_consumed,
    check_grown,
    check_length,
    enum_class,
    operation,
)
from verify_agent.verifier.ir.types import EnumType

_COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "is": operator.is_,
    "is not": operator.is_not,
    "in": lambda a, b: a in b,
    "not in": lambda a, b: a not in b,
}
_UNARY: dict[str, Callable[[Any], Any]] = {
    "-": operator.neg,
    "+": operator.pos,
    "~": operator.invert,
    "not": operator.not_,
}
_MODULES = {"math": math, "copy": copy}
#: Builtins whose int arguments say how much work or room they take.
_COSTLY = frozenset({"math.factorial", "math.comb"})
_WALKING = frozenset(
    ("list", "tuple", "set", "frozenset", "sorted", "sum", "min", "max", "all", "any", "dict")
)
_PADDING = frozenset({"ljust", "rjust", "center", "zfill"})
_GROWING = frozenset({"extend", "join", "replace"})
#: Where the hidden values of a frame are kept: snapshots, and the value that is returned.
OLD = "\0old"
RESULT = "\0result"


class Expressions:
    """Compiles expressions; calls of functions and steps are the machine's."""

    limits: Limits
    #: What reading a variable without a value raises at the current place.
    unbound: type[NameError] = UnboundLocalError

    def tick(self) -> None:
        """Count a step."""
        raise NotImplementedError

    def call(self, key: str, args: list[Any]) -> Any:
        """Call a function of the program."""
        raise NotImplementedError

    def construct(self, name: str, args: list[Any]) -> Instance:
        """Make an instance of a class of the program."""
        raise NotImplementedError

    def expression(self, node: ir.Expr) -> Eval:
        """The closure that evaluates the expression."""
        match node:
            case ir.Const(value=value):
                return lambda frame: value
            case ir.EnumMember(type=EnumType() as type_, name=name):
                member = enum_class(type_)[name]
                return lambda frame: member
            case ir.Var(name=name):
                return closures.variable(name, self.unbound)
            case ir.Old(name=name):
                return lambda frame: frame[OLD][name]
            case ir.Unary(op=op, operand=operand):
                return closures.unary(_UNARY[op], self.expression(operand))
            case ir.Binary(op=op, left=left, right=right):
                return closures.binary(
                    operation(op, self.limits), self.expression(left), self.expression(right)
                )
            case ir.Compare(op=op, left=left, right=right):
                return closures.binary(_COMPARE[op], self.expression(left), self.expression(right))
            case ir.Chain(operands=operands, ops=ops):
                return closures.chain(
                    list(map(self.expression, operands)), [_COMPARE[o] for o in ops]
                )
            case ir.Logic(op=op, operands=operands):
                return closures.logic(op == "and", list(map(self.expression, operands)))
            case ir.IfExp(test=test, then=then, orelse=orelse):
                return closures.if_(
                    self.expression(test), self.expression(then), self.expression(orelse)
                )
            case ir.Index(base=base, index=index):
                return closures.binary(
                    operator.getitem, self.expression(base), self.expression(index)
                )
            case ir.Slice():
                return self.sliced(node)
            case ir.Attribute(base=base, name=name):
                return closures.attribute(self.expression(base), name)
            case ir.Walrus(name=name, value=value):
                return closures.walrus(name, self.expression(value))
            case ir.FormatString(parts=parts):
                return self.joined(list(map(self.expression, parts)))
            case ir.Comprehension():
                return self.comprehension(node)
            case ir.Lambda():
                return self.key_function(node)
            case _:
                return self.compound(node)

    def compound(self, node: ir.Expr) -> Eval:
        """Displays and calls."""
        match node:
            case ir.TupleExpr(items=items):
                return closures.display(tuple, list(map(self.expression, items)))
            case ir.ListExpr(items=items):
                return closures.display(list, list(map(self.expression, items)))
            case ir.SetExpr(items=items):
                return closures.display(set, list(map(self.expression, items)))
            case ir.DictExpr(keys=keys, values=values):
                return closures.dict_(
                    list(map(self.expression, keys)), list(map(self.expression, values))
                )
            case ir.Builtin():
                return self.builtin(node)
            case ir.Method():
                return self.method(node)
            case ir.Call(function=key, args=args):
                return self.user_call(key, list(map(self.expression, args)))
            case ir.Construct(name=name, args=args):
                parts = list(map(self.expression, args))
                return lambda frame: self.construct(name, [p(frame) for p in parts])
            case _:
                raise TypeError(f"no such expression: {type(node).__name__}")

    def user_call(self, key: str, args: list[Eval]) -> Eval:
        """A call of a function of the program."""
        return lambda frame: self.call(key, [a(frame) for a in args])

    def sliced(self, node: ir.Slice) -> Eval:
        """`base[lower:upper:step]`."""
        base = self.expression(node.base)
        bounds = self.bounds(node.lower, node.upper, node.step)

        def run(frame: Frame) -> Any:
            value = base(frame)
            return value[bounds(frame)]

        return run

    def bounds(self, *parts: ir.Expr | None) -> Callable[[Frame], slice]:
        """The slice object of the three parts."""
        compiled = [None if p is None else self.expression(p) for p in parts]
        return lambda frame: slice(*[None if c is None else c(frame) for c in compiled])

    # -- calls of builtins ----------------------------------------------------------------------

    def builtin(self, node: ir.Builtin) -> Eval:
        """A builtin or library function."""
        if node.name == "isinstance":
            return self.isinstance_(node)
        function = builtin_function(node.name)
        args = [self.expression(a) for a in node.args]
        keywords = [(k, self.expression(v)) for k, v in node.keywords]
        guarded = node.name in _COSTLY or (node.name in _WALKING and len(args) == 1)
        powered = node.name == "pow" and len(args) == 2
        power = operation("**", self.limits)
        limits = self.limits

        def run(frame: Frame) -> Any:
            values = [a(frame) for a in args]
            if powered:
                return power(*values)
            if guarded:
                for value in values:
                    check_consumed(value, limits)
            if keywords:
                return function(*values, **{k: v(frame) for k, v in keywords})
            return function(*values)

        return run

    def isinstance_(self, node: ir.Builtin) -> Eval:
        """`isinstance` of the builtin types named in the second argument."""
        value, text = node.args
        if not (isinstance(text, ir.Const) and isinstance(text.value, str)):
            raise TypeError("isinstance without the names of types")
        kinds = tuple(getattr(builtins, name) for name in text.value.split("|"))
        evaluate = self.expression(value)
        return lambda frame: isinstance(evaluate(frame), kinds)

    def method(self, node: ir.Method) -> Eval:
        """A method of a builtin type."""
        base = self.expression(node.base)
        args = [self.expression(a) for a in node.args]
        keywords = [(k, self.expression(v)) for k, v in node.keywords]
        name, limits = node.name, self.limits
        guarded = name in _PADDING or name == "extend"
        growing = name in _GROWING

        def run(frame: Frame) -> Any:
            held = base(frame)
            bound = getattr(held, name)
            values = [a(frame) for a in args]
            if guarded:
                check_consumed(values[0], limits)
            if growing:
                check_grown(held, name, values, limits)
            self.tick()
            if keywords:
                return bound(*values, **{k: v(frame) for k, v in keywords})
            return bound(*values)

        return run

    def key_function(self, node: ir.Lambda) -> Eval:
        """A lambda given to a builtin: its parameters are variables of the frame."""
        with self.inside(NameError):
            body = self.expression(node.body)
        names = [p.name for p in node.parameters]

        def make(frame: Frame) -> Any:
            def apply(*values: Any) -> Any:
                self.tick()
                frame.update(zip(names, values, strict=True))
                return body(frame)

            return apply

        return make

    # -- comprehensions -------------------------------------------------------------------------

    def comprehension(self, node: ir.Comprehension) -> Eval:
        """A comprehension; the first iterable is evaluated at once, the rest as it goes."""
        first = self.expression(node.generators[0].iterable)
        with self.inside(_unbound_in(node.kind)):
            rounds = self.rounds(node, 0)
        match node.kind:
            case "generator":
                return lambda frame: rounds(frame, iter(first(frame)))
            case "list":
                return lambda frame: list(rounds(frame, iter(first(frame))))
            case "set":
                return lambda frame: set(rounds(frame, iter(first(frame))))
            case "dict":
                return lambda frame: dict(rounds(frame, iter(first(frame))))
            case kind:
                raise TypeError(f"no such comprehension: {kind}")

    @contextmanager
    def inside(self, unbound: type[NameError]) -> Iterator[None]:
        """Compile what is a function of its own to CPython."""
        outer, self.unbound = self.unbound, unbound
        try:
            yield
        finally:
            self.unbound = outer

    def rounds(
        self, node: ir.Comprehension, level: int
    ) -> Callable[[Frame, Iterable[Any]], Iterator[Any]]:
        """The elements that the generators from this level on give."""
        generator = node.generators[level]
        store = self.target(generator.target)
        conditions = [self.expression(c) for c in generator.conditions]
        tick = self.tick
        if level + 1 == len(node.generators):
            element = self.expression(node.element)

            def last(frame: Frame, items: Iterable[Any]) -> Iterator[Any]:
                for item in items:
                    tick()
                    store(frame, item)
                    if all(c(frame) for c in conditions):
                        yield element(frame)

            return last
        iterable = self.expression(node.generators[level + 1].iterable)
        deeper = self.rounds(node, level + 1)

        def outer(frame: Frame, items: Iterable[Any]) -> Iterator[Any]:
            for item in items:
                tick()
                store(frame, item)
                if all(c(frame) for c in conditions):
                    yield from deeper(frame, iterable(frame))

        return outer

    # -- targets --------------------------------------------------------------------------------

    def target(self, node: ir.Target) -> Store:
        """The closure that stores a value in the target."""
        match node:
            case ir.NameTarget(name):
                return closures.store_name(name)
            case ir.ItemTarget(base, index):
                return closures.store_item(self.expression(base), self.expression(index))
            case ir.SliceTarget(base, lower, upper, step):
                return self.store_slice(self.expression(base), self.bounds(lower, upper, step))
            case ir.AttributeTarget(base, name):
                return closures.store_field(self.expression(base), name)
            case ir.TupleTarget(items, star):
                return closures.unpack(list(map(self.target, items)), star)
            case _:
                raise TypeError(f"no such target: {type(node).__name__}")

    def store_slice(self, base: Eval, place: Eval) -> Store:
        """The closure that puts values in the place of a part."""
        limits = self.limits

        def store(frame: Frame, value: Any) -> None:
            held, where = base(frame), place(frame)
            check_consumed(value, limits)
            held[where] = value
            check_length(held, limits)

        return store

    def joined(self, parts: list[Eval]) -> Eval:
        """The text of an f-string."""
        text, limits = closures.joined(parts), self.limits

        def run(frame: Frame) -> Any:
            made = text(frame)
            check_length(made, limits)
            return made

        return run


def _unbound_in(kind: str) -> type[NameError]:
    """Comprehensions are functions of their own; since 3.12 only generators are."""
    inlined = kind != "generator" and sys.version_info >= (3, 12)
    return UnboundLocalError if inlined else NameError


class _Sized:
    """Has the length that it is given."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __len__(self) -> int:
        return self.size


def length_of(size: int) -> int:
    """What `len` makes of what a `__len__` returned; `ValueError` where it is negative.

    >>> length_of(3)
    3
    """
    return len(_Sized(size))


def instance_of(value: object) -> Instance:
    """The instance whose method or property is asked for; `AttributeError` where it is none."""
    if not isinstance(value, Instance):
        raise AttributeError
    return value


def builtin_function(name: str) -> Callable[..., Any]:
    """The function that a `Builtin` node names.

    >>> builtin_function("math.gcd")(4, 6)
    2
    """
    if name == "__len__":
        return length_of
    if name == "__instance__":
        return instance_of
    module, _, short = name.rpartition(".")
    function: Callable[..., Any] = getattr(_MODULES.get(module, builtins), short)
    return function
