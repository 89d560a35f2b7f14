"""Judges what is given as text: a call after some statements, an example, a property."""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from verify_agent.contracts.model import Property
from verify_agent.verifier import subject as kinds
from verify_agent.verifier.harness.contract import RESOURCES
from verify_agent.verifier.harness.harness import Harness
from verify_agent.verifier.harness.results import (
    CalleePrecondition,
    CallResult,
    NestedViolation,
    NotAllowed,
    Passed,
    Resource,
    TimeUp,
    Unjudged,
    Violation,
    alarm,
)
from verify_agent.verifier.harness.values import fits, raised, shown
from verify_agent.verifier.harness.wire import unpack


def check_script(
    harness: Harness, setup: Sequence[str], call: str, seconds: float | None = None
) -> CallResult:
    """From a fresh import: run the statements, then judge the call.

    `call` is a call of the function under test (`f(1)`, `obj.method(1)`, `Class(1)`), the reading
    of a property (`obj.size`), one of the contract's examples, or the `then` of one of its
    properties whose given names the statements bind.
    """
    harness.fresh()
    try:
        with alarm(seconds):
            names = harness.names.copy()
            stopped = _run_setup(harness, setup, names)
            return stopped or _judge(harness, call, names)
    except TimeUp:
        return Resource("time")
    except RESOURCES as error:
        return Resource("memory" if isinstance(error, MemoryError) else "recursion")


def check_examples(harness: Harness, seconds: float | None = None) -> tuple[CallResult, ...]:
    """Judge each of the contract's examples, each from a fresh import, in their order."""
    texts = harness.subject.contract.examples
    return tuple(check_script(harness, (), text, seconds) for text in texts)


def check_property(
    harness: Harness, stated: Property, given: Mapping[str, object], seconds: float | None = None
) -> CallResult:
    """Judge a property on values for its given names, in the module's present state."""
    try:
        with alarm(seconds):
            return _judge_property(harness, stated, {**harness.names.copy(), **given})
    except TimeUp:
        return Resource("time")
    except RESOURCES as error:
        return Resource("memory" if isinstance(error, MemoryError) else "recursion")


def script_job(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The job behind `replay`: `{"result": kind, ...}` for a packed subject and a script."""
    subject = unpack(payload["subject"])
    try:
        harness = Harness(subject)
    except BaseException as error:
        # The edge: a module may raise anything when it is imported.
        return {"result": "unjudged", "reason": f"the module can't be imported: {raised(error)}"}
    return as_json(check_script(harness, payload["setup"], payload["call"], payload["seconds"]))


def as_json(result: CallResult) -> dict[str, Any]:
    """A call's result as JSON carries it, its kind under `result`."""
    match result:
        case NotAllowed():
            kind = "not-allowed"
        case Passed():
            kind = "passed"
        case Violation():
            kind = "violation"
        case Resource():
            kind = "resource"
        case Unjudged():
            kind = "unjudged"
        case other:
            raise TypeError(f"no result of a call: {other!r}")
    return {"result": kind, **asdict(result)}


def _run_setup(
    harness: Harness, setup: Sequence[str], names: dict[str, Any]
) -> NotAllowed | Violation | None:
    for line in setup:
        harness.nested = None
        try:
            exec(compile(line, "<setup>", "exec", dont_inherit=True), names)
        except (*RESOURCES, TimeUp):
            raise
        except BaseException as error:
            return _unreached(harness, f"the statement {line}", error)
    return None


def _judge(harness: Harness, call: str, names: dict[str, Any]) -> CallResult:
    try:
        tree = ast.parse(call, mode="eval").body
    except SyntaxError as error:
        return Unjudged(f"{call} is no Python expression: {error}")
    contract = harness.subject.contract
    for text in contract.examples:
        if _same_text(text, tree):
            return _judge_example(harness, text, names)
    for stated in contract.properties:
        if _same_text(stated.then, tree):
            missing = [name for name, _ in stated.given if name not in names]
            if not missing:
                return _judge_property(harness, stated, names)
    if harness.target.attribute and isinstance(tree, ast.Attribute):
        return _judge_read(harness, tree, names)
    if harness.target.attribute or not isinstance(tree, ast.Call):
        return Unjudged(f"{call} is no call of {harness.subject.qualname}")
    return _judge_call(harness, tree, names)


def _judge_call(harness: Harness, tree: ast.Call, names: dict[str, Any]) -> CallResult:
    owner = harness.target.owner
    if harness.target.name == "__init__" and owner and inspect.isabstract(owner):
        return NotAllowed(f"{owner.__qualname__} is abstract")
    harness.nested = None
    try:
        receiver = _receiver(harness, tree.func, names)
        if receiver is None:
            return Unjudged(f"{ast.unparse(tree)} is no call of {harness.subject.qualname}")
        positional, named = _arguments(tree, names)
        bound = harness.signature.bind(*receiver, *positional, **named)
    except (*RESOURCES, TimeUp):
        raise
    except BaseException as error:
        return _unreached(harness, f"the arguments of {ast.unparse(tree)}", error)
    return harness.check_call(bound.arguments)


def _judge_read(harness: Harness, tree: ast.Attribute, names: dict[str, Any]) -> CallResult:
    """A property on the object that it is read from."""
    harness.nested = None
    try:
        receiver = _receiver(harness, tree, names)
    except (*RESOURCES, TimeUp):
        raise
    except BaseException as error:
        return _unreached(harness, f"the object of {ast.unparse(tree)}", error)
    if not receiver:
        return Unjudged(f"{ast.unparse(tree)} does not read {harness.subject.qualname}")
    return harness.check_call(harness.signature.bind(*receiver).arguments)


def _unreached(harness: Harness, what: str, error: BaseException) -> NotAllowed | Violation:
    """What a call comes to where making its receiver or its arguments raised."""
    if isinstance(harness.nested, NestedViolation):
        return harness.nested.violation
    return NotAllowed(f"{what} {raised(error)}")


def _receiver(harness: Harness, func: ast.expr, names: dict[str, Any]) -> list[Any] | None:
    """What stands before the written arguments; `None` where another function is called."""
    target = harness.target
    if target.owner is None:
        return [] if isinstance(func, ast.Name) and func.id == target.name else None
    if target.name == "__init__":
        called = _value(func, names)
        return [object.__new__(called)] if called is target.owner else None
    if not isinstance(func, ast.Attribute) or func.attr != target.name:
        return None
    holder = _value(func.value, names)
    if target.bound_class:
        return [holder] if isinstance(holder, type) else [type(holder)]
    if isinstance(holder, type):
        return [] if issubclass(holder, target.owner) else None
    if not isinstance(holder, target.owner):
        return None
    return [] if target.static else [holder]


def _arguments(tree: ast.Call, names: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    positional: list[Any] = []
    for argument in tree.args:
        if isinstance(argument, ast.Starred):
            positional.extend(_value(argument.value, names))
        else:
            positional.append(_value(argument, names))
    named: dict[str, Any] = {}
    for keyword in tree.keywords:
        value = _value(keyword.value, names)
        named.update(value if keyword.arg is None else {keyword.arg: value})
    return positional, named


def _judge_example(harness: Harness, text: str, names: dict[str, Any]) -> CallResult:
    value = _judged_value(harness, text, names)
    if isinstance(value, CallResult):
        return value
    if isinstance(value, BaseException):
        return harness.violation(kinds.EXAMPLE, text, raised(value), f"{text} is true")
    if not value:
        return harness.violation(kinds.EXAMPLE, text, _details(text, names), f"{text} is true")
    return Passed(shown(value))


def _judge_property(harness: Harness, stated: Property, names: dict[str, Any]) -> CallResult:
    for name, annotation in stated.given:
        if not fits(names[name], _declared(annotation, names)):
            return NotAllowed(f"{name} is a {type(names[name]).__name__}, not as declared")
    if stated.when:
        held = _judged_value(harness, stated.when, names)
        if isinstance(held, CallResult):
            return held
        if isinstance(held, BaseException):
            return harness.violation(kinds.PROPERTY, _text(stated), raised(held), stated.when)
        if not held:
            return NotAllowed(f"{stated.when} is false")
    value = _judged_value(harness, stated.then, names)
    if isinstance(value, CallResult):
        return value
    if isinstance(value, BaseException):
        return harness.violation(kinds.PROPERTY, _text(stated), raised(value), stated.then)
    if not value:
        found = _details(stated.then, names)
        return harness.violation(kinds.PROPERTY, _text(stated), found, stated.then)
    return Passed(shown(value))


def _declared(annotation: str, names: dict[str, Any]) -> Any:
    try:
        return eval(annotation, {**vars(typing), **names})
    except Exception:
        # An annotation may be any expression: without it every value is let in.
        return Any


def _judged_value(harness: Harness, text: str, names: dict[str, Any]) -> Any:
    """The expression's value, the exception it raised, or a result that ends the matter."""
    harness.nested = None
    harness.names.refresh()
    try:
        value = _value(ast.parse(text, mode="eval").body, names)
        if isinstance(harness.nested, NestedViolation):
            return harness.nested.violation
        return bool(value)
    except (*RESOURCES, TimeUp):
        raise
    except BaseException as error:
        match harness.nested:
            case NestedViolation(violation=violation):
                return violation
            case CalleePrecondition():
                return NotAllowed(str(harness.nested))
            case _:
                return error


def _details(text: str, names: dict[str, Any]) -> str:
    """The two sides of a comparison that came out false, for people."""
    tree = ast.parse(text, mode="eval").body
    if not isinstance(tree, ast.Compare) or len(tree.ops) != 1:
        return f"{text} is false"
    sides = []
    for side in (tree.left, tree.comparators[0]):
        if not _is_literal(side):
            try:
                sides.append(f"{ast.unparse(side)} is {shown(_value(side, names))}")
            except Exception:
                # A second evaluation may differ from the first; the text alone is enough then.
                return f"{text} is false"
    return ", ".join(sides)


def _is_literal(tree: ast.expr) -> bool:
    try:
        ast.literal_eval(tree)
    except (ValueError, TypeError, MemoryError, RecursionError):
        return False
    return True


def _value(tree: ast.expr, names: dict[str, Any]) -> Any:
    code = compile(ast.Expression(tree), "<script>", "eval", dont_inherit=True)
    return eval(code, names)


def _same_text(text: str, tree: ast.expr) -> bool:
    try:
        return ast.dump(ast.parse(text, mode="eval").body) == ast.dump(tree)
    except SyntaxError:
        return False


def _text(stated: Property) -> str:
    given = ", ".join(f"{name}: {annotation}" for name, annotation in stated.given)
    return f"{stated.then} for all {given} with {stated.when or 'True'}"
