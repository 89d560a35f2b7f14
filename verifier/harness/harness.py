"""Runs a function once, for real, and judges the call by its contract.

Only ever used inside the sandbox: it executes the subject's module. Other calls, recursive ones
too, are judged as calls that the function makes: a callee's precondition must be met.
"""

from __future__ import annotations

import copy
import inspect
import types
import typing
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from verify_agent.contracts.model import Condition
from verify_agent.verifier import subject as kinds
from verify_agent.verifier.errors import BadSource
from verify_agent.verifier.harness.contract import (
    RESOURCES,
    Compiled,
    CompiledContract,
    Namespace,
    compile_contract,
)
from verify_agent.verifier.harness.guard import guarded
from verify_agent.verifier.harness.judgement import broken
from verify_agent.verifier.harness.module import (
    Target,
    broken_promise,
    callee_promise,
    in_progress,
    is_contract_wrapper,
    load,
    target_of,
)
from verify_agent.verifier.harness.render import Script, render_call
from verify_agent.verifier.harness.results import (
    CalleePrecondition,
    CallResult,
    Entry,
    NestedViolation,
    NotAllowed,
    Passed,
    Resource,
    Returned,
    TimeUp,
    Unjudged,
    Violation,
    alarm,
    invoke,
    of_the_world,
)
from verify_agent.verifier.harness.values import Frame, fits, frame_of, raised, shown
from verify_agent.verifier.subject import Subject, obligations_of


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
        self._untold = self._without_meaning()
        self.nested: NestedViolation | CalleePrecondition | None = None
        self.evaluating = False
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
        if inspect.iscoroutinefunction(self.target.original):
            return Unjudged("a coroutine function: a call of it runs nothing")
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
            self.evaluating = False

    def render(self, args: Mapping[str, object], made: Mapping[int, str] | None = None) -> Script:
        """The call on these arguments as text that can be pasted; see `render_call`."""
        return render_call(self.target, self.signature, args, self.names.copy(), made)

    def _judge(self, args: dict[str, Any]) -> CallResult:
        self.names.refresh()
        self.nested = None
        before = self._before(args)
        if not isinstance(before, Entry):
            return before
        outcome = self._run(args)
        if isinstance(outcome, Resource | Unjudged):
            return outcome
        found = broken(self, before, outcome, args)
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

    def _before(self, args: dict[str, Any]) -> Entry | NotAllowed | Violation:
        if self.target.has_receiver and self.target.name != "__init__":
            for invariant in self.contract.invariants:
                holds = self.holds(invariant, {"self": next(iter(args.values()), None)})
                if holds is not True:
                    return NotAllowed(f"the object is not in a state of its invariant: {holds}")
        for condition in self.contract.requires:
            holds = self.holds(condition, args)
            if isinstance(holds, BaseException):
                return self.undefined(condition.condition, holds)
            if not holds:
                return NotAllowed(f"the precondition {condition.condition.display} is false")
        due = []
        for kind, name, condition in self.contract.raises:
            holds = self.holds(condition, args)
            if isinstance(holds, BaseException):
                return self.undefined(condition.condition, holds)
            due.append((kind, name, condition.condition, holds))
        old: object = None
        try:
            with self.contract_evaluation():
                old = self.contract.old(args)
        except (*RESOURCES, TimeUp):
            raise
        except BaseException as error:
            old = error
        modifies = self.subject.contract.modifies
        frame = frame_of(args, modifies) if modifies is not None else Frame({})
        return Entry(tuple(due), old, frame, self._spare(args))

    def _spare(self, args: dict[str, Any]) -> dict[str, Any] | None:
        if self.contract.reference is None:
            return None
        try:
            return copy.deepcopy(args)
        except Exception:
            # A value's own `__deepcopy__` may raise anything: the reference is not compared.
            return None

    def _run(self, args: dict[str, Any]) -> Returned | Resource | Unjudged:
        undo = in_progress(args[self.parameters[0]]) if self.target.has_receiver else lambda: None
        try:
            value = invoke(self.target.original, self.signature, args)
        except RESOURCES as error:
            return Resource("memory" if isinstance(error, MemoryError) else "recursion")
        except TimeUp:
            raise
        except BaseException as error:
            outside = of_the_world(error)
            if outside:
                return Unjudged(outside)
            if self.nested is None and callee_promise(error) == "post":
                return Unjudged(f"a callee broke its own promise: {broken_promise(error)}")
            return Returned(raised(error), error=error)
        finally:
            undo()
        return Returned(f"returned {shown(value)}", value=value)

    def holds(self, condition: Compiled, values: Mapping[str, object]) -> bool | BaseException:
        """Its truth value, or the exception of evaluating it."""
        try:
            with self.contract_evaluation():
                return bool(condition(values))
        except (*RESOURCES, TimeUp):
            raise
        except BaseException as error:
            return error

    @contextmanager
    def contract_evaluation(self) -> Iterator[None]:
        # As icontract does: a contract that calls its own function does not judge that call.
        outer, self.evaluating = self.evaluating, True
        try:
            yield
        finally:
            self.evaluating = outer

    def undefined(self, condition: Condition, error: BaseException, outcome: str = "") -> Violation:
        text = f"{condition.display} {raised(error)}"
        return self.violation(
            kinds.DEFINED,
            None,
            f"{outcome}, and {text}" if outcome else text,
            "a defined condition",
        )

    def _filled(self, args: Mapping[str, object]) -> dict[str, Any] | NotAllowed:
        filled: dict[str, Any] = {}
        for name, parameter in self.signature.parameters.items():
            if name in args:
                value: Any = args[name]
                if name in self._untold:
                    return NotAllowed(f"the annotation of {name} means nothing in a run")
                if name in self._hints and not fits(value, self._hints[name]):
                    return NotAllowed(f"{name} is a {type(value).__name__}, not as declared")
            elif parameter.default is not inspect.Parameter.empty:
                value = parameter.default
            elif parameter.kind is inspect.Parameter.VAR_POSITIONAL:
                value = ()
            elif parameter.kind is inspect.Parameter.VAR_KEYWORD:
                value = {}
            elif self.target.name == "__init__" and self.target.owner and not filled:
                if inspect.isabstract(self.target.owner):
                    return NotAllowed(f"{self.target.owner.__qualname__} is abstract")
                value = object.__new__(self.target.owner)
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

    def _without_meaning(self) -> frozenset[str]:
        """Parameters whose annotation has a name that no run binds: no value is known to fit."""
        if self._hints:
            return frozenset()
        names = getattr(self.target.original, "__globals__", {})
        found = set()
        for name, parameter in self.signature.parameters.items():
            if isinstance(parameter.annotation, str):
                try:
                    eval(parameter.annotation, dict(names))
                except NameError:
                    found.add(name)
                except Exception:
                    continue
        return frozenset(found)

    def _guard(self) -> None:
        """Judge the calls that the function makes to itself, at every depth."""
        holder: Any = self.target.owner or self.module
        found = vars(holder).get(self.target.name)
        plain = found is self.target.original or is_contract_wrapper(found)
        if plain and not (self.target.owner is not None and self.target.decorated):
            setattr(holder, self.target.name, guarded(self))
