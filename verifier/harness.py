"""Runs a function once, for real, and judges the call by its contract.

Only ever used inside the sandbox: it executes the subject's module. Other calls, recursive ones
too, are judged as calls that the function makes: a callee's precondition must be met.
"""

from __future__ import annotations

import copy
import inspect
import signal
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from verify_agent.contracts.model import Condition
from verify_agent.verifier import subject as kinds
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.harness_contract import (
    RESOURCES,
    Compiled,
    CompiledContract,
    Namespace,
    compile_contract,
)
from verify_agent.verifier.harness_module import (
    Target,
    callee_promise,
    in_progress,
    is_contract_wrapper,
    load,
    target_of,
)
from verify_agent.verifier.harness_values import Frame, fits, frame_of, raised, same, shown
from verify_agent.verifier.subject import Subject, obligations_of


@dataclass(frozen=True)
class NotAllowed:
    """The contract says nothing about this call; `text` says why."""

    text: str


@dataclass(frozen=True)
class Passed:
    """The call kept every promise."""

    outcome: str


@dataclass(frozen=True)
class Violation:
    """The call broke the obligation of that id; `also` holds others that it broke."""

    obligation_id: str
    kind: str
    text: str
    outcome: str
    expected: str
    also: tuple[Violation, ...] = ()


@dataclass(frozen=True)
class Resource:
    """The call ran out of `memory`, `recursion` depth or `time`: no word on the contract."""

    kind: str


@dataclass(frozen=True)
class Unjudged:
    """The call can't be judged by itself: a callee broke its own promise, say."""

    reason: str


CallResult = NotAllowed | Passed | Violation | Resource | Unjudged


class TimeUp(BaseException):
    """The alarm of one call."""


class CalleePrecondition(AssertionError):
    """The function called itself where its own precondition does not hold."""


class NestedViolation(AssertionError):
    """A call that the function made to itself broke the contract."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(violation.text)
        self.violation = violation


class Harness:
    """A subject's module, executed, with its contract ready to judge calls.

    `BadSource` where the contract is no Python or the function is not there; what the module's
    own code raises on import passes through.
    """

    def __init__(self, subject: Subject) -> None:
        if subject.unread:
            raise BadSource("a part of the contract could not be read", where=subject.path)
        self.subject = subject
        self.obligations = obligations_of(subject)
        self.fresh()

    module: types.ModuleType
    target: Target
    names: Namespace
    contract: CompiledContract

    def fresh(self) -> None:
        """Import the module anew, so that its state is that of a first import."""
        self.module = load(self.subject)
        self.target = target_of(self.module, self.subject.qualname)
        self.signature = inspect.signature(self.target.original)
        self.parameters = tuple(self.signature.parameters)
        self.names = Namespace(self.module, self.subject.contract.definitions)
        self.contract = compile_contract(self.subject, self.names, self.parameters)
        self._hints = self._types()
        self._nested: NestedViolation | CalleePrecondition | None = None
        self._judging = False
        self._guard()

    @property
    def unjudged(self) -> tuple[tuple[str, str], ...]:
        """Obligations, by id, that no call can be judged by here, with the reason."""
        if self.subject.contract.reference and self.contract.reference is None:
            found = self.violation(kinds.REFERENCE, None, "", "")
            return ((found.obligation_id, "the reference was not found"),)
        return ()

    def violation(self, kind: str, text: str | None, outcome: str, expected: str) -> Violation:
        """A violation of the obligation of that kind and text."""
        obligation = kinds.find(self.obligations, kind, text)
        return Violation(obligation.id, kind, obligation.text, outcome, expected)

    def check_call(self, args: Mapping[str, object], seconds: float | None = None) -> CallResult:
        """Call the function on these arguments, by parameter, and judge what comes.

        Parameters that are left out take their defaults; `*args` and `**kwargs` are given as a
        tuple and a dict. Arguments of another type than declared are not allowed. `seconds` sets
        an alarm for this call.
        """
        filled = self._filled(args)
        if isinstance(filled, NotAllowed):
            return filled
        try:
            with alarm(seconds):
                return self._judge(filled)
        except TimeUp:
            return Resource("time")
        except RESOURCES as error:
            return Resource("memory" if isinstance(error, MemoryError) else "recursion")
        finally:
            self._judging = False

    def _judge(self, args: dict[str, Any]) -> CallResult:
        self.names.refresh()
        self._nested = None
        before = self._before(args)
        if not isinstance(before, _Entry):
            return before
        outcome = self._run(args)
        if isinstance(outcome, Resource | Unjudged):
            return outcome
        found = self._broken(before, outcome, args)
        if not found:
            return Passed(outcome.text)
        first, *rest = found
        return Violation(
            first.obligation_id,
            first.kind,
            first.text,
            first.outcome,
            first.expected,
            tuple(rest),
        )

    def _before(self, args: dict[str, Any]) -> _Entry | NotAllowed | Violation:
        if self.target.name != "__init__":
            for invariant in self.contract.invariants:
                holds = self._holds(invariant, {"self": next(iter(args.values()), None)})
                if holds is not True:
                    return NotAllowed(f"the object is not in a state of its invariant: {holds}")
        for condition in self.contract.requires:
            holds = self._holds(condition, args)
            if isinstance(holds, BaseException):
                return self._undefined(condition.condition, holds)
            if not holds:
                return NotAllowed(f"the precondition {condition.condition.display} is false")
        due = []
        for kind, name, condition in self.contract.raises:
            holds = self._holds(condition, args)
            if isinstance(holds, BaseException):
                return self._undefined(condition.condition, holds)
            due.append((kind, name, condition.condition, holds))
        old: object = None
        try:
            with self._evaluating():
                old = self.contract.old(args)
        except (*RESOURCES, TimeUp):
            raise
        except BaseException as error:
            old = error
        modifies = self.subject.contract.modifies
        frame = frame_of(args, modifies) if modifies is not None else Frame({})
        arguments = copy.copy(args)
        spare = self._spare(args)
        return _Entry(tuple(due), old, frame, arguments, spare)

    def _spare(self, args: dict[str, Any]) -> dict[str, Any] | None:
        if self.contract.reference is None:
            return None
        try:
            return copy.deepcopy(args)
        except Exception:
            # A value's own `__deepcopy__` may raise anything: the reference is not compared.
            return None

    def _run(self, args: dict[str, Any]) -> _Outcome | Resource | Unjudged:
        undo = in_progress(args[self.parameters[0]]) if self._is_method else lambda: None
        try:
            value = invoke(self.target.original, self.signature, args)
        except RESOURCES as error:
            return Resource("memory" if isinstance(error, MemoryError) else "recursion")
        except TimeUp:
            raise
        except BaseException as error:
            if self._nested is None and callee_promise(error) == "post":
                return Unjudged(f"a callee broke its own promise: {_first_line(error)}")
            return _Outcome(raised(error), error=error)
        finally:
            undo()
        return _Outcome(f"returned {shown(value)}", value=value)

    @property
    def _is_method(self) -> bool:
        return self.target.owner is not None and self.parameters[:1] == ("self",)

    def _broken(self, entry: _Entry, outcome: _Outcome, args: dict[str, Any]) -> list[Violation]:
        found = list(self._by_nested())
        if not found:
            found = list(
                self._by_exception(entry, outcome)
                if outcome.error is not None
                else self._by_result(entry, outcome, args)
            )
        changed = entry.frame.changed(args)
        if changed:
            text = f"{outcome.text}, and changed {', '.join(changed)}"
            found.append(self.violation(kinds.FRAME, None, text, "arguments left as they were"))
        return found + list(self._by_invariants(outcome, args))

    def _by_nested(self) -> Iterator[Violation]:
        match self._nested:
            case NestedViolation(violation=violation):
                yield violation
            case CalleePrecondition() as error:
                yield self.violation(
                    kinds.NO_EXCEPTION, None, str(error), "every callee's precondition holds"
                )

    def _by_exception(self, entry: _Entry, outcome: _Outcome) -> Iterator[Violation]:
        error = outcome.error
        assert error is not None
        declared = [due for due in entry.due if isinstance(error, due[0])]
        if any(holds for _, _, _, holds in declared):
            return
        if declared:
            _, name, condition, _ = declared[0]
            text = f"{name} exactly when {condition.display}"
            wanted = f"no {name}, since {condition.display} is false on entry"
            yield self.violation(kinds.RAISES, text, outcome.text, wanted)
            return
        stated = self._own_assert(error)
        if stated is not None:
            yield self.violation(kinds.ASSERT, stated, outcome.text, f"{stated} holds")
            return
        wanted = "every callee's precondition holds" if callee_promise(error) else "no exception"
        yield self.violation(kinds.NO_EXCEPTION, None, outcome.text, wanted)

    def _by_result(
        self, entry: _Entry, outcome: _Outcome, args: dict[str, Any]
    ) -> Iterator[Violation]:
        for _, name, condition, holds in entry.due:
            if holds:
                text = f"{name} exactly when {condition.display}"
                yield self.violation(kinds.RAISES, text, outcome.text, f"raises {name}")
                return
        if isinstance(entry.old, BaseException):
            yield self._undefined(Condition("a value of `old`"), entry.old)
            return
        values = {**args, "result": outcome.value, "OLD": entry.old}
        for condition in self.contract.ensures:
            holds = self._holds(condition, values)
            if isinstance(holds, BaseException):
                yield self._undefined(condition.condition, holds, outcome.text)
                return
            if not holds:
                display = condition.condition.display
                yield self.violation(kinds.ENSURE, display, outcome.text, display)
                return
        yield from self._by_reference(entry, outcome)

    def _by_reference(self, entry: _Entry, outcome: _Outcome) -> Iterator[Violation]:
        if self.contract.reference is None or entry.spare is None:
            return
        try:
            wanted = invoke(self.contract.reference, self.signature, entry.spare)
        except Exception:
            # Where the reference has no result there is nothing to equal.
            return
        if not (wanted == outcome.value or same(wanted, outcome.value)):
            text = f"{shown(wanted)}, as the reference returns"
            yield self.violation(kinds.REFERENCE, None, outcome.text, text)

    def _by_invariants(self, outcome: _Outcome, args: dict[str, Any]) -> Iterator[Violation]:
        if self.target.name == "__init__" and outcome.error is not None:
            return
        for invariant in self.contract.invariants:
            holds = self._holds(invariant, {"self": args[self.parameters[0]]})
            if isinstance(holds, BaseException):
                yield self._undefined(invariant.condition, holds, outcome.text)
                return
            if not holds:
                display = invariant.condition.display
                yield self.violation(
                    kinds.INVARIANT, display, f"{outcome.text}, and broke the invariant", display
                )

    def _holds(self, condition: Compiled, values: Mapping[str, object]) -> bool | BaseException:
        """Its truth value, or the exception of evaluating it."""
        try:
            with self._evaluating():
                return bool(condition(values))
        except (*RESOURCES, TimeUp):
            raise
        except BaseException as error:
            return error

    @contextmanager
    def _evaluating(self) -> Iterator[None]:
        # As icontract does: a contract that calls its own function does not judge that call.
        outer, self._judging = self._judging, True
        try:
            yield
        finally:
            self._judging = outer

    def _undefined(
        self, condition: Condition, error: BaseException, outcome: str = ""
    ) -> Violation:
        text = f"{condition.display} {raised(error)}"
        return self.violation(
            kinds.DEFINED, None, f"{outcome}, and {text}" if outcome else text, "a defined condition"
        )

    def _own_assert(self, error: BaseException) -> str | None:
        """The text of the function's own assert that raised this, if one did."""
        if type(error) is not AssertionError:
            return None
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None or trace.tb_frame.f_code is not self.target.original.__code__:
            return None
        line = trace.tb_lineno
        return next((text for text, at in self.subject.asserts if at == line), None)

    def _filled(self, args: Mapping[str, object]) -> dict[str, Any] | NotAllowed:
        filled: dict[str, Any] = {}
        for name, parameter in self.signature.parameters.items():
            if name in args:
                value: Any = args[name]
                if name in self._hints and not fits(value, self._hints[name]):
                    return NotAllowed(f"{name} is a {type(value).__name__}, not as declared")
            elif parameter.default is not inspect.Parameter.empty:
                value = parameter.default
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                value = ()
            elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                value = {}
            elif self.target.name == "__init__" and self.target.owner and not filled:
                value = self.target.owner.__new__(self.target.owner)
            elif self.target.bound_class and not filled:
                value = self.target.owner
            else:
                return NotAllowed(f"there is no argument for {name}")
            filled[name] = value
        return filled

    def _types(self) -> dict[str, Any]:
        try:
            hints = typing.get_type_hints(self.target.original)
        except Exception:
            # An annotation may be any expression: without it every value is let in.
            return {}
        starred = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
        named = self.signature.parameters.items()
        return {n: hints[n] for n, p in named if n in hints and p.kind not in starred}

    def _guard(self) -> None:
        """Judge the calls that the function makes to itself, at every depth."""
        holder: Any = self.target.owner or self.module
        found = vars(holder).get(self.target.name)
        plain = found is self.target.original or is_contract_wrapper(found)
        if plain and not (self.target.owner is not None and self.target.decorated):
            setattr(holder, self.target.name, guarded(self))


def guarded(harness: Harness) -> Callable[..., Any]:
    """The function as other code is to see it: each call is judged, a violation is raised."""
    original, signature = harness.target.original, harness.signature

    def nested(*args: Any, **kwargs: Any) -> Any:
        if harness._judging:
            return original(*args, **kwargs)
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        values = dict(bound.arguments)
        contract = harness.contract
        for condition in contract.requires:
            holds = harness._holds(condition, values)
            if holds is not True:
                call = f"{harness.target.name}{tuple(map(shown, values.values()))}"
                text = f"called {call} where its precondition {condition.condition.display} fails"
                harness._nested = CalleePrecondition(text)
                raise harness._nested
        with harness._evaluating():
            old = contract.old(values)
        result = original(*args, **kwargs)
        harness._after_nested(values, result, old)
        return result

    nested.__name__ = original.__name__
    nested.__qualname__ = original.__qualname__
    nested.__doc__ = original.__doc__
    nested.__wrapped__ = original  # type: ignore[attr-defined]
    return nested
