"""Candidates tried on concrete inputs, by the interpreter: nothing of the program is executed.

The inputs on which the function fails and a sample of those on which it keeps its contract are
found once; a candidate must keep the contract on all of them before an engine sees it.
"""

from __future__ import annotations

import ast
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from verify_agent.agent.proposers import arguments_of
from verify_agent.agent.task_origin import find_node
from verify_agent.contracts.expressions import NotAnExpression
from verify_agent.verifier.errors import BadSource, Unsupported
from verify_agent.verifier.evidence import Counterexample
from verify_agent.verifier.falsify.inputs import inputs
from verify_agent.verifier.falsify.mentions import mentions_of
from verify_agent.verifier.falsify.search import Budget, falsify, render_call
from verify_agent.verifier.falsify.shrink import shrink
from verify_agent.verifier.falsify.states import StateSpace
from verify_agent.verifier.falsify.values import Values
from verify_agent.verifier.frontend.lower import lower
from verify_agent.verifier.frontend.lower_bodies import bodies
from verify_agent.verifier.ir import nodes as ir
from verify_agent.verifier.ir.interpreter import Interpreter
from verify_agent.verifier.ir.interpreter_contract import (
    Checker,
    NotAllowed,
    Outcome,
    Passed,
    Undecided,
    Violated,
)
from verify_agent.verifier.ir.interpreter_statements import Run
from verify_agent.verifier.ir.interpreter_values import Instance, Limits, deep_copy, same
from verify_agent.verifier.ir.types import BoolType, IntType, StrType
from verify_agent.verifier.subject import Subject

FEW, MANY = Limits(steps=3_000), Limits(steps=30_000)
TRIED, ALLOWED, FAILING, SECONDS = 6_000, 1_500, 12, 2.0
#: Passing inputs that a candidate sees at once; the others when it has met these.
FIRST = 40
SAMPLE = 60
#: What is spent on fresh inputs for one survivor.
FRESH = Budget(inputs=2_500, steps=800_000, seconds=1.5, more=0)
STATES, VALUES = 12, 40
Arguments = list[Any]


class Tracer(Interpreter):
    """Notes the lines of the entry function on which statements begin, as they are run."""

    seen: set[int]
    frames: Callable[[int, Mapping[str, Any]], None] | None = None

    def statement(self, node: ir.Stmt) -> Run:
        """The statement, noted when it is run."""
        run = super().statement(node)
        if self.function != self.program.entry:
            return run
        line = node.span.line

        def noted(frame: Any) -> int:
            self.seen.add(line)
            if self.frames is not None:
                self.frames(line, frame)
            return run(frame)

        return noted


@dataclass(frozen=True)
class _Frame:
    """The module's text before and after the function, decorators with what is before."""

    before: str
    after: str

    @classmethod
    def of(cls, subject: Subject) -> _Frame:
        lines = subject.source.split("\n")
        node = find_node(subject.source, subject.qualname)
        before = "".join(f"{line}\n" for line in lines[: node.lineno - 1])
        after = "".join(f"\n{line}" for line in lines[node.end_lineno or node.lineno :])
        return cls(before, after)

    def definition(self, text: str) -> ast.FunctionDef | None:
        """The function in a text that differs from the module's in nothing else; else None."""
        if not (text.startswith(self.before) and text.endswith(self.after)):
            return None
        inside = text[len(self.before) : len(text) - len(self.after)]
        module = ast.parse(f"if 1:\n{inside}" if inside[:1].isspace() else inside)
        body = module.body
        if body and isinstance(body[0], ast.If):
            body = body[0].body
        ast.increment_lineno(module, self.before.count("\n") - inside[:1].isspace())
        only = len(module.body) == len(body) == 1
        return body[0] if only and isinstance(body[0], ast.FunctionDef) else None


@dataclass
class Trial:
    """The inputs of one function, and what it does on them. `clock` gives seconds.

    `Unsupported` where the function or its contract can't be interpreted.
    """

    subject: Subject
    seed: int = 0
    clock: Callable[[], float] = time.monotonic
    failing: list[Arguments] = field(default_factory=list)
    passing: list[Arguments] = field(default_factory=list)
    endless: list[Arguments] = field(default_factory=list)
    invented: list[Arguments] = field(default_factory=list)
    counterexample: Counterexample | None = None

    def __post_init__(self) -> None:
        self.bodies = bodies(self.subject)
        self.program = self.bodies.program
        self.frame = _Frame.of(self.subject)
        self.space = StateSpace(self.program, mentions_of(self.program))
        self._known: set[str] = set()
        self._gather()
        self._invent()
        self._keep_arguments()

    def _invent(self) -> None:
        """States of the receiver that the invariant allows, whether calls reach them or not.

        A method must keep its contract in each of them to be proved.
        """
        first = self.program.functions[self.program.entry]
        if first.owner is None or self.program.entry.endswith(".__init__") or not self.passing:
            return
        values = Values(self.space.mentions, self.space.states)
        checker = Checker(self.program, FEW)
        fields = dict(self.program.classes[first.owner].fields)
        known = [args for args in self.passing[:STATES] if isinstance(args[0], Instance)]
        for args, (name, type_) in itertools.product(known, fields.items()):
            if not isinstance(type_, IntType | BoolType | StrType):
                continue
            for value in values.pool(type_)[:VALUES]:
                made = _copied(args)
                made[0].fields[name] = value
                if isinstance(_run(checker, made), Violated) and len(self.invented) < FAILING:
                    self.invented.append(made)

    def _keep_arguments(self) -> None:
        """Where the function changes no argument, a repair may not either (but the receiver).

        Decorators can't say it. A snapshot tells that a change may be meant that is missing.
        """
        contract = self.subject.contract
        if contract.modifies is not None or contract.snapshots or self.changes_arguments():
            return
        first = self.program.functions[self.program.entry]
        kept = tuple(p.name for p in first.parameters[:1] if first.owner)
        functions = {**self.program.functions, self.program.entry: replace(first, modifies=kept)}
        self.program = replace(self.program, functions=functions)
        self.bodies = replace(self.bodies, program=self.program)
        self.subject = replace(self.subject, contract=replace(contract, modifies=kept))

    def _arguments(self) -> Iterator[Arguments]:
        values = Values(self.space.mentions, self.space.states)
        entry = self.program.functions[self.program.entry]
        constructor = self.program.entry.endswith(".__init__")
        parameters = entry.parameters[1:] if constructor else entry.parameters
        for args in inputs(values, [p.type for p in parameters], self.seed):
            yield [self._fresh(entry), *args] if constructor else args

    def _fresh(self, entry: ir.Function) -> Instance:
        owner = entry.owner or ""
        return Instance(owner, structural=self.program.classes[owner].dataclass)

    def _gather(self) -> None:
        checker = Checker(self.program, FEW)
        stop = self.clock() + SECONDS
        for tried, args in enumerate(self._arguments()):
            enough = len(self.passing) >= ALLOWED or tried >= TRIED
            if enough or (tried > 200 and self.clock() > stop):
                return
            self._enter(args, _run(checker, args))

    def _enter(self, args: Arguments, outcome: Outcome) -> None:
        match outcome:
            case Violated():
                if len(self.failing) < FAILING:
                    self.failing.append(args)
            case Passed():
                self.passing.append(args)
            case Undecided() if len(self.endless) < FAILING:
                self.endless.append(args)
            case _:
                pass

    def changes_arguments(self) -> bool:
        """Whether a run changes what it was given (but the receiver), as the inputs show."""
        checker = Checker(self.program, FEW)
        first = 1 if self.program.functions[self.program.entry].owner else 0
        for args in (*self.failing, *self.passing[:SAMPLE]):
            given = _copied(args)
            checker.check(given)
            if not same(given[first:], args[first:]):
                return True
        return False

    def learn(self, args: Arguments) -> bool:
        """Take an input into account that an engine found; false where it is known or no use."""
        key = repr(args)
        if key in self._known:
            return False
        self._known.add(key)
        types = self.program.functions[self.program.entry].parameters
        if len(types) != len(args) or isinstance(
            _run(Checker(self.program, MANY), args), NotAllowed
        ):
            return False
        self.failing.insert(0, args)
        return True

    def shown(self) -> Counterexample | None:
        """The smallest call found that breaks the function as it is; not yet replayed."""
        checker = Checker(self.program, MANY)

        def breaks(args: Arguments) -> bool:
            return isinstance(_run(checker, args), Violated)

        for args in self.failing:
            smallest = shrink(args, breaks)
            found = _run(checker, smallest)
            if isinstance(found, Violated):
                return render_call(self.program, smallest, self.space, found.violations[0])
        return None

    @property
    def wrong(self) -> tuple[Arguments, ...]:
        """Inputs on which a repair must pass: where the function fails, or else does not end.

        Large inputs take long without a fault, so that of those the smallest alone counts.
        """
        return tuple([*self.failing, *self.invented] or self.endless[:1])

    def lowered(self, text: str) -> ir.Program | None:
        """A candidate's program; None where it can't be interpreted, or is not Python."""
        try:
            node = self.frame.definition(text)
            made = self.bodies.with_body(node) if node is not None else None
            return made or lower(replace(self.subject, source=text))
        except (Unsupported, BadSource, NotAnExpression, SyntaxError, ValueError):
            return None

    def survives(self, text: str) -> bool:
        """Whether the module's text keeps the contract on every input that is known.

        An input on which it fails is tried first from then on.
        """
        program = self.lowered(text)
        return program is not None and self.keeps(program)

    def stands(self, text: str) -> bool:
        """Whether a survivor keeps the contract on fresh inputs, made of its own constants too.

        An input on which it does not is tried first from then on.
        """
        program = self.lowered(text)
        if program is None:
            return False
        found = falsify(program, self.seed, FRESH).refutations
        values = arguments_of(found[0].counterexample) if found else None
        if values is not None:
            self.learn(list(values))
        return not found

    def keeps(self, program: ir.Program) -> bool:
        """Whether a program keeps the contract on every input that is known."""
        checker = Checker(program, MANY)
        try:
            if not all(isinstance(_run(checker, args), Passed) for args in self.wrong):
                return False
            for position, args in enumerate(self.passing):
                if not isinstance(_run(checker, args), Passed):
                    if position >= FIRST:  # it tells more than others: look at it early
                        self.passing.insert(0, self.passing.pop(position))
                    return False
        except Unsupported:
            return False
        return True

    def progress(self, text: str) -> float:
        """How many failing inputs a candidate repairs, where it breaks none of a few others.

        One that keeps more of the contract's conditions than before counts a half.
        """
        program = self.lowered(text)
        if program is None:
            return 0.0
        checker = Checker(program, FEW)
        try:
            if any(isinstance(_run(checker, a), Violated) for a in self.passing[:FIRST]):
                return 0.0
            return sum(self._gain(a, _run(checker, a)) for a in self.wrong)
        except Unsupported:
            return 0.0

    def _gain(self, args: Arguments, now: Outcome) -> float:
        """1 for an input that passes now, a half where a later postcondition fails first."""
        match now, _run(Checker(self.program, FEW), args):
            case Passed(), _:
                return 1.0
            case Violated((later, *_)), Violated((first, *_)):
                texts = [c.text for c in self.program.functions[self.program.entry].ensures]
                known = later.text in texts and first.text in texts
                further = known and texts.index(later.text) > texts.index(first.text)
                return 0.5 if further else 0.0
            case _:
                return 0.0


def _run(checker: Checker, args: Arguments) -> Outcome:
    return checker.check(_copied(args))


def _copied(args: Arguments) -> Arguments:
    copied = deep_copy(args)
    if not isinstance(copied, list):
        raise TypeError(copied)
    return copied


def coverage(trial: Trial, args: Arguments) -> set[int]:
    """The lines of the function on which statements run, on one input."""
    checker = Checker(trial.program, FEW)
    tracer = Tracer(trial.program, FEW)
    tracer.seen = set()
    checker.machine = tracer
    _run(checker, args)
    return tracer.seen
