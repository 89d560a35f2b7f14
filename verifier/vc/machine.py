"""What symbolic execution shares: names, the program, the conditions found, how exceptions go."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.evidence import Span
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import choose
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.values import Contents, Value
from verify_agent.verifier.vc.conditions import Condition, Key
from verify_agent.verifier.vc.state import State, Step, join

if TYPE_CHECKING:
    from verify_agent.verifier.vc.loops import LoopRule

EVERYTHING = frozenset({"BaseException"})


@dataclass
class Raised:
    """An execution that ends with an exception."""

    state: State
    exception: str
    span: Span


@dataclass
class Mode:
    """What an exception means here: caught (a path of its own), or a condition to show.

    With `ignore`, neither: the value is wanted as a formula, total in the logic; where Python
    gives a value that the formula does not, `inexact` says so. `exits` collects the states in
    which an exception escapes that has no path of its own, where anybody wants them.
    """

    key: Key
    catches: frozenset[str] = frozenset()
    ignore: bool = False
    raised: list[Raised] = field(default_factory=list)
    inexact: list[str] = field(default_factory=list)
    exits: list[State] | None = None

    def caught(self, exception: str) -> bool:
        """Whether that exception gets a path of its own."""
        return any(is_subclass(exception, c) for c in self.catches)


def is_subclass(exception: str, of: str) -> bool:
    """Whether one builtin exception class is another or derives from it.

    >>> is_subclass("IndexError", "LookupError"), is_subclass("KeyError", "ValueError")
    (True, False)
    """
    import builtins

    one, other = getattr(builtins, exception, None), getattr(builtins, of, None)
    if not (isinstance(one, type) and isinstance(other, type)):
        raise Unsupported(f"exception class {exception if one is None else of}")
    return issubclass(one, other)


@dataclass
class Machine:
    """The executor's shared part: one for all executions of one subject.

    `busy` are the instances that a method is at work on, so that icontract leaves their
    invariants alone; `unplaced` are lists of which nobody knows whether they are other ones;
    `made` holds the fields of frozen dataclasses that were made here, by their identity;
    `presumes` says that invariants of values may be relied upon: not while one is being read.
    """

    program: n.Program
    theory: Theory
    mode: Mode
    loops: LoopRule
    conditions: list[Condition] = field(default_factory=list)
    assumptions: dict[str, None] = field(default_factory=dict)
    calls: tuple[str, ...] = ()
    case: int = 0
    recursive_calls: list[Step] = field(default_factory=list)
    entry: State | None = None
    trusting: tuple[str, ...] = ()
    defining: str = ""
    handling: str | None = None
    shared: frozenset[int] = frozenset()
    busy: frozenset[int] = frozenset()
    unplaced: set[int] = field(default_factory=set)
    class_names: dict[int, str] = field(default_factory=dict)
    made: dict[Term, Mapping[str, Value]] = field(default_factory=dict)
    presumes: bool = True
    _objects: int = 0

    @cached_property
    def contained(self) -> frozenset[str]:
        """The classes whose instances may stand in a container (see `vc.contained`)."""
        from verify_agent.verifier.vc.contained import contained_classes

        return contained_classes(self.program)

    def new_object(self, state: State, seq: Contents, type_: object) -> v.Ref:
        """A new list, dict or set."""
        made = self.new_identity()
        state.heap[made] = seq
        return v.Ref(made, type_)  # type: ignore[arg-type]

    def new_identity(self) -> int:
        """The key of a new object."""
        self._objects += 1
        return self._objects

    def mark(self) -> tuple[int, ...]:
        """How much is on record, so that a trial can be taken back."""
        mode = self.mode
        exits = len(mode.exits or ())
        inexact = len(mode.inexact)
        return len(self.conditions), len(self.recursive_calls), len(mode.raised), exits, inexact

    def back_to(self, mark: tuple[int, ...]) -> None:
        """Forget what a trial put on record."""
        conditions, recursive, raised, exits, inexact = mark
        del self.mode.inexact[inexact:]
        del self.conditions[conditions:]
        del self.recursive_calls[recursive:]
        del self.mode.raised[raised:]
        if self.mode.exits is not None:
            del self.mode.exits[exits:]

    @contextmanager
    def using(self, mode: Mode) -> Iterator[Mode]:
        """Within, exceptions mean what this mode says."""
        before, self.mode = self.mode, mode
        try:
            yield mode
        finally:
            self.mode = before

    @contextmanager
    def nothing_presumed(self) -> Iterator[None]:
        """Within, nothing is known of a value but what its fields hold."""
        before, self.presumes = self.presumes, False
        try:
            yield
        finally:
            self.presumes = before

    def condition(
        self, state: State, goal: Term, label: str, span: Span, key: Key, *, reach: bool = False
    ) -> None:
        """Put a condition on record: the goal must follow from all that holds here."""
        if goal is t.TRUE or state.dead:
            return
        made = Condition(key, state.assumptions, goal, label, span, self.case, reach)
        self.conditions.append(made)

    def within_reach(self, state: State, ok: Term, label: str, span: Span) -> None:
        """Where `ok` fails, Python goes on with what has no model; afterwards it holds."""
        if self.mode.ignore:
            if ok is not t.TRUE:
                self.mode.inexact.append(f"not known that {label}")
            return
        self.condition(state, ok, label, span, self.mode.key, reach=True)
        state.assume(ok)

    def demand(self, state: State, ok: Term, exception: str, span: Span, label: str) -> None:
        """Where `ok` fails, Python raises; afterwards it holds."""
        if ok is t.TRUE or self.mode.ignore:
            return
        if not self.mode.caught(exception):
            self.condition(state, ok, label, span, self.mode.key)
            self.leave_unless(state, ok)
            state.assume(ok)
            return
        if state.binders:
            raise Unsupported("an exception inside a comprehension", span.line, span.column)
        failed = state.copy()
        failed.decide(t.negate(ok))
        self.mode.raised.append(Raised(failed, exception, span))
        state.decide(ok)

    def leave_unless(self, state: State, ok: Term) -> None:
        """Keep the state in which an exception escapes, where `ok` fails, if that is wanted."""
        if self.mode.exits is not None and not self.mode.ignore:
            failed = state.copy()
            failed.decide(t.negate(ok))
            if not failed.dead:
                self.mode.exits.append(failed)

    def fail(self, state: State, exception: str, span: Span, label: str) -> None:
        """Python raises here; the state is dead afterwards."""
        self.demand(state, t.FALSE, exception, span, label)
        state.decide(t.FALSE)

    def either(
        self,
        state: State,
        condition: Term,
        then: Callable[[State], Value],
        otherwise: Callable[[State], Value],
    ) -> Value:
        """The value of one of two continuations, both executed from here; the state is joined."""
        if condition is t.TRUE:
            return then(state)
        if condition is t.FALSE:
            return otherwise(state)
        yes, no = state.copy(), state.copy()
        yes.decide(condition)
        no.decide(t.negate(condition))
        a, b = then(yes), otherwise(no)
        state.become(join(self.theory, [yes, no]))
        if yes.dead or no.dead:
            # Of two dead ones, the first is what the state has become.
            return a if no.dead else b
        return choose(self.theory, condition, a, b)


def unsupported(construct: str, node: n.Node) -> Unsupported:
    """The error for a construct without an exact model, where it stands."""
    return Unsupported(construct, node.span.line, node.span.column)
