"""Calls that instances take part in, and constructors.

A method with postconditions stands for its contract, unless its text plainly changes nothing
and does not loop; any other is executed here. A contract is only relied upon for objects that
are in a state of their invariant; what a call may have kept of a list may not be changed after.
"""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import havoc, well_formed
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc import calls, recursion, references
from verify_agent.verifier.vc.aliasing import holds_objects, is_object, is_tracked, parts_of
from verify_agent.verifier.vc.contained import may_change_contained
from verify_agent.verifier.vc.machine import Machine, Mode, unsupported
from verify_agent.verifier.vc.objects import (
    given_fields,
    is_copy,
    lists_of,
    new_object,
    objects_in,
)
from verify_agent.verifier.vc.objects_effects import (
    changes_nothing,
    has_loops,
    is_module_state,
)
from verify_agent.verifier.vc.objects_entry import holds, is_constructor, is_super, receiver
from verify_agent.verifier.vc.state import State

KEPT = "a list that a call may have kept"


def concerns(args: Sequence[Value]) -> bool:
    """Whether instances take part in a call."""
    return any(True for a in args for _ in objects_in(a)) or any(
        isinstance(a, v.Record) for a in args
    )


def call(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """The value of a call on instances; the state moves on with its effects."""
    held = any(is_copy(a) for a in args)
    again = node.function in m.calls or recursion.is_recursive(m.program, node.function)
    plain = changes_nothing(m.program, node.function) and not has_loops(m.program, node.function)
    stands = bool(function.ensures) and not m.loops.execute_calls and not plain
    # What a contract promises is of the instance itself, not of those that it holds.
    stands &= not held and not any(holds_objects(v.type_of(a), m.program.classes) for a in args)
    if function.contracted and (again or stands):
        return by_contract(m, state, function, args, node)
    if again:
        raise unsupported(f"the recursive function {function.name} without a contract", node)
    return executed(m, state, function, args, node)


def construct(m: Machine, state: State, node: n.Construct) -> Value:
    """`Class(...)`: a new instance, in a state of its invariant."""
    from verify_agent.verifier.vc.expressions import evaluate

    within = isinstance(node.type, ir.ClassType) and node.type.fields and node.name in m.contained
    if state.binders and not (ir.is_immutable(node.type) or within):
        raise unsupported("an object made in a comprehension", node)
    klass = m.program.classes[node.name]
    args = [evaluate(m, state, a) for a in node.args]
    if isinstance(node.type, ir.FrozenType):
        return references.construct(m, state, node, args)
    assert isinstance(node.type, ir.ClassType)
    if node.type.frozen or state.binders:
        held = given_fields(m, state, node.type, args, node)
        value = v.Record(tuple(held.items()), node.type)
        _show_new(m, state, klass, value, node)
        return value
    made = new_object(m, state, node.type)
    key = f"{node.name}.__init__"
    if key in m.program.unsupported:
        raise unsupported(m.program.unsupported[key], node)
    init = m.program.functions.get(key)
    if init is not None:
        _initialise(m, state, init, [made, *args], n.Call(ir.NONE, node.span, key, node.args))
    elif key in klass.methods:
        raise unsupported(f"a call of {key}", node)
    elif klass.dataclass:
        state.objects[made.id] = given_fields(m, state, made.type, args, node)
    _show_new(m, state, klass, made, node)
    return made


def _show_new(
    m: Machine, state: State, klass: n.Class, made: v.Obj | v.Record, node: n.Construct
) -> None:
    for clause in klass.invariants:
        with m.nothing_presumed():
            kept = holds(m, state, clause, made)
        label = f"the invariant {clause.text} of the new {node.name}"
        m.demand(state, kept, clause.error or "ViolationError", node.span, label)


def _initialise(
    m: Machine, state: State, init: n.Function, args: Sequence[Value], node: n.Call
) -> None:
    if node.function in m.calls:
        raise unsupported("a constructor that comes to itself", node)
    several = any(holds_objects(v.type_of(a), m.program.classes) for a in args)
    if init.contracted and init.ensures and not m.loops.execute_calls and not several:
        by_contract(m, state, init, args, node)
    else:
        executed(m, state, init, args, node)


def executed(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """Execute the callee here; icontract looks at invariants unless the object is in a call."""
    me = args[0] if receiver(function) is not None else None
    if me is not None and is_copy(me) and function.invariants:
        raise unsupported(f"a call of {function.name} on what a container holds", node)
    watched = isinstance(me, v.Obj) and me.id not in m.busy and not is_constructor(function)
    if watched and isinstance(me, v.Obj):
        _show(m, state, function.invariants, me, function, node)
    _require(m, state, function, args, node)
    entered = None if function.contracted else _entered(m, state, function, args)
    before = m.busy
    if isinstance(me, v.Obj) and (function.invariants or is_constructor(function)):
        m.busy = before | {me.id}
    try:
        value = calls.inlined(m, state, function, args, node)
    finally:
        m.busy = before
    if entered is not None:
        _show_promises(m, state, function, entered, value, node)
    if watched and isinstance(me, v.Obj):
        _show(m, state, function.invariants, me, function, node)
    if is_super(function) and is_constructor(function) and isinstance(me, v.Obj):
        # icontract looks at the base's invariants here, and at all of them from here on.
        _show(m, state, function.invariants, me, function, node)
        m.busy = before - {me.id} if function.invariants else before
    return value


def _entered(m: Machine, state: State, function: n.Function, args: Sequence[Value]) -> State | None:
    """The entry of a method whose promises nobody has shown for this class: an inherited one."""
    from verify_agent.verifier.vc.clauses import snapshots

    if m.mode.ignore or not function.ensures:
        return None
    inner = calls.frame_of(state, function, args)
    snapshots(m, inner, function)
    return inner


def _show_promises(
    m: Machine, state: State, function: n.Function, entered: State, value: Value, node: n.Call
) -> None:
    """The postconditions hold, which icontract looks at when the method returns."""
    from verify_agent.verifier.vc.clauses import formula

    after = state.copy()
    after.locals = {**entered.locals, "result": value}
    after.bound_when, after.old = {}, entered.old
    for clause in function.ensures:
        kept = formula(m, after, clause)
        label = f"{clause.text} of {function.name}"
        m.condition(state, kept, label, node.span, m.mode.key)
        m.leave_unless(state, kept)
        state.assume(kept)


def _show(
    m: Machine,
    state: State,
    clauses: Sequence[n.Clause],
    value: v.Obj,
    function: n.Function,
    node: n.Call,
) -> None:
    """Invariants that must hold here; whether Python would look at them does not matter."""
    if m.mode.ignore:
        return
    for clause in clauses:
        kept = holds(m, state, clause, value)
        label = f"the invariant {clause.text} at the call of {function.name}"
        m.condition(state, kept, label, node.span, m.mode.key)
        m.leave_unless(state, kept)
        state.assume(kept)


def _require(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> None:
    inner = calls.frame_of(state, function, args)
    with calls.back_to(m, state):
        calls.show_requires(m, inner, function, node)
    calls.leave(state, inner)


# -- by contract ---------------------------------------------------------------------------------


def by_contract(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """Show precondition and invariants, forget what may change, assume what is promised."""
    _refuse(m, state, function, args, node)
    for parameter, value in zip(function.parameters, args, strict=True):
        if isinstance(value, v.Obj):
            _show(m, state, _on_entry(m, function, parameter), value, function, node)
    _require(m, state, function, args, node)
    from verify_agent.verifier.vc.clauses import snapshots

    inner = calls.frame_of(state, function, args)
    calls._note(m, node.function, inner)
    snapshots(m, inner, function)
    if not changes_nothing(m.program, node.function):
        _forget(m, state, inner, function, args, node)
    if not ir.is_immutable(function.returns):
        _freeze(inner, args)
    result = havoc(m.theory, function.name, function.returns)
    for fact in well_formed(m.theory, result):
        inner.assume(fact)
    inner.locals["result"] = result
    _promised(m, inner, function, args, node)
    calls.leave(state, inner)
    return result


def _refuse(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> None:
    if m.mode.ignore or state.binders:
        raise unsupported(f"a call of {function.name} in this place", node)
    if function.raises:
        raise unsupported(f"a call of {function.name}, which may raise", node)
    types = [*(p.type for p in function.parameters), function.returns]
    if is_object(function.returns) or may_change_contained(m.program, types, node.function):
        raise unsupported(f"a call of {function.name}, which may change what is held", node)
    for value in args:
        held = holds_objects(v.type_of(value), m.program.classes) or (
            isinstance(value, v.TupleV)
            and (any(True for _ in lists_of(state, value)) or any(True for _ in objects_in(value)))
        )
        if held or is_copy(value):
            raise unsupported("an argument that holds objects", node)


def _on_entry(m: Machine, function: n.Function, parameter: n.Var) -> Sequence[n.Clause]:
    from verify_agent.verifier.vc.objects_entry import clauses_for

    return clauses_for(m, function, parameter)


def _promised(
    m: Machine, inner: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> None:
    from verify_agent.verifier.vc.clauses import formula

    if node.function in m.trusting:
        return
    before, m.trusting = m.trusting, (*m.trusting, node.function)
    with m.using(Mode(m.mode.key, ignore=True)) as mode:
        for parameter, value in zip(function.parameters, args, strict=True):
            if isinstance(value, v.Obj | v.Record):
                clauses = _on_entry(m, function, parameter)
                if is_constructor(function) and parameter.name == receiver(function):
                    clauses = function.invariants
                for clause in clauses:
                    inner.assume(holds(m, inner, clause, value))
        for clause in function.ensures:
            inner.assume(formula(m, inner, clause))
    m.trusting = before
    if mode.inexact:
        raise unsupported(f"{mode.inexact[0]} in the contract of {function.name}", node)


def _forget(
    m: Machine,
    outer: State,
    inner: State,
    function: n.Function,
    args: Sequence[Value],
    node: n.Call,
) -> None:
    """Any values in what the callee may change; its lists may be other ones afterwards."""
    keeps = function.modifies
    pairs = [
        (p, a)
        for p, a in zip(function.parameters, args, strict=True)
        if keeps is None or p.name in keeps or is_module_state(m.program, p)
    ]
    for ref in dict.fromkeys(r for _, a in pairs for r in lists_of(inner, a)):
        if ref.id in inner.frozen or ref.id in m.shared:
            raise unsupported("a call that may change a stored list", node)
        inner.heap[ref.id] = _unknown_items(m, inner, ref)
    for value in dict.fromkeys(a for _, a in pairs if isinstance(a, v.Obj)):
        private = _private(m, outer, function, args, value)
        if not private:
            _freeze(inner, args)
        _forget_fields(m, inner, value, function, private)
        if not private:
            _freeze(inner, [value])


def _forget_fields(
    m: Machine, inner: State, value: v.Obj, function: n.Function, private: bool
) -> None:
    """Any values in all fields; a list that nobody else knows may as well be the same one."""
    if value.type.name in m.contained:
        raise Unsupported("a call that may change an object that may be in a container")
    before = inner.objects[value.id]
    fields: dict[str, Value] = {}
    for name, type_ in m.program.classes[value.type.name].fields:
        if name not in before and not is_constructor(function):
            continue
        if private and isinstance(before.get(name), v.Ref):
            fields[name] = before[name]
            continue
        unknown = havoc(m.theory, name, type_)
        for fact in well_formed(m.theory, unknown):
            inner.assume(fact)
        if is_tracked(type_):
            unknown = m.new_object(inner, v.contents_of(unknown), type_)
            m.unplaced |= {unknown.id}
        fields[name] = unknown
    inner.objects[value.id] = fields


def _unknown_items(m: Machine, inner: State, ref: v.Ref) -> v.Contents:
    unknown = havoc(m.theory, "list", ref.type)
    for fact in well_formed(m.theory, unknown):
        inner.assume(fact)
    return v.contents_of(unknown)


def _freeze(state: State, values: Sequence[Value]) -> None:
    for value in values:
        for ref in lists_of(state, value):
            state.frozen[ref.id] = KEPT


def _private(
    m: Machine, outer: State, function: n.Function, args: Sequence[Value], value: v.Obj
) -> bool:
    """Whether nobody but the object can hold its lists, before and after the call."""
    if len(m.calls) > 1 or not ir.is_immutable(function.returns) or m.entry is None:
        return False
    if not all(ir.is_immutable(v.type_of(a)) for a in args if a != value):
        return False
    held_types = [
        part
        for _, type_ in m.program.classes[value.type.name].fields
        for part in parts_of(type_)
        if not ir.is_immutable(part)
    ]
    mine = [r.id for r in lists_of(outer, value)]
    if len(set(held_types)) < len(held_types) or len(set(mine)) < len(mine):
        return False
    others = [*outer.locals.values(), *m.entry.locals.values(), *outer.old.values()]
    for id_, fields in outer.objects.items():
        if id_ != value.id:
            others += fields.values()
    held = {r.id for x in others if not isinstance(x, v.Obj) for r in lists_of(outer, x)}
    return held.isdisjoint(mine)
