"""Compiles statements; each closure says how control leaves it."""

from __future__ import annotations

import builtins
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from typing import Any

from verify_agent.verifier.errors import VerifyAgentError
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.interpreter_closures import Eval, Frame, Store
from verify_agent.verifier.ir.interpreter_expressions import RESULT, Expressions
from verify_agent.verifier.ir.interpreter_values import (
    FailedAssert,
    Instance,
    Operation,
    OutOfSteps,
    Signal,
    operation,
)
from verify_agent.verifier.ir.statements import order_name

NEXT, BREAK, CONTINUE, RETURN = range(4)
Run = Callable[[Frame], int]
#: Called at every loop head with the function, the loop's label and the variables (live).
Observer = Callable[[str, str, Mapping[str, Any]], None]
_VIEWS: tuple[type, ...] = (KeysView, ValuesView, ItemsView)
_TABLES: tuple[type, ...] = (dict, set, frozenset, *_VIEWS)
_OURS = (Signal, VerifyAgentError)


class Statements(Expressions):
    """Compiles the statements of one function."""

    observer: Observer | None
    handling: list[BaseException]
    function: str

    def block(self, statements: ir.Block) -> Run:
        """Statements in order."""
        parts = [self.statement(s) for s in statements]
        tick = self.tick
        if len(parts) == 1:
            only = parts[0]

            def single(frame: Frame) -> int:
                tick()
                return only(frame)

            return single

        def run(frame: Frame) -> int:
            for part in parts:
                tick()
                code = part(frame)
                if code:
                    return code
            return NEXT

        return run

    def statement(self, node: ir.Stmt) -> Run:
        """One statement."""
        match node:
            case ir.Assign(target, value):
                return _assign(self.target(target), self.expression(value))
            case ir.AugAssign():
                return self.augmented(node)
            case ir.Delete(target):
                return self.delete(target)
            case ir.Evaluate(value):
                return _evaluate(self.expression(value))
            case ir.If(test, then, orelse):
                return _if(self.expression(test), self.block(then), self.block(orelse))
            case ir.While():
                return self.while_loop(node)
            case ir.For():
                return self.for_loop(node)
            case ir.Break():
                return lambda frame: BREAK
            case ir.Continue():
                return lambda frame: CONTINUE
            case ir.Return(value):
                return _return(self.expression(value))
            case ir.Assert(test, text):
                return self.assertion(self.expression(test), text)
            case ir.Raise():
                return self.raise_(node)
            case ir.Try():
                return self.try_(node)
            case _:
                raise TypeError(f"no such statement: {type(node).__name__}")

    def augmented(self, node: ir.AugAssign) -> Run:
        """`target op= value`, in place where the type does so."""
        op = operation(node.op, self.limits, in_place=True)
        value = self.expression(node.value)
        match node.target:
            case ir.NameTarget(name):
                read = self.expression(ir.Var(node.value.type, node.span, name))
                return _augment_name(name, read, op, value)
            case ir.ItemTarget(base, index):
                return _augment_item(self.expression(base), self.expression(index), op, value)
            case ir.AttributeTarget(base, name):
                return _augment_field(self.expression(base), name, op, value)
            case _:
                raise TypeError("augmented assignment to this target")

    def delete(self, target: ir.ItemTarget | ir.SliceTarget) -> Run:
        """`del base[...]`."""
        base = self.expression(target.base)
        index: Callable[[Frame], Any]
        if isinstance(target, ir.ItemTarget):
            index = self.expression(target.index)
        else:
            index = self.bounds(target.lower, target.upper, target.step)

        def run(frame: Frame) -> int:
            container = base(frame)
            del container[index(frame)]
            return NEXT

        return run

    # -- loops ----------------------------------------------------------------------------------

    def head(self, label: str) -> Callable[[Frame], None]:
        """What happens at a loop's head: a step, and the observer's look."""
        observer, function, tick = self.observer, self.function, self.tick
        if observer is None:
            return lambda frame: tick()

        def seen(frame: Frame) -> None:
            tick()
            observer(function, label, frame)

        return seen

    def while_loop(self, node: ir.While) -> Run:
        """`while ... else`."""
        test, body, orelse = self.expression(node.test), self.block(node.body), node.orelse
        finish, head = self.block(orelse), self.head(node.label)

        def run(frame: Frame) -> int:
            head(frame)
            while test(frame):
                code = body(frame)
                if code == BREAK:
                    return NEXT
                if code == RETURN:
                    return RETURN
                head(frame)
            return finish(frame)

        return run

    def for_loop(self, node: ir.For) -> Run:
        """`for ... else`; Python's own iterators read lists live."""
        iterable, store = self.expression(node.iterable), self.target(node.target)
        body, finish, head = self.block(node.body), self.block(node.orelse), self.head(node.label)
        index, order = node.index, order_name(node.index)

        def run(frame: Frame) -> int:
            whole = iterable(frame)
            items = iter(whole)
            frame[index] = 0
            if isinstance(whole, _TABLES):
                keys: Any = getattr(whole, "mapping", whole)
                frame[order] = list(keys)
            head(frame)
            for taken, item in enumerate(items, 1):
                frame[index] = taken
                store(frame, item)
                code = body(frame)
                if code == BREAK:
                    return NEXT
                if code == RETURN:
                    return RETURN
                head(frame)
            return finish(frame)

        return run

    # -- exceptions -----------------------------------------------------------------------------

    def assertion(self, test: Eval, text: str) -> Run:
        """`assert`."""
        function = self.function

        def run(frame: Frame) -> int:
            if not test(frame):
                raise FailedAssert(function, text)
            return NEXT

        return run

    def raise_(self, node: ir.Raise) -> Run:
        """`raise`, of a new exception or of the one that is being handled."""
        if node.exception is None:
            return self.raise_again
        kind = getattr(builtins, node.exception)
        args = [self.expression(a) for a in node.args]

        def run(frame: Frame) -> int:
            raise kind(*[a(frame) for a in args])

        return run

    def raise_again(self, frame: Frame) -> int:
        """`raise` without an exception."""
        if not self.handling:
            raise RuntimeError("No active exception to reraise")
        raise self.handling[-1]

    def try_(self, node: ir.Try) -> Run:
        """`try`, its handlers, `else` and `finally`."""
        body, orelse = self.block(node.body), self.block(node.orelse)
        handlers = [(_kinds(h), self.block(h.body)) for h in node.handlers]
        guarded = self.handled(body, handlers, orelse)
        return self.finished(guarded, self.block(node.final)) if node.final else guarded

    def handled(
        self, body: Run, handlers: list[tuple[tuple[type[BaseException], ...], Run]], orelse: Run
    ) -> Run:
        """`try` without `finally`."""

        def run(frame: Frame) -> int:
            try:
                code = body(frame)
            except _OURS:
                raise
            except BaseException as error:
                _refuse_resources(error)
                for kinds, handler in handlers:
                    if isinstance(error, kinds):
                        return self.during(error, handler, frame)
                raise
            return code or orelse(frame)

        return run

    def during(self, error: BaseException, block: Run, frame: Frame) -> int:
        """Run a block while an exception is being handled."""
        self.handling.append(error)
        try:
            return block(frame)
        finally:
            self.handling.pop()

    def finished(self, guarded: Run, final: Run) -> Run:
        """`finally`: leaving it early swallows what was on its way."""

        def run(frame: Frame) -> int:
            try:
                code = guarded(frame)
            except _OURS:
                raise
            except BaseException as error:
                _refuse_resources(error)
                ended = self.during(error, final, frame)
                if ended:
                    return ended
                raise
            result = frame.get(RESULT)
            ended = final(frame)
            if ended:
                return ended
            frame[RESULT] = result
            return code

        return run


def _kinds(handler: ir.Handler) -> tuple[type[BaseException], ...]:
    if not handler.exceptions:
        return (BaseException,)
    return tuple(getattr(builtins, name) for name in handler.exceptions)


def _refuse_resources(error: BaseException) -> None:
    """The interpreter's own stack and memory are not the program's."""
    if isinstance(error, RecursionError | MemoryError):
        raise OutOfSteps from error


def _assign(store: Store, value: Eval) -> Run:
    def run(frame: Frame) -> int:
        store(frame, value(frame))
        return NEXT

    return run


def _evaluate(value: Eval) -> Run:
    def run(frame: Frame) -> int:
        value(frame)
        return NEXT

    return run


def _return(value: Eval) -> Run:
    def run(frame: Frame) -> int:
        frame[RESULT] = value(frame)
        return RETURN

    return run


def _if(test: Eval, then: Run, orelse: Run) -> Run:
    return lambda frame: then(frame) if test(frame) else orelse(frame)


def _augment_name(name: str, read: Eval, op: Operation, value: Eval) -> Run:
    def run(frame: Frame) -> int:
        old = read(frame)
        frame[name] = op(old, value(frame))
        return NEXT

    return run


def _augment_item(base: Eval, index: Eval, op: Operation, value: Eval) -> Run:
    def run(frame: Frame) -> int:
        container = base(frame)
        key = index(frame)
        container[key] = op(container[key], value(frame))
        return NEXT

    return run


def _augment_field(base: Eval, name: str, op: Operation, value: Eval) -> Run:
    def run(frame: Frame) -> int:
        owner = base(frame)
        if not isinstance(owner, Instance) or name not in owner.fields:
            raise AttributeError(name)
        owner.fields[name] = op(owner.fields[name], value(frame))
        return NEXT

    return run
