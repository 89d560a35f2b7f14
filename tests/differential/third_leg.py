"""The symbolic executor on a program, its terms evaluated for one input: the third opinion.

Inputs stay symbols (so that paths are joined and arrays are arrays, as in a proof) or are put in
as constants. Loops are executed round by round, as far as the input takes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from interpretation import Inconsistent, Interpretation, Undetermined, array_of
from observation import Ran

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import ints
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import eigenvariables
from verify_agent.verifier.vc import (
    aliasing,
    exec,
    expressions,
    function,
    iteration,
    loops,
)
from verify_agent.verifier.vc.conditions import Condition
from verify_agent.verifier.vc.effects import changed_objects
from verify_agent.verifier.vc.machine import EVERYTHING, Machine, Mode
from verify_agent.verifier.vc.state import State
from verify_agent.verifier.vc.targets import bind_target

MOST_ROUNDS = 45
MOST_BITS = 20_000
MOST_ITEMS = 2_000  # what doubles in every round of nested loops fills any memory


class TooLong(Exception):
    """The input takes a loop too many times round, or a list or text grows too long in it."""


class Disagreement(AssertionError):
    """The executor's terms contradict each other or themselves."""


@dataclass
class Unroll:
    """The rule for loops: one round after the other, while the input goes round."""

    execute_calls: bool = True
    meaning: Interpretation | None = None

    def start(self, m: Machine) -> None:
        """Nothing is kept between functions."""

    def loop(self, m: Machine, state: State, node: n.While | n.For) -> exec.Flow:
        """All ends of a loop that the input may come to."""
        flow, states = exec.Flow(), [state]
        items = self._items(m, state, node)
        for count in range(MOST_ROUNDS):
            if any(map(_long, states)):
                raise TooLong
            inside: list[State] = []
            for each in states:
                outside = self._enter(m, each, node, items, count)
                inside += self.possible([each])
                last = exec.run(m, node.orelse, self.possible([outside]))
                flow.add_jumps(last)
                flow.normal += last.normal
            body = exec.run(m, node.body, inside)
            flow.returns += body.returns
            flow.normal += body.breaks
            states = exec.joined(m, self.possible([*body.normal, *body.continues]))
            if not states:
                return flow
        raise TooLong

    def _items(self, m: Machine, state: State, node: n.While | n.For) -> Any:
        if isinstance(node, n.While):
            return None
        items = iteration.source_of(m, state, node.iterable)
        if not items.live & changed_objects((node.target, node.body), state):
            return items
        if not loops._stays(node):
            raise Unsupported("a list that is changed while it is iterated in this way")
        return None

    def _enter(
        self, m: Machine, inside: State, node: n.While | n.For, items: Any, count: int
    ) -> State:
        """Decide the test in `inside`; the state past the loop is given back."""
        if isinstance(node, n.While):
            test = expressions.truth(m, inside, expressions.evaluate(m, inside, node.test))
            outside = inside.copy()
        else:
            if items is None:
                value = inside.locals[node.iterable.name]  # type: ignore[attr-defined]
                items = iteration.source_of_value(m, inside, value, node.iterable)
            inside.locals[node.index] = v.IntV(t.integer(count + 1))
            outside = inside.copy()
            position = t.add(items.lower, t.integer(count))
            test = t.lt(position, items.upper)
        outside.decide(t.negate(test))
        inside.decide(test)
        if isinstance(node, n.For) and self.possible([inside]):
            bind_target(m, inside, node.target, items.at(position), node.iterable)
        return outside

    def possible(self, states: Sequence[State]) -> list[State]:
        """The states that the input may be in."""
        assert self.meaning is not None
        return [s for s in states if not s.dead and excluded(s, self.meaning) is None]


def _long(state: State) -> bool:
    texts = (x.seq for x in state.locals.values() if isinstance(x, v.StrV))
    written = (x for x in (*state.heap.values(), *texts) if isinstance(x, v.ItemsSeq))
    numbers = (ints.value(x.term) for x in state.locals.values() if isinstance(x, v.IntV))
    return any(len(x.items) > MOST_ITEMS for x in written) or any(
        n is not None and n.bit_length() > MOST_BITS for n in numbers
    )


def excluded(state: State, meaning: Interpretation) -> Term | None:
    """What of the state's path the input contradicts."""
    return next((x for x, _ in state.path if meaning.truth(x) is False), None)


AN_EXCEPTION = "an exception"


@dataclass(frozen=True)
class Told:
    """What the executor says that the run may do; `open` where its facts leave that open.

    CPython's word must be among the possible ones; more than one is imprecise, but not wrong.
    """

    possible: tuple[Ran, ...]
    open: str = ""
    identities: bool = True

    @property
    def precise(self) -> bool:
        """Whether one outcome is possible only."""
        return len(self.possible) == 1

    def allows(self, ran: Ran) -> bool:
        """Whether this is a possible outcome.

        A name that is not bound is a NameError inside a comprehension, which nobody can catch
        as what it is outside: the executor refuses to.
        """
        if ran.outcome == "NameError":
            ran = replace(ran, outcome="UnboundLocalError")
        if Ran(AN_EXCEPTION, "", ()) in self.possible and " " not in ran.outcome:
            return True
        shared = None if self.identities else ()
        return any(_same(ran, p, shared) for p in self.possible)


def _same(one: Ran, other: Ran, shared: tuple[()] | None) -> bool:
    if shared is None and one.shared != other.shared:
        return False
    return (_plain(one.outcome), _plain(one.after)) == (_plain(other.outcome), _plain(other.after))


def _plain(text: str) -> str:
    """A bool stored among ints is taken as the int that it equals, as contracts take it."""
    return text if "[" not in text else text.replace("True", "1").replace("False", "0")


@dataclass
class ThirdLeg:
    """One execution for one input."""

    program: n.Program
    given: list[Any]
    constants: bool = False
    catching: bool = False
    identities: bool = True
    machine: Machine = field(init=False)
    meaning: Interpretation = field(init=False)

    def run(self) -> Told:
        """Execute and evaluate; `Unsupported` passes through."""
        entry = self.enter()
        body = entry.function.body
        catches = EVERYTHING if self.catching else frozenset()
        with self.machine.using(Mode(function.ANY_EXCEPTION, catches)) as mode:
            flow = exec.run(self.machine, body, [entry.state.copy()])
        ends = [*flow.returns, *((s, v.NONE) for s in flow.normal)]
        try:
            return self.judged(entry, ends, mode)
        except Undetermined as error:
            return Told((), str(error))
        except Inconsistent as error:
            raise Disagreement(str(error)) from error

    def enter(self) -> function.Entry:
        """The function's start, with its symbols bound to the input."""
        theory, rule = Theory(), Unroll()
        self.machine = Machine(self.program, theory, Mode(function.ANY_EXCEPTION), rule)
        self.machine.calls = (self.program.entry,)
        entry_function = self.program.functions[self.program.entry]
        entry = function.enter(self.machine, entry_function, self.partition(entry_function))
        self.machine.entry = entry.state
        inputs: dict[str, Any] = {}
        for value, given in zip(entry.arguments.values(), self.given, strict=True):
            self.bind(entry, value, given, inputs)
        self.meaning = rule.meaning = Interpretation(theory, inputs)
        if self.constants:
            self.put_in(entry)
        return entry

    def partition(self, entry: n.Function) -> aliasing.Partition:
        """The partition of the parameters that the input belongs to."""
        known = list(aliasing.partitions(entry))
        names = [p.name for p in entry.parameters]
        for one in known:
            if all(
                (one.group_of(a) == one.group_of(b)) == (x is y)
                for a, x in zip(names, self.given, strict=True)
                for b, y in zip(names, self.given, strict=True)
                if isinstance(x, list) and isinstance(y, list)
            ):
                return one
        # Where nobody can tell, arguments are taken as different objects.
        self.identities = False
        return known[0]

    def bind(
        self, entry: function.Entry, value: v.Value, given: Any, inputs: dict[str, Any]
    ) -> None:
        match value:
            case v.IntV(term) | v.BoolV(term):
                inputs[str(term.payload)] = given
            case v.Ref(id_, _):
                _bind_seq(entry.heap[id_], given, inputs)
            case v.StrV(seq):
                _bind_seq(seq, [ord(c) for c in given], inputs)
            case _:
                raise Unsupported(f"arguments of type {v.show_type(v.type_of(value))}")

    def put_in(self, entry: function.Entry) -> None:
        """The input as constants in the place of its symbols."""
        for (name, value), given in zip(entry.arguments.items(), self.given, strict=True):
            match value:
                case v.IntV():
                    entry.state.locals[name] = v.IntV(t.integer(given))
                case v.BoolV():
                    entry.state.locals[name] = v.BoolV(t.boolean(given))
                case v.Ref(id_, _):
                    items = tuple(v.IntV(t.integer(x)) for x in given)
                    entry.state.heap[id_] = v.ItemsSeq(ir.INT, items)
                case v.StrV():
                    entry.state.locals[name] = v.text(given)

    # -- what came of it -----------------------------------------------------------------------

    def judged(self, entry: function.Entry, ends: list[tuple[State, v.Value]], mode: Mode) -> Told:
        """The ends whose paths the input may take, and the exceptions that it may meet."""
        reached = [(s, x) for s, x in ends if not s.dead and excluded(s, self.meaning) is None]
        raised = [r for r in mode.raised if excluded(r.state, self.meaning) is None]
        for state in [s for s, _ in reached] + [r.state for r in raised]:
            for fact, _ in state.path:
                if self.meaning.truth(fact) is None:
                    return Told((), f"undetermined: {fact}"[:200])
        broken = [c for c in self.machine.conditions if self.breaks(c)]
        if any(c.reach for c in broken):
            return Told((), "beyond the model: a power that is a float")
        possible = [self.seen(r.exception, entry, r.state, v.NONE) for r in raised]
        if broken:
            possible.append(Ran(AN_EXCEPTION, "", ()))
        for state, value in reached:
            found = self.python(state, value)
            possible.append(self.seen(f"{type(found).__name__} {found!r}", entry, state, value))
        return Told(tuple(dict.fromkeys(possible)), "", self.identities)

    def seen(self, outcome: str, entry: function.Entry, state: State, value: v.Value) -> Ran:
        """The end as a run would show it."""
        after = [self.python(state, x) for x in entry.arguments.values()]
        parts = value.items if isinstance(value, v.TupleV) else (value,)
        refs = [x for x in entry.arguments.values() if isinstance(x, v.Ref)]
        shared = tuple(isinstance(p, v.Ref) and p.id == r.id for p in parts for r in refs)
        return Ran(outcome, repr(after), shared)

    def breaks(self, condition: Condition) -> bool:
        """Whether the input meets the assumptions of a condition and not its goal."""
        free = dict.fromkeys(
            e for x in (*condition.assumptions, condition.goal) for e in eigenvariables(x)
        )
        if not free:
            if any(self.meaning.truth(a) is False for a in condition.assumptions):
                return False
            return self.meaning.truth(condition.goal) is False
        whole = t.implies(t.conj(*condition.assumptions), condition.goal)
        return self.meaning.truth(t.forall(list(free), whole)) is False

    def python(self, state: State, value: v.Value) -> Any:
        """The Python value that a symbolic value stands for."""
        match value:
            case v.IntV(term):
                return int(self.meaning(term))
            case v.BoolV(term):
                return bool(self.meaning(term))
            case v.NoneV():
                return None
            case v.TupleV(items):
                return tuple(self.python(state, x) for x in items)
            case v.StrV(seq):
                return "".join(chr(x) for x in self.items(state, seq))
            case v.ListV(_, ir.VariadicTupleType()):
                return tuple(self.items(state, state.contents(value)))
            case v.ListV() | v.Ref():
                return list(self.items(state, state.contents(value)))
            case v.UnionV(tag, _, payloads):
                return self.python(state, payloads[self.meaning(tag)])
            case v.RangeV(start, stop, step):
                return range(*map(self.meaning, (start, stop, step)))

    def items(self, state: State, seq: v.Seq) -> Iterator[Any]:
        if isinstance(seq, v.ItemsSeq):
            yield from (self.python(state, x) for x in seq.items)
            return
        for k in range(self.meaning(seq.length)):
            where = seq.position(t.integer(k))
            item = v.from_leaves(seq.item, [t.select(c, where) for c in seq.cells])
            yield self.python(state, item)


def _bind_seq(seq: v.Seq, items: list[Any], inputs: dict[str, Any]) -> None:
    assert isinstance(seq, v.ArraySeq)
    inputs[str(seq.length.payload)] = len(items)
    inputs[str(seq.cells[0].payload)] = array_of(items)
