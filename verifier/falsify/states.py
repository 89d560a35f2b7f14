"""Instances of a class that public calls can make, each with the calls that make it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.falsify.mentions import Mentions
from verify_agent.verifier.falsify.values import Values, diagonal
from verify_agent.verifier.ir.interpreter import Returned
from verify_agent.verifier.ir.interpreter_contract import Checker, Passed
from verify_agent.verifier.ir.interpreter_values import Instance, Limits, bare, deep_copy, same
from verify_agent.verifier.ir.nodes import Class, Function, Program
from verify_agent.verifier.ir.types import ClassType

MAX_STATES = 60
LIMITS = Limits(steps=5_000)
#: A call in the life of an instance: its name, and its arguments.
Step = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class History:
    """How an instance came to be: the constructor's arguments, then calls of methods."""

    name: str
    args: tuple[Any, ...]
    steps: tuple[Step, ...] = ()


@dataclass
class StateSpace:
    """The states of a program's classes; `histories` by the identity of the instance."""

    program: Program
    mentions: Mentions
    known: dict[str, list[Instance]] = field(default_factory=dict)
    histories: dict[int, History] = field(default_factory=dict)
    checkers: dict[str, Checker] = field(default_factory=dict)

    def states(self, name: str) -> list[Instance]:
        """Instances of the class, those with the shortest history first."""
        if name not in self.known:
            self.known[name] = []
            values = Values(self.mentions, self.states)
            found = self.known[name]
            if self.program.classes[name].module:
                self._of_module(found, self.program.classes[name], values)
                return found
            for made, history in self._constructed(name, values):
                self._enter(found, made, history)
            for position in itertools.count():
                if position >= len(found) or len(found) >= MAX_STATES:
                    break
                self._extend(found, found[position], values)
        return self.known[name]

    def _of_module(self, found: list[Instance], klass: Class, values: Values) -> None:
        """Variables of a module: after its import, after calls, and with one of them set."""
        first, *others = _variables(klass, values)
        self._enter(found, *first)
        for position in itertools.count():
            if position >= len(found) or len(found) >= MAX_STATES // 2:
                break
            self._extend(found, found[position], values)
        for made, history in others:
            self._enter(found, made, history)

    def _enter(self, found: list[Instance], made: Instance, history: History) -> None:
        if len(found) < MAX_STATES and not any(same(made, old) for old in found):
            found.append(made)
            self.histories[id(made)] = history

    def _constructed(self, name: str, values: Values) -> Iterator[tuple[Instance, History]]:
        """Instances straight from the constructor."""
        klass = self.program.classes[name]
        init = self.program.functions.get(f"{name}.__init__")
        if init is not None:
            types = [p.type for p in init.parameters[1:]]
        elif klass.dataclass:
            types = [t for _, t in klass.fields]
        elif f"{name}.__init__" in klass.methods:
            return
        else:
            types = []
        pools = [values.pool(t)[:12] for t in types]
        mentioned = [values.pool(t)[:2] + values.mentioned(t)[:6] for t in types]
        small = itertools.islice(diagonal(pools), 24)
        for args in itertools.chain(small, itertools.islice(diagonal(mentioned), 16)):
            made = bare(klass)
            given = _copied(args)
            if init is not None:
                if not self._passes(init, [made, *given]):
                    continue
            else:
                made.fields.update(zip([f for f, _ in klass.fields], given, strict=False))
                if not self._invariants_hold(name, made):
                    continue
            yield made, History(name, args)

    def _extend(self, found: list[Instance], state: Instance, values: Values) -> None:
        """States one call further."""
        history = self.histories[id(state)]
        if len(history.steps) >= 4:
            return
        klass = self.program.classes[state.class_name]
        for short, function in self._callable(klass):
            given = function.parameters[:-1] if klass.module else function.parameters[1:]
            pools = [values.pool(p.type)[:6] for p in given]
            for args in itertools.islice(diagonal(pools), 8):
                after = deep_copy(state)
                copies = _copied(args)
                called = [*copies, after] if klass.module else [after, *copies]
                if isinstance(after, Instance) and self._passes(function, called):
                    step = (short, args)
                    self._enter(found, after, replace(history, steps=(*history.steps, step)))

    def _callable(self, klass: Class) -> Iterator[tuple[str, Function]]:
        """The methods of a class, or a module's functions, that anyone may call."""
        keys = self.program.functions if klass.module else klass.methods
        for key in keys:
            function = self.program.functions.get(key)
            short = key if klass.module else key.rpartition(".")[2]
            if function is None or short.startswith("_") or "." in short:
                continue
            last = function.parameters[-1].type if function.parameters else None
            if last == ClassType(klass.name) if klass.module else _is_method(function):
                yield short, function

    def _passes(self, function: Function, args: list[Any]) -> bool:
        """Whether the call is allowed, keeps its promises and returns."""
        checker = self.checkers.get(function.name)
        if checker is None:
            program = replace(self.program, entry=function.name)
            checker = self.checkers[function.name] = Checker(program, LIMITS)
        try:
            outcome = checker.check(args)
        except Unsupported:
            return False
        return isinstance(outcome, Passed) and isinstance(outcome.result, Returned)

    def _invariants_hold(self, name: str, made: Instance) -> bool:
        klass = self.program.classes[name]
        checker = Checker(self.program, LIMITS)
        machine = checker.machine
        machine.steps = 0
        try:
            with machine.session():
                return all(machine.expression(c.expr)({"self": made}) for c in klass.invariants)
        except Unsupported:
            return False
        except Exception:
            # An invariant that raises is not met.
            return False


def _copied(args: Sequence[Any]) -> list[Any]:
    """Copies of the arguments, one where two are one object, as they are shown to people."""
    copies = deep_copy(list(args))
    assert isinstance(copies, list)
    return copies


def _variables(klass: Class, values: Values) -> Iterator[tuple[Instance, History]]:
    """A module's variables as its import leaves them, and with one of them set."""
    names = [name for name, _ in klass.fields]
    first = tuple(c.value for c in klass.first)
    found = [first]
    for position, (_, type_) in enumerate(klass.fields):
        for value in (*values.pool(type_)[:10], *values.mentioned(type_)[:8]):
            found.append((*first[:position], value, *first[position + 1 :]))
    for given in found:
        made = Instance(klass.name, dict(zip(names, given, strict=True)), structural=True)
        yield made, History(klass.name, given)


def _is_method(function: Function) -> bool:
    first = function.parameters[:1]
    return bool(first) and first[0].type == ClassType(function.owner or "")
