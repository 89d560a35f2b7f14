"""Runs the intermediate representation on concrete Python values, exactly as CPython would.

Same results, same exceptions, same mutations and aliasing: values are real lists, dicts, texts
and numbers, and operations are CPython's own. Nothing of the program's text is executed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.interpreter_closures import Eval, Frame
from verify_agent.verifier.ir.interpreter_expressions import OLD, RESULT
from verify_agent.verifier.ir.interpreter_statements import Observer, Run, Statements
from verify_agent.verifier.ir.interpreter_values import (
    SMALL,
    Instance,
    Limits,
    OutOfSteps,
    PreconditionBroken,
    bare,
)


@dataclass(frozen=True)
class Returned:
    """The function returned normally."""

    value: Any


@dataclass(frozen=True)
class Raised:
    """An exception escaped."""

    error: BaseException

    @property
    def name(self) -> str:
        """The name of the builtin exception."""
        from verify_agent.verifier.ir.interpreter_values import FailedAssert

        return (
            "AssertionError" if isinstance(self.error, FailedAssert) else type(self.error).__name__
        )


@dataclass(frozen=True)
class Stopped:
    """More steps, depth or memory than allowed: nothing is known."""


@dataclass(frozen=True)
class Broken:
    """A call inside broke the precondition of the function that it calls."""

    function: str
    text: str


Result = Returned | Raised | Stopped | Broken


class Interpreter(Statements):
    """Runs the functions of one program.

    `observer` is called at every loop head. A function is compiled when it is called first, and
    results of specification functions on immutable arguments are kept.
    """

    def __init__(
        self, program: ir.Program, limits: Limits = SMALL, observer: Observer | None = None
    ) -> None:
        self.program = program
        self.limits = limits
        self.observer = observer
        self.handling = []
        self.function = program.entry
        self.steps = 0
        self.depth = 0
        self.compiled: dict[str, Run] = {}
        self.preconditions: dict[str, list[tuple[str, Eval]]] = {}
        self.known: dict[tuple[object, ...], Any] = {}

    def tick(self) -> None:
        self.steps += 1
        if self.steps > self.limits.steps:
            raise OutOfSteps

    def run(self, args: Sequence[Any], function: str | None = None) -> Result:
        """Call the entry function (or another) once; its own contract is not looked at."""
        self.steps = 0
        key = function or self.program.entry
        with self.session():
            try:
                return Returned(self.enter(key, list(args)))
            except OutOfSteps:
                return Stopped()
            except PreconditionBroken as broken:
                return Broken(broken.function, broken.text)
            except Unsupported:
                raise
            except (RecursionError, MemoryError):
                return Stopped()
            except Exception as error:
                return Raised(error)

    @contextmanager
    def session(self) -> Iterator[None]:
        """Room on the stack for as many calls inside calls as the limits allow."""
        before = sys.getrecursionlimit()
        self.handling.clear()
        self.depth = 0
        sys.setrecursionlimit(max(before, 40 * self.limits.depth + 1_000))
        try:
            yield
        finally:
            sys.setrecursionlimit(before)

    # -- functions ------------------------------------------------------------------------------

    def definition(self, key: str) -> ir.Function:
        """The function; `Unsupported` where it could not be lowered."""
        function = self.program.functions.get(key)
        if function is None:
            raise Unsupported(self.program.unsupported.get(key, f"function {key}"))
        if function.trusted:
            raise Unsupported(f"a run of {key}, of which only the contract is known")
        return function

    def call(self, key: str, args: list[Any]) -> Any:
        function = self.definition(key)
        if function.contracted:
            self.check_precondition(function, args)
        if not function.specification or function.contracted:
            return self.enter(key, args)
        memo = _memo_key(key, args)
        if memo is None:
            return self.enter(key, args)
        if memo not in self.known:
            self.known[memo] = self.enter(key, args)
        return self.known[memo]

    def enter(self, key: str, args: list[Any]) -> Any:
        """Run a function's body."""
        self.tick()
        function = self.definition(key)
        body = self.compiled.get(key)
        if body is None:
            body = self.compiled[key] = self.compile(function)
        frame: Frame = {p.name: a for p, a in zip(function.parameters, args, strict=True)}
        self.depth += 1
        if self.depth > self.limits.depth:
            raise OutOfSteps
        try:
            body(frame)
        finally:
            self.depth -= 1
        return frame.get(RESULT)

    def compile(self, function: ir.Function) -> Run:
        """The body as a closure."""
        outer, self.function = self.function, function.name
        try:
            return self.block(function.body)
        finally:
            self.function = outer

    def check_precondition(self, function: ir.Function, args: list[Any]) -> None:
        """Stop the run where a call breaks the callee's precondition."""
        key = function.name
        if key not in self.preconditions:
            self.preconditions[key] = [(c.text, self.expression(c.expr)) for c in function.requires]
        for text, clause in self.preconditions[key]:
            if not clause({p.name: a for p, a in zip(function.parameters, args, strict=True)}):
                raise PreconditionBroken(key, text)

    def construct(self, name: str, args: list[Any]) -> Instance:
        klass = self.program.classes[name]
        made = bare(klass)
        init = f"{name}.__init__"
        if init in klass.methods:
            self.call(init, [made, *args])
        elif klass.dataclass:
            made.fields.update(zip([f for f, _ in klass.fields], args, strict=True))
        return made


def _memo_key(key: str, args: list[Any]) -> tuple[object, ...] | None:
    if all(type(a) in (int, bool, str, type(None)) for a in args):
        return (key, *((type(a), a) for a in args))
    return None


def snapshot_frame(function: ir.Function, args: Sequence[Any], old: dict[str, Any]) -> Frame:
    """The variables that a clause of the function's contract sees."""
    frame: Frame = {p.name: a for p, a in zip(function.parameters, args, strict=True)}
    frame[OLD] = old
    return frame
