"""Statements of the safe evaluator: assignments, loops, branches, return and raise."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from verify_agent.agent.synth.contract import primitives
from verify_agent.verifier.errors import Unsupported

if TYPE_CHECKING:
    from verify_agent.agent.synth.contract.interpret import Env, Machine


@dataclass(frozen=True)
class Signal:
    """Why a block stopped early: `return` with its value, `break` or `continue`."""

    kind: str
    value: Any = None


Run = Callable[["Env"], Signal | None]
_BREAK, _CONTINUE = Signal("break"), Signal("continue")


def compile_block(machine: Machine, statements: Sequence[ast.stmt]) -> Run:
    """The closure that runs statements; raises `Unsupported` for what is outside the subset."""
    runs = [_statement(machine, node) for node in statements]

    def run(env: Env) -> Signal | None:
        for step in runs:
            signal = step(env)
            if signal is not None:
                return signal
        return None

    return run


def binder(target: ast.expr) -> Callable[[Env, Any], None]:
    """The closure that binds a value to a name or, nested, to a tuple of names."""
    match target:
        case ast.Name(id=name):

            def bind_name(env: Env, value: Any) -> None:
                env[name] = value

            return bind_name
        case ast.Tuple(elts=elts):
            binders = [binder(elt) for elt in elts]

            def bind_tuple(env: Env, value: Any) -> None:
                for bind, item in zip(binders, value, strict=True):
                    bind(env, item)

            return bind_tuple
    raise Unsupported("target", target.lineno, target.col_offset)


def _statement(machine: Machine, node: ast.stmt) -> Run:
    match node:
        case ast.Return(value=value):
            return _return(machine, value)
        case ast.Assign(targets=targets, value=value):
            stores = [_store(machine, target) for target in targets]
            return _assign(stores, machine.expression(value))
        case ast.AnnAssign(target=target, value=ast.expr() as value):
            return _assign([_store(machine, target)], machine.expression(value))
        case ast.AugAssign():
            return _augmented(machine, node)
        case ast.If():
            return _if(machine, node)
        case ast.While():
            return _while(machine, node)
        case ast.For():
            return _for(machine, node)
        case ast.Raise():
            return _raise(node)
        case ast.Break():
            return lambda env: _BREAK
        case ast.Continue():
            return lambda env: _CONTINUE
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return lambda env: None
        case ast.Expr(value=value):
            return _assign([], machine.expression(value))
    raise Unsupported(type(node).__name__, node.lineno, node.col_offset)


def _return(machine: Machine, value: ast.expr | None) -> Run:
    code = machine.expression(value or ast.Constant(value=None))
    return lambda env: Signal("return", code(env))


def _store(machine: Machine, target: ast.expr) -> Callable[[Env, Any], None]:
    match target:
        case ast.Subscript(value=owner, slice=index):
            owner_of, index_of = machine.expression(owner), machine.expression(index)

            def put(env: Env, value: Any) -> None:
                owner_of(env)[index_of(env)] = value

            return put
        case ast.Tuple(elts=elts):
            stores = [_store(machine, elt) for elt in elts]

            def unpack(env: Env, value: Any) -> None:
                for store, item in zip(stores, tuple(value), strict=True):
                    store(env, item)

            return unpack
    return binder(target)


def _assign(stores: list[Callable[[Env, Any], None]], value: Callable[[Env], Any]) -> Run:
    def run(env: Env) -> None:
        result = value(env)
        for store in stores:
            store(env, result)

    return run


def _augmented(machine: Machine, node: ast.AugAssign) -> Run:
    apply = primitives.BINARY.get(type(node.op))
    if apply is None:
        raise Unsupported(type(node.op).__name__, node.lineno, node.col_offset)
    load = machine.expression(node.target)
    store = _store(machine, node.target)
    value = machine.expression(node.value)

    def run(env: Env) -> None:
        before = load(env)
        after = value(env)
        if isinstance(before, list) and isinstance(node.op, ast.Add):
            before.extend(machine.budget.counted(after))
            store(env, before)
        else:
            store(env, apply(before, after))

    return run


def _if(machine: Machine, node: ast.If) -> Run:
    test = machine.expression(node.test)
    yes, no = compile_block(machine, node.body), compile_block(machine, node.orelse)
    return lambda env: yes(env) if test(env) else no(env)


def _while(machine: Machine, node: ast.While) -> Run:
    if node.orelse:
        raise Unsupported("else of a loop", node.lineno, node.col_offset)
    test, body = machine.expression(node.test), compile_block(machine, node.body)

    def run(env: Env) -> Signal | None:
        while test(env):
            machine.budget.spend()
            signal = body(env)
            if signal is _BREAK:
                break
            if signal is not None and signal.kind == "return":
                return signal
        return None

    return run


def _for(machine: Machine, node: ast.For) -> Run:
    if node.orelse:
        raise Unsupported("else of a loop", node.lineno, node.col_offset)
    items, bind = machine.expression(node.iter), _store(machine, node.target)
    body = compile_block(machine, node.body)

    def run(env: Env) -> Signal | None:
        for item in items(env):
            machine.budget.spend()
            bind(env, item)
            signal = body(env)
            if signal is _BREAK:
                break
            if signal is not None and signal.kind == "return":
                return signal
        return None

    return run


def _raise(node: ast.Raise) -> Run:
    call = node.exc
    name = call.func if isinstance(call, ast.Call) else call
    kind = getattr(builtins, name.id, None) if isinstance(name, ast.Name) else None
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        raise Unsupported("raise", node.lineno, node.col_offset)

    def run(env: Env) -> None:
        raise kind

    return run
