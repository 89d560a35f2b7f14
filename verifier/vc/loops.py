"""The rule for loops: forget what the loop may change, know what the candidates say.

Each candidate is assumed at the loop's head behind a label of its own; conditions say that it
holds on entry and is kept. One execution serves every subset of the candidates: which of them
are inductive is found out afterwards (`houdini`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.invariants.base import Candidate, LoopContext, Source
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import havoc, well_formed
from verify_agent.verifier.theory.rewrite import tidy
from verify_agent.verifier.vc.conditions import Key
from verify_agent.verifier.vc.effects import assigned, bound_by_comprehensions, changed_objects
from verify_agent.verifier.vc.iteration import Source as Items
from verify_agent.verifier.vc.iteration import source_of, source_of_value
from verify_agent.verifier.vc.loop_head import (
    ONE,
    ZERO,
    assume_all,
    bind_order,
    check_frame,
    forget,
    head_of_for,
    names_changed,
    object_type,
    round_of,
)
from verify_agent.verifier.vc.objects_effects import (
    changed_fields,
    changed_names,
    check_fields,
    forget_fields,
)
from verify_agent.verifier.vc.quantify import unrolled
from verify_agent.verifier.vc.state import State

if TYPE_CHECKING:
    from verify_agent.verifier.vc.exec import Flow
    from verify_agent.verifier.vc.machine import Machine

#: No name of a program begins so.
LABEL = "!use"
KEPT = "loop invariant"
MOST_ROUNDS = 64


class LoopRule(Protocol):
    """How loops are dealt with, and whether contracted functions are executed when called."""

    execute_calls: bool

    def start(self, m: Machine) -> None:
        """Begin with one function."""

    def loop(self, m: Machine, state: State, node: n.While | n.For) -> Flow:
        """All ends of a loop entered in a state."""


@dataclass(frozen=True)
class Assumed:
    """A candidate under its label, at one visit of a loop."""

    label: Term
    candidate: Candidate
    loop: str


@dataclass(frozen=True)
class Visit:
    """A loop met in execution: its head (test passed) and the states that go round again.

    `fixed` says that it runs over what was fixed when it began, so that it ends by itself.
    """

    node: n.While | n.For
    head: State
    ends: tuple[State, ...]
    fixed: bool


@dataclass
class Invariants:
    """The rule: candidates from some sources."""

    sources: Sequence[Source] = ()
    execute_calls: bool = False
    assumed: list[Assumed] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    around: tuple[n.While | n.For, ...] = ()

    def start(self, m: Machine) -> None:
        """Begin with one function."""
        self.assumed, self.visits, self.around = [], [], ()

    def loop(self, m: Machine, state: State, node: n.While | n.For) -> Flow:
        """All ends of a loop: written out where it is short, else by invariants."""
        before, self.around = self.around, (*self.around, node)
        try:
            if isinstance(node, n.For):
                return self._for(m, state, node)
            return self._while(m, state, node)
        finally:
            self.around = before

    # -- while ---------------------------------------------------------------------------------

    def _while(self, m: Machine, state: State, node: n.While) -> Flow:
        marks = _Marks.of(m, self)
        flow = None if isinstance(node.test, n.Const) else _written_out_while(m, state, node)
        if flow is not None:
            return flow
        marks.restore(m, self)
        return self._by_invariants(m, state, node, None)

    # -- for -----------------------------------------------------------------------------------

    def _for(self, m: Machine, state: State, node: n.For) -> Flow:
        items = source_of(m, state, node.iterable)
        state.locals[node.index] = v.IntV(ZERO)
        state.bound_when.pop(node.index, None)
        bind_order(m, state, node, items)
        positions = unrolled(items)
        changes = changed_objects((node.target, node.body), state)
        live = items.live & changes
        if positions is not None and not live:
            return self._written_out(m, state, node, items, positions)
        if any(isinstance(state.heap[x], v.SetV | v.DictV) for x in live):
            raise Unsupported("a dict or set that is changed while it is iterated")
        if live and not _stays(node):
            raise Unsupported("a list that is changed while it is iterated in this way")
        return self._by_invariants(m, state, node, None if live else items)

    def _written_out(
        self, m: Machine, state: State, node: n.For, items: Items, positions: range
    ) -> Flow:
        from verify_agent.verifier.vc.exec import Flow, joined, run
        from verify_agent.verifier.vc.targets import bind_target

        flow = Flow()
        states = [state]
        for count, k in enumerate(positions):
            before, states = states, []
            for each in before:
                each.locals[node.index] = v.IntV(t.integer(count + 1))
                bind_target(m, each, node.target, items.at(t.integer(k)), node.iterable)
                after = run(m, node.body, [each])
                flow.returns += after.returns
                flow.normal += after.breaks
                states += [*after.normal, *after.continues]
            states = joined(m, [s for s in states if not s.dead])
        last = run(m, node.orelse, states)
        flow.add_jumps(last)
        flow.normal += last.normal
        return flow

    # -- by invariants -------------------------------------------------------------------------

    def _by_invariants(
        self, m: Machine, state: State, node: n.While | n.For, items: Items | None
    ) -> Flow:
        marks = _Marks.of(m, self)
        frozen, known = dict(state.frozen), {*state.heap, *state.objects}
        for _ in range(4):
            entry = state.copy()
            entry.frozen.update(frozen)
            flow, ends = self._attempt(m, entry, node, items)
            stored = {k: why for s in ends for k, why in s.frozen.items() if k in known}
            if stored.items() <= entry.frozen.items():
                return flow
            # What the loop stores in another object may not be changed in a later round either.
            frozen.update(stored)
            marks.restore(m, self)
        raise Unsupported("a loop that stores lists in lists")

    def _attempt(
        self, m: Machine, entry: State, node: n.While | n.For, items: Items | None
    ) -> tuple[Flow, list[State]]:
        from verify_agent.verifier.vc.exec import Flow, run

        head = self._head(m, entry, node, items)
        candidates = self._assume(m, entry, head, node)
        inside, outside = head.copy(), head.copy()
        self._enter(m, inside, outside, node, items)
        start = inside.copy()
        body = run(m, node.body, [inside])
        ends = [s for s in (*body.normal, *body.continues) if not s.dead]
        self._kept(m, ends, candidates, node)
        check_frame(head, ends, node, changed_objects(round_of(node), entry))
        check_fields(head, ends, changed_fields(m, round_of(node), entry))
        self.visits.append(Visit(node, start, tuple(ends), items is not None))
        last = run(m, node.orelse, [outside])
        flow = Flow(normal=[*last.normal, *body.breaks], returns=body.returns)
        flow.add_jumps(last)
        return flow, [*ends, *body.breaks, *(s for s, _ in body.returns)]

    def _head(self, m: Machine, entry: State, node: n.While | n.For, items: Items | None) -> State:
        """The state at the loop's head in any round."""
        head = entry.copy()
        changes = changed_objects(round_of(node), entry)
        for id_ in sorted(changes & set(entry.heap)):
            unknown = havoc(m.theory, "list", object_type(entry, id_))
            head.heap[id_] = v.contents_of(unknown)
            assume_all(head, well_formed(m.theory, unknown))
        forget_fields(m, head, changed_fields(m, round_of(node), entry))
        own = assigned(node.target) if isinstance(node, n.For) else {}
        exact = items is not None and not own.keys() & assigned(node.body).keys()
        for name, type_ in names_changed(node).items():
            if not (exact and name in own) and not (isinstance(node, n.For) and name == node.index):
                forget(m, entry, head, name, type_)
        if isinstance(node, n.For):
            head_of_for(m, entry, head, node, items, exact)
        return head

    def _enter(
        self, m: Machine, inside: State, outside: State, node: n.While | n.For, items: Items | None
    ) -> None:
        """Evaluate the test: `inside` goes into the body, `outside` past the loop."""
        from verify_agent.verifier.vc.expressions import holds
        from verify_agent.verifier.vc.targets import bind_target

        if isinstance(node, n.While):
            test = holds(m, inside, node.test)
            outside.become(inside)
            inside.decide(test)
            outside.decide(t.negate(test))
            return
        now = items or source_of_value(
            m, inside, inside.locals[_name(node.iterable)], node.iterable
        )
        count = _count(inside, node)
        position = tidy(t.add(now.lower, count))
        test = t.lt(position, now.upper)
        inside.decide(test)
        outside.decide(t.negate(test))
        inside.locals[node.index] = v.IntV(tidy(t.add(count, ONE)))
        bind_target(m, inside, node.target, now.at(position), node.iterable)

    def _assume(
        self, m: Machine, entry: State, head: State, node: n.While | n.For
    ) -> list[Assumed]:
        """Label the candidates; each holds on entry (a condition) and at the head (assumed)."""
        made = []
        context = _context(m, entry, node, self.around[:-1])
        seen: set[Term] = set()
        for source in self.sources:
            for candidate in source(context):
                here = candidate_formula(m, head, candidate.expr)
                at_entry = candidate_formula(m, entry, candidate.expr)
                if here is None or at_entry is None or here in seen or here is t.TRUE:
                    continue
                seen.add(here)
                label = t.var(f"{LABEL}{m.theory.number()}", t.BOOL)
                one = Assumed(label, candidate, node.label)
                m.condition(entry, at_entry, "holds on entry", node.span, key_of(one))
                head.assume(t.implies(label, here))
                made.append(one)
        self.assumed += made
        return made

    def _kept(
        self,
        m: Machine,
        ends: Sequence[State],
        candidates: Sequence[Assumed],
        node: n.While | n.For,
    ) -> None:
        for end in ends:
            for one in candidates:
                formula = candidate_formula(m, end, one.candidate.expr)
                goal = t.FALSE if formula is None else formula
                m.condition(end, goal, "is kept", node.span, key_of(one))


class NoLoops(Invariants):
    """The rule without any candidate: only what holds of every loop by its form."""


def key_of(assumed: Assumed) -> Key:
    """Under which conditions about a candidate go on record."""
    return Key(KEPT, str(assumed.label.payload))


def candidate_formula(m: Machine, state: State, expr: n.Expr) -> Term | None:
    """A candidate as a formula in a state; None where it has no model there."""
    from verify_agent.verifier.vc.clauses import truth_of
    from verify_agent.verifier.vc.machine import Mode

    names = {x.name for x in _variables(expr)} - bound_by_comprehensions(expr)
    if any(name not in state.locals or name in state.bound_when for name in names):
        return None
    try:
        with m.using(Mode(m.mode.key, ignore=True)):
            return truth_of(m, state.copy(), expr)
    except Unsupported:
        return None


def _variables(expr: n.Expr) -> list[n.Var]:
    from verify_agent.verifier.vc.aliasing import nodes_in

    return [x for x in nodes_in(expr) if isinstance(x, n.Var)]


def _written_out_while(m: Machine, entry: State, node: n.While) -> Flow | None:
    """The ends of a loop whose tests are all plain; None where one is not, or paths part."""
    from verify_agent.verifier.vc.exec import Flow, joined, run
    from verify_agent.verifier.vc.expressions import holds

    flow, state = Flow(), entry.copy()
    for _ in range(MOST_ROUNDS):
        test = holds(m, state, node.test)
        if test is t.FALSE:
            last = run(m, node.orelse, [state])
            flow.add_jumps(last)
            flow.normal += last.normal
            return flow
        if test is not t.TRUE:
            return None
        body = run(m, node.body, [state])
        flow.normal += body.breaks
        flow.returns += body.returns
        again = joined(m, [s for s in (*body.normal, *body.continues) if not s.dead])
        if not again:
            return flow
        if len(again) > 1:
            return None
        state = again[0]
    return None


@dataclass(frozen=True)
class _Marks:
    """How much was on record, so that a first try can be taken back."""

    conditions: int
    raised: int
    assumed: int
    visits: int

    @staticmethod
    def of(m: Machine, rule: Invariants) -> _Marks:
        return _Marks(len(m.conditions), len(m.mode.raised), len(rule.assumed), len(rule.visits))

    def restore(self, m: Machine, rule: Invariants) -> None:
        del m.conditions[self.conditions :], m.mode.raised[self.raised :]
        del rule.assumed[self.assumed :], rule.visits[self.visits :]


def _count(state: State, node: n.For) -> Term:
    value = state.locals[node.index]
    assert isinstance(value, v.IntV)
    return value.term


def _name(node: n.Expr) -> str:
    assert isinstance(node, n.Var)
    return node.name


def _stays(node: n.For) -> bool:
    """Whether the list that is iterated is that of one variable all the time."""
    if not isinstance(node.iterable, n.Var):
        return False
    return node.iterable.name not in assigned((node.target, node.body))


def _context(
    m: Machine, entry: State, node: n.While | n.For, around: tuple[n.While | n.For, ...]
) -> LoopContext:
    function = m.program.functions[m.calls[-1]]
    variables = {
        name: v.type_of(value)
        for name, value in entry.locals.items()
        if name not in entry.bound_when
    }
    objects = changed_objects(round_of(node), entry)
    lists = {
        name
        for name, value in entry.locals.items()
        if isinstance(value, v.Ref) and value.id in objects
    }
    places = changed_fields(m, round_of(node), entry)
    instances = changed_names(entry, places, objects)
    changed = frozenset({*names_changed(node), *lists, *instances})
    return LoopContext(m.program, function, node, around, variables, changed)
