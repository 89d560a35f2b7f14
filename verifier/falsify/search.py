"""Quick refutation: a function under contract on concrete inputs of growing size.

Everything runs in the interpreter of the intermediate representation, so no code of the program
is executed. What is found here is not yet replayed under CPython.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import Counterexample
from verify_agent.verifier.falsify.inputs import inputs
from verify_agent.verifier.falsify.mentions import mentions_of
from verify_agent.verifier.falsify.render import Renderer
from verify_agent.verifier.falsify.shrink import shrink
from verify_agent.verifier.falsify.states import StateSpace
from verify_agent.verifier.falsify.values import Values
from verify_agent.verifier.ir.interpreter_contract import (
    Checker,
    NotAllowed,
    Passed,
    Undecided,
    Violated,
    Violation,
)
from verify_agent.verifier.ir.interpreter_values import Instance, Limits, bare, deep_copy
from verify_agent.verifier.ir.nodes import Program, Var


@dataclass(frozen=True)
class Budget:
    """How much may be spent: inputs tried, interpreter steps in all, seconds of wall time.

    After the first refutation `more` further inputs are tried, for other things that break.
    """

    inputs: int = 4_000
    steps: int = 1_500_000
    seconds: float = 4.0
    more: int = 400


QUICK = Budget()
#: A run may take few steps at first; later runs may take more, until many ran out.
FEW, MANY, PATIENCE = Limits(steps=3_000), Limits(steps=40_000), 25


@dataclass(frozen=True)
class Refutation:
    """Something that breaks, and a call that breaks it (not replayed)."""

    violation: Violation
    counterexample: Counterexample


@dataclass(frozen=True)
class Falsification:
    """What was found, and how much was tried; `allowed` inputs met the precondition."""

    refutations: tuple[Refutation, ...]
    tried: int = 0
    allowed: int = 0
    undecided: int = 0


def falsify(
    program: Program,
    seed: int = 0,
    budget: Budget = QUICK,
    clock: Callable[[], float] = time.monotonic,
) -> Falsification:
    """Look for inputs that break the contract of the program's entry function.

    The same seed and budget give the same answer unless the wall time runs out.
    `Unsupported` where values of a parameter's type can't be made, or where every run comes to
    code that could not be lowered.
    """
    return _Search(program, seed, budget, clock).run()


@dataclass
class _Search:
    program: Program
    seed: int
    budget: Budget
    clock: Callable[[], float]
    found: dict[tuple[str, str], Refutation] = field(default_factory=dict)
    steps: int = 0

    def __post_init__(self) -> None:
        self.checker = Checker(self.program, FEW)
        mentions = mentions_of(self.program)
        self.space = StateSpace(self.program, mentions)
        self.values = Values(mentions, self.space.states)
        self.parameters = self.program.functions[self.program.entry].parameters
        self.constructor = self.program.entry.endswith(".__init__")

    def run(self) -> Falsification:
        tried = allowed = undecided = 0
        last = self.budget.inputs
        start = self.clock()
        for args in self.arguments():
            if tried >= last or self.steps > self.budget.steps:
                break
            if self.clock() - start > self.budget.seconds:
                break
            self.checker.machine.limits = FEW if tried < 300 or undecided > PATIENCE else MANY
            tried += 1
            outcome = self.checker.check(_copies(args))
            self.steps += self.checker.machine.steps + 5
            match outcome:
                case NotAllowed():
                    continue
                case Undecided():
                    undecided += 1
                case Passed():
                    pass
                case Violated(violations):
                    if not self.found:
                        last = min(last, tried + self.budget.more)
                    for violation in violations:
                        self.enter(violation, args)
            allowed += 1
        by_size = sorted(self.found.values(), key=lambda r: len(r.counterexample.call))
        return Falsification(tuple(by_size), tried, allowed, undecided)

    def arguments(self) -> Iterator[list[Any]]:
        """Arguments; a constructor gets a fresh object first."""
        parameters = self.parameters[1:] if self.constructor else self.parameters
        for args in inputs(self.values, [p.type for p in parameters], self.seed):
            yield [self.fresh(), *args] if self.constructor else args

    def fresh(self) -> Instance:
        owner = self.program.functions[self.program.entry].owner or ""
        return bare(self.program.classes[owner])

    def enter(self, violation: Violation, args: list[Any]) -> None:
        """Record the first input that breaks something, made smaller."""
        key = (violation.kind, violation.text)
        if key in self.found:
            return
        smallest = shrink(args, lambda other: self.broken(key, other) is not None)
        again = self.broken(key, smallest) or violation
        self.found[key] = Refutation(again, self.counterexample(again, smallest))

    def broken(self, key: tuple[str, str], args: list[Any]) -> Violation | None:
        """The violation of that kind and text by the arguments, if there is one."""
        outcome = self.checker.check(_copies(args))
        if not isinstance(outcome, Violated):
            return None
        return next((v for v in outcome.violations if (v.kind, v.text) == key), None)

    def counterexample(self, violation: Violation, args: list[Any]) -> Counterexample:
        return render_call(self.program, args, self.space, violation)


def render_call(
    program: Program, args: Sequence[Any], space: StateSpace, violation: Violation
) -> Counterexample:
    """The call with these arguments as a counterexample to the violation, not yet replayed."""
    parameters: tuple[Var, ...] = program.functions[program.entry].parameters
    names = [p.name for p in parameters]
    taken = [*program.functions, *program.classes]
    properties = {name for name, f in program.functions.items() if f.attribute}
    renderer = Renderer(space.histories, taken, properties, program.classes)
    call = renderer.call(program.entry, names, args)
    return Counterexample(call, violation.detail, tuple(renderer.setup), violation.text)


def _copies(args: list[Any]) -> list[Any]:
    copied = deep_copy(args)
    if not isinstance(copied, list):
        raise TypeError(copied)
    return copied


Environment = Mapping[str, Any]
#: Environments kept of one loop in one run: the first ones, and every so many after.
FIRST, EVERY = 12, 7


def traces(
    program: Program, seed: int = 0, count: int = 120, inputs_tried: int = 1_500
) -> dict[str, list[dict[str, Any]]]:
    """The variables at each loop's head, by the loop's label, over runs on allowed inputs.

    Values are copies. The arguments as they were on entry are under `old(name)`. Loops of other
    functions than the entry are labelled `function/label`. At most `count` runs are looked at.
    """
    collector = _Collector(program.entry)
    checker = Checker(program, FEW, collector.see)
    space = StateSpace(program, mentions_of(program))
    values = Values(space.mentions, space.states)
    parameters = program.functions[program.entry].parameters
    runs = 0
    try:
        arguments = inputs(values, [p.type for p in parameters], seed)
        for _, args in zip(range(inputs_tried), arguments, strict=False):
            collector.begin({f"old({p.name})": a for p, a in zip(parameters, args, strict=True)})
            outcome = checker.check(_copies(args))
            runs += not isinstance(outcome, NotAllowed) and collector.keep()
            if runs >= count:
                break
    except Unsupported:
        return {}
    return collector.kept


@dataclass
class _Collector:
    """Keeps environments of the runs that are worth keeping."""

    entry: str
    kept: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    current: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    old: dict[str, Any] = field(default_factory=dict)

    def begin(self, old: dict[str, Any]) -> None:
        """A new run begins with these arguments."""
        self.current, self.counts, self.old = {}, {}, old

    def see(self, function: str, label: str, frame: Environment) -> None:
        """Copy the variables of a frame."""
        name = label if function == self.entry else f"{function}/{label}"
        number = self.counts[name] = self.counts.get(name, 0) + 1
        if number > FIRST and number % EVERY:
            return
        seen = {k: deep_copy(v) for k, v in frame.items() if not k.startswith("\0")}
        self.current.setdefault(name, []).append({**seen, **self.old})

    def keep(self) -> bool:
        """Keep what the run showed; whether it showed anything."""
        for name, seen in self.current.items():
            self.kept.setdefault(name, []).extend(seen)
        return bool(self.current)
