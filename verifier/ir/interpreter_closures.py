"""The closures that expressions and targets are compiled to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from verify_agent.verifier.ir.interpreter_values import Instance

#: The variables of one call.
Frame = dict[str, Any]
Eval = Callable[[Frame], Any]
Store = Callable[[Frame, Any], None]


def variable(name: str, unbound: type[NameError]) -> Eval:
    def read(frame: Frame) -> Any:
        try:
            return frame[name]
        except KeyError:
            raise unbound(name) from None

    return read


def unary(op: Callable[[Any], Any], operand: Eval) -> Eval:
    return lambda frame: op(operand(frame))


def binary(op: Callable[[Any, Any], Any], left: Eval, right: Eval) -> Eval:
    return lambda frame: op(left(frame), right(frame))


def chain(operands: list[Eval], ops: list[Callable[[Any, Any], Any]]) -> Eval:
    def run(frame: Frame) -> Any:
        left = operands[0](frame)
        result: Any = True
        for op, operand in zip(ops, operands[1:], strict=True):
            right = operand(frame)
            result = op(left, right)
            if not result:
                return result
            left = right
        return result

    return run


def logic(conjunction: bool, operands: list[Eval]) -> Eval:
    def run(frame: Frame) -> Any:
        for operand in operands[:-1]:
            value = operand(frame)
            if bool(value) is not conjunction:
                return value
        return operands[-1](frame)

    return run


def if_(test: Eval, then: Eval, orelse: Eval) -> Eval:
    return lambda frame: then(frame) if test(frame) else orelse(frame)


def attribute(base: Eval, name: str) -> Eval:
    def read(frame: Frame) -> Any:
        value = base(frame)
        if not isinstance(value, Instance) or name not in value.fields:
            raise AttributeError(name)
        return value.fields[name]

    return read


def walrus(name: str, value: Eval) -> Eval:
    def run(frame: Frame) -> Any:
        frame[name] = result = value(frame)
        return result

    return run


def joined(parts: list[Eval]) -> Eval:
    return lambda frame: "".join([p(frame) for p in parts])


def display(make: Callable[[list[Any]], Any], items: list[Eval]) -> Eval:
    return lambda frame: make([i(frame) for i in items])


def dict_(keys: list[Eval], values: list[Eval]) -> Eval:
    pairs = list(zip(keys, values, strict=True))
    return lambda frame: {k(frame): v(frame) for k, v in pairs}


def store_name(name: str) -> Store:
    def store(frame: Frame, value: Any) -> None:
        frame[name] = value

    return store


def store_item(base: Eval, index: Callable[[Frame], Any]) -> Store:
    def store(frame: Frame, value: Any) -> None:
        container = base(frame)
        container[index(frame)] = value

    return store


def store_field(base: Eval, name: str) -> Store:
    def store(frame: Frame, value: Any) -> None:
        target = base(frame)
        if not isinstance(target, Instance):
            raise AttributeError(name)
        target.fields[name] = value

    return store


def unpack(targets: list[Store], star: int | None) -> Store:
    def store(frame: Frame, value: Any) -> None:
        items = list(value)
        least = len(targets) - (star is not None)
        if len(items) < least or (star is None and len(items) > least):
            raise ValueError("wrong number of values to unpack")
        if star is not None:
            after = len(targets) - star - 1
            end = len(items) - after
            items[star:end] = [items[star:end]]
        for target, item in zip(targets, items, strict=True):
            target(frame, item)

    return store
