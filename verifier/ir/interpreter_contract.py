"""Judges one call of a function under contract, on concrete arguments.

Preconditions, then snapshots, then the body, then what was promised: clauses see the objects
that were passed in, `raises` is judged on entry, an expression that raises is not defined.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.interpreter import (
    Broken,
    Interpreter,
    Raised,
    Result,
    Returned,
    Stopped,
    snapshot_frame,
)
from verify_agent.verifier.ir.interpreter_closures import Eval, Frame
from verify_agent.verifier.ir.interpreter_statements import Observer
from verify_agent.verifier.ir.interpreter_values import (
    SMALL,
    FailedAssert,
    Instance,
    Limits,
    OutOfSteps,
    PreconditionBroken,
    deep_copy,
    same,
)


@dataclass(frozen=True)
class Violation:
    """What is broken: `kind` as of obligations, `text` the condition, `detail` what came."""

    kind: str
    text: str
    detail: str


@dataclass(frozen=True)
class NotAllowed:
    """The arguments do not meet the precondition `text`."""

    text: str


@dataclass(frozen=True)
class Passed:
    """All that was promised held."""

    result: Result


@dataclass(frozen=True)
class Violated:
    """What does not hold, in order; never empty."""

    violations: tuple[Violation, ...]
    result: Result | None = None


@dataclass(frozen=True)
class Undecided:
    """More steps, depth or memory than allowed; nothing is known."""


Outcome = NotAllowed | Passed | Violated | Undecided
NO_EXCEPTION = "no undeclared exception escapes"
DEFINED = "every contract expression is defined"


class _Undefined(Exception):
    """Internal: a clause raised."""

    def __init__(self, clause: str, error: BaseException | str) -> None:
        name = error if isinstance(error, str) else type(error).__name__
        super().__init__(f"{name} in: {clause}")


@dataclass(frozen=True)
class _Entry:
    """What is known when the body begins."""

    old: Mapping[str, Any] | _Undefined
    raising: tuple[tuple[str, str, bool], ...]
    before: tuple[Any, ...] | None


class Checker:
    """Judges calls of a program's entry function, one after the other."""

    def __init__(
        self, program: ir.Program, limits: Limits = SMALL, observer: Observer | None = None
    ) -> None:
        self.program = program
        self.function = program.functions[program.entry]
        self.machine = Interpreter(program, limits, observer)
        self.clauses: dict[int, Eval] = {}
        self.is_constructor = self.function.name.endswith(".__init__")

    def check(self, args: Sequence[Any]) -> Outcome:
        """Judge one call. Mutable arguments are used as they are: the call may change them."""
        self.machine.steps = 0
        with self.machine.session():
            try:
                return self._check(list(args))
            except OutOfSteps:
                return Undecided()
            except (RecursionError, MemoryError):
                return Undecided()

    def _check(self, args: list[Any]) -> Outcome:
        try:
            entry = self._entry(args)
        except _Undefined as undefined:
            return Violated((Violation("defined", DEFINED, str(undefined)),))
        if isinstance(entry, NotAllowed):
            return entry
        result = self._run(args)
        if isinstance(result, Stopped):
            return Undecided()
        violations = tuple(self._violations(args, entry, result))
        return Violated(violations, result) if violations else Passed(result)

    def _run(self, args: list[Any]) -> Result:
        try:
            return Returned(self.machine.enter(self.program.entry, args))
        except PreconditionBroken as broken:
            return Broken(broken.function, broken.text)
        except (Unsupported, RecursionError, MemoryError):
            raise
        except Exception as error:
            return Raised(error)

    # -- entry ----------------------------------------------------------------------------------

    def _entry(self, args: list[Any]) -> _Entry | NotAllowed:
        function = self.function
        frame = snapshot_frame(function, args, {})
        if not self.is_constructor:
            for clause in function.invariants:
                if not self._holds(clause, self._self_frame(args)):
                    return NotAllowed(clause.text)
        for clause in function.requires:
            if not self._holds(clause, frame):
                return NotAllowed(clause.text)
        old = self._old(frame)
        raising = tuple(
            (r.exception, r.condition.text, self._holds(r.condition, frame))
            for r in function.raises
        )
        before = None
        if function.modifies is not None:
            copies = deep_copy(args)
            before = tuple(copies) if isinstance(copies, list) else None
        return _Entry(old, raising, before)

    def _old(self, frame: Frame) -> Mapping[str, Any] | _Undefined:
        """The snapshots; one that raises matters only where a postcondition is looked at."""
        old: dict[str, Any] = {}
        try:
            for snapshot in self.function.snapshots:
                value = self._value(snapshot.expr, snapshot.name, frame)
                old[snapshot.name] = deep_copy(value) if snapshot.deep else value
        except _Undefined as undefined:
            return undefined
        return old

    def _self_frame(self, args: list[Any]) -> Frame:
        return {"self": args[0]}

    def _holds(self, clause: ir.Clause, frame: Frame) -> bool:
        return bool(self._value(clause.expr, clause.text, frame, truth=True))

    def _value(self, expr: ir.Expr, text: str, frame: Frame, *, truth: bool = False) -> Any:
        evaluate = self._compiled(expr)
        try:
            value = evaluate(dict(frame))
            return bool(value) if truth else value
        except PreconditionBroken as broken:
            raise _Undefined(text, f"{broken}") from broken
        except (Unsupported, RecursionError, MemoryError):
            raise
        except Exception as error:
            raise _Undefined(text, error) from error

    def _compiled(self, expr: ir.Expr) -> Eval:
        found = self.clauses.get(id(expr))
        if found is None:
            found = self.clauses[id(expr)] = self.machine.expression(expr)
        return found

    # -- exit -----------------------------------------------------------------------------------

    def _violations(self, args: list[Any], entry: _Entry, result: Result) -> list[Violation]:
        found = self._exception(entry, result)
        found += self._frame(args, entry)
        try:
            if isinstance(result, Returned) and not found:
                found += self._ensures(args, entry, result.value)
            if self.function.invariants and (
                isinstance(result, Returned) or not self.is_constructor
            ):
                frame = self._self_frame(args)
                for clause in self.function.invariants:
                    if not self._holds(clause, frame):
                        found.append(Violation("invariant", clause.text, _show(args[0])))
        except _Undefined as undefined:
            found.append(Violation("defined", DEFINED, str(undefined)))
        return found

    def _exception(self, entry: _Entry, result: Result) -> list[Violation]:
        due = [(name, text) for name, text, holds in entry.raising if holds]
        match result:
            case Broken(function, text):
                return [
                    Violation("no-exception", NO_EXCEPTION, f"precondition of {function}: {text}")
                ]
            case Raised(error):
                return self._escaped(entry, error, result.name)
            case Returned():
                return [
                    Violation("raises", f"{name} exactly when {text}", "returned normally")
                    for name, text in due
                ]
            case _:
                raise TypeError(result)

    def _escaped(self, entry: _Entry, error: BaseException, name: str) -> list[Violation]:
        declared = [d for d in entry.raising if isinstance(error, getattr(builtins, d[0]))]
        if any(holds for _, _, holds in declared):
            return []
        if declared:
            wanted, text, _ = declared[0]
            return [Violation("raises", f"{wanted} exactly when {text}", f"raised {name}")]
        if isinstance(error, FailedAssert) and error.function == self.function.name:
            return [Violation("assert", error.text, "AssertionError")]
        detail = f"{name}: {error}" if str(error) else name
        return [Violation("no-exception", NO_EXCEPTION, detail)]

    def _frame(self, args: list[Any], entry: _Entry) -> list[Violation]:
        allowed = self.function.modifies
        if entry.before is None or allowed is None:
            return []
        shared = [
            a for p, a in zip(self.function.parameters, args, strict=True) if p.name in allowed
        ]
        for parameter, before, after in zip(
            self.function.parameters, entry.before, args, strict=True
        ):
            if parameter.name in allowed or any(after is s for s in shared):
                continue
            if isinstance(after, Instance) and self.program.classes[after.class_name].module:
                continue
            if not same(before, after):
                names = ", ".join(allowed)
                text = f"no argument but {names} is changed" if names else "no argument is changed"
                return [Violation("frame", text, f"{parameter.name} became {_show(after)}")]
        return []

    def _ensures(self, args: list[Any], entry: _Entry, result: Any) -> list[Violation]:
        """The first postcondition that fails: they hold in order."""
        if isinstance(entry.old, _Undefined):
            raise entry.old
        frame = snapshot_frame(self.function, args, dict(entry.old))
        frame.setdefault("result", result)
        for clause in self.function.ensures:
            if not self._holds(clause, frame):
                return [Violation("ensure", clause.text, f"result was {_show(result)}")]
        return []


def check_contract(program: ir.Program, args: Sequence[Any], limits: Limits = SMALL) -> Outcome:
    """Judge one call of the program's entry function.

    `Unsupported` where the run comes to something that could not be lowered.
    """
    return Checker(program, limits).check(args)


def _show(value: Any) -> str:
    """A value as text, cut where it is long."""
    shown: Callable[[Any], str] = repr
    if isinstance(value, Instance):
        inner = ", ".join(f"{k}={_show(v)}" for k, v in value.fields.items())
        return f"{value.class_name}({inner})"
    try:
        text = shown(value)
    except ValueError:
        return "an int with more digits than Python prints"
    return text if len(text) <= 200 else f"{text[:197]}..."
