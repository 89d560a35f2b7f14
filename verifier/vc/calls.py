"""Calls of the program's own functions: by contract where there is one, else inlined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.invariants.base import entry_name
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Binder
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import havoc, leaves_of, well_formed
from verify_agent.verifier.theory.rewrite import subterms
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc import recursion, references
from verify_agent.verifier.vc.aliasing import is_object
from verify_agent.verifier.vc.contained import may_change_contained
from verify_agent.verifier.vc.machine import Machine, Mode, unsupported
from verify_agent.verifier.vc.state import State, Step, join, pick
from verify_agent.verifier.vc.targets import declared, lengthened

INLINE_DEPTH = 6
TRUST = "the contract of {} holds"


def call(m: Machine, state: State, node: n.Call) -> Value:
    """The value of a call; the state moves on with the callee's effects."""
    from verify_agent.verifier.vc import objects_calls
    from verify_agent.verifier.vc.expressions import evaluate
    from verify_agent.verifier.vc.objects_effects import has_loops

    if node.function in m.program.unsupported:
        raise unsupported(m.program.unsupported[node.function], node)
    function = m.program.functions.get(node.function)
    if function is None:
        raise unsupported(f"a call of {node.function}", node)
    given = [evaluate(m, state, a) for a in node.args]
    pairs = zip(function.parameters, given, strict=True)
    args = [declared(m, state, value, parameter.type, node) for parameter, value in pairs]
    references.presume_exact(m, args)
    if function.trusted:
        return references.trusted(m, state, function, args, node)
    if function.pure and not m.loops.execute_calls and not has_loops(m.program, node.function):
        return _inlined_if_modelled(m, state, function, args, node)
    if objects_calls.concerns(args):
        return objects_calls.call(m, state, function, args, node)
    if function.contracted and (node.function in m.calls or not m.loops.execute_calls):
        return by_contract(m, state, function, args, node)
    if node.function in m.calls or recursion.is_recursive(m.program, node.function):
        if recursion.is_definition(m.program, function):
            return recursion.apply_definition(m, state, function, args, node)
        raise unsupported(f"the recursive function {function.name} without a contract", node)
    return inlined(m, state, function, args, node)


def frame_of(state: State, function: n.Function, args: Sequence[Value]) -> State:
    """A state for the body of a callee."""
    inner = state.copy()
    inner.locals = {p.name: a for p, a in zip(function.parameters, args, strict=True)}
    inner.bound_when = {}
    inner.old = {entry_name(name): state.snapshot(x) for name, x in inner.locals.items()}
    return inner


def leave(state: State, inner: State) -> None:
    """Take a callee's effects over into the caller's state."""
    names, when, old = state.locals, state.bound_when, state.old
    state.become(inner)
    state.locals, state.bound_when, state.old = names, when, old


@contextmanager
def back_to(m: Machine, state: State) -> Iterator[None]:
    """What raises within, and is caught outside, has the caller's variables there."""
    mode = m.mode
    before = len(mode.raised)
    names, when, old = dict(state.locals), dict(state.bound_when), state.old
    yield
    for raised in mode.raised[before:]:
        end = raised.state
        end.locals, end.bound_when, end.old = dict(names), dict(when), old


def inlined(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """Execute the callee's body here."""
    from verify_agent.verifier.vc.exec import run

    if len(m.calls) >= INLINE_DEPTH:
        raise unsupported(f"calls nested deeper than {INLINE_DEPTH}", node)
    before, m.calls = m.calls, (*m.calls, node.function)
    with back_to(m, state):
        try:
            flow = run(m, function.body, [frame_of(state, function, args)])
        finally:
            m.calls = before
    ends = [*flow.returns, *((s, v.NONE) for s in flow.normal)]
    alive = [(s, _returned(m, x, function.returns)) for s, x in ends if not s.dead]
    if not alive:
        state.decide(t.FALSE)
        return havoc(m.theory, "never", function.returns)
    return _one_end(m, state, alive)


def _returned(m: Machine, value: Value, type_: ir.Type) -> Value:
    """A tuple that is declared to be of any length is of one type with others."""
    if isinstance(type_, ir.VariadicTupleType) and isinstance(value, v.TupleV):
        return lengthened(m, value, type_)
    if isinstance(type_, ir.VariadicTupleType) and isinstance(value, v.UnionV):
        parts = [lengthened(m, p, type_) for p in value.payloads if isinstance(p, v.TupleV)]
        if len(parts) == len(value.payloads):
            tags = [t.eq(value.tag, t.integer(k)) for k in range(len(parts))]
            return pick(m.theory, tags, parts)
    return value


def _one_end(m: Machine, state: State, ends: list[tuple[State, Value]]) -> Value:
    """Join the ends of an inlined body; the value rides along as a local."""
    if len(ends) == 1:
        leave(state, ends[0][0])
        return ends[0][1]
    name = "value!"
    states = []
    for end, value in ends:
        end.locals, end.bound_when = {name: value}, {}
        states.append(end)
    joined = join(m.theory, states)
    value = joined.locals[name]
    leave(state, joined)
    return value


def _inlined_if_modelled(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """Execute a pure callee's body; where that has no plain model, it is an unknown function."""
    from verify_agent.verifier.vc import objects_calls

    before = m.mark()
    trial = state.copy()
    try:
        if objects_calls.concerns(args):
            value = objects_calls.call(m, trial, function, args, node)
        elif node.function in m.calls or recursion.is_recursive(m.program, node.function):
            raise unsupported(f"the recursive function {function.name} without a contract", node)
        else:
            value = inlined(m, trial, function, args, node)
        found = [term for term, _ in trial.path[len(state.path) :]]
        found += leaves_of(m.theory, value, v.type_of(value))
        beyond = any(c.reach for c in m.conditions[before[0] :])
        if beyond or any(isinstance(term.payload, Binder) for term in subterms(found)):
            raise unsupported("quantifiers", node)
    except Unsupported:
        m.back_to(before)
        return references.unknown_function(m, state, function, args, node)
    state.become(trial)
    return value


def by_contract(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """Show the callee's precondition, forget what it may change, assume its postcondition."""
    from verify_agent.verifier.vc.clauses import formula, snapshots

    if function.owner is not None or function.raises:
        raise unsupported(f"a call of {function.name}, which is a method or may raise", node)
    types = [*(p.type for p in function.parameters), function.returns]
    if is_object(function.returns) or may_change_contained(m.program, types, node.function):
        raise unsupported(f"a call of {function.name}, which may change what is held", node)
    inner = frame_of(state, function, args)
    with back_to(m, state):
        show_requires(m, inner, function, node)
    _note(m, node.function, inner)
    snapshots(m, inner, function)
    _forget(m, inner, function, args)
    result = havoc(m.theory, function.name, function.returns, state.binders)
    for fact in well_formed(m.theory, result):
        inner.assume(fact)
    inner.locals["result"] = result
    if node.function not in m.trusting:
        # A postcondition that calls its own function is not unfolded further.
        before, m.trusting = m.trusting, (*m.trusting, node.function)
        for clause in function.ensures:
            with m.using(Mode(m.mode.key, ignore=True)) as mode:
                inner.assume(formula(m, inner, clause))
            if mode.inexact:
                raise unsupported(f"{mode.inexact[0]} in the contract of {function.name}", node)
        m.trusting = before
    leave(state, inner)
    return result


def show_requires(m: Machine, inner: State, function: n.Function, node: n.Call) -> None:
    """The callee's precondition holds, or what it raises goes its way."""
    from verify_agent.verifier.vc.clauses import formula

    for clause in function.requires:
        with m.using(_inner_mode(m)):
            holds = formula(m, inner, clause)
        label = f"the precondition {clause.text} of {function.name}"
        m.demand(inner, holds, clause.error or "ViolationError", node.span, label)


def _inner_mode(m: Machine) -> Mode:
    mode = m.mode
    return Mode(mode.key, mode.catches, mode.ignore, mode.raised, exits=mode.exits)


def _note(m: Machine, name: str, inner: State) -> None:
    """A recursive call rests on the function's own proof, and on a measure that decreases."""
    if name == m.program.entry and m.entry is not None:
        m.recursive_calls.append(Step(m.entry, inner.copy(), dict(inner.locals)))
    else:
        m.assumptions[TRUST.format(name)] = None


def _forget(m: Machine, inner: State, function: n.Function, args: Sequence[Value]) -> None:
    from verify_agent.verifier.vc.objects_effects import changes_nothing

    keeps = () if changes_nothing(m.program, function.name) else function.modifies
    for parameter, value in zip(function.parameters, args, strict=True):
        if not isinstance(value, v.Ref):
            continue
        if keeps is None or parameter.name in keeps:
            unknown = havoc(m.theory, parameter.name, value.type, inner.binders)
            for fact in well_formed(m.theory, unknown):
                inner.assume(fact)
            if value.id in inner.frozen or value.id in m.shared:
                raise unsupported("a call that may change a stored list", parameter)
            inner.heap[value.id] = v.contents_of(unknown)
        if not ir.is_immutable(function.returns):
            inner.frozen[value.id] = "a list that a call may have kept"
