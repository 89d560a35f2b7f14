"""What a contract says of instances when a function ends: invariants kept, arguments left alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.subject import DEFINED, FRAME, INVARIANT, NO_EXCEPTION
from verify_agent.verifier.theory import floats
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.vc.comparison import equal
from verify_agent.verifier.vc.conditions import Key
from verify_agent.verifier.vc.machine import Machine, Mode
from verify_agent.verifier.vc.objects import is_copy, reachable
from verify_agent.verifier.vc.objects_effects import is_module_state
from verify_agent.verifier.vc.objects_entry import holds, is_constructor, receiver
from verify_agent.verifier.vc.state import State

if TYPE_CHECKING:
    from verify_agent.verifier.vc.function import Entry, Found

ANY_EXCEPTION, ANY_DEFINED, ANY_FRAME = Key(NO_EXCEPTION, ""), Key(DEFINED, ""), Key(FRAME, "")


def invariants_kept(
    m: Machine, entry: Entry, state: State, found: Found, *, raising: bool = False
) -> None:
    """Each invariant holds where the function ends; a constructor that raises makes nothing."""
    function = entry.function
    if raising and is_constructor(function):
        return
    here = state.copy()
    for parameter in function.parameters:
        value = entry.arguments[parameter.name]
        if not isinstance(value, v.Obj):
            continue
        if parameter.name == receiver(function):
            for clause in function.invariants:
                _kept(m, here.copy(), clause, value, Key(INVARIANT, clause.text), found)
        elif _changed(entry, state, value):
            _others_kept(m, entry, here, value, found)
    given = list(entry.arguments.values())
    held = [x for value in given for s in (entry.state, state) for x in reachable(s, value)]
    for value in dict.fromkeys(held):
        if value not in given and _changed(entry, state, value):
            _others_kept(m, entry, here, value, found)


def _others_kept(m: Machine, entry: Entry, state: State, value: v.Obj, found: Found) -> None:
    for clause in m.program.classes[value.type.name].invariants:
        _kept(m, state.copy(), clause, value, _key_of_other(entry.function, clause), found)


def _key_of_other(function: n.Function, clause: n.Clause) -> Key:
    """Another instance's invariant has no obligation of its own, unless it is of the same class."""
    own = any(c.text == clause.text for c in function.invariants)
    return Key(INVARIANT, clause.text) if own else ANY_EXCEPTION


def _kept(m: Machine, state: State, clause: n.Clause, value: v.Obj, key: Key, found: Found) -> None:
    try:
        with m.using(Mode(ANY_DEFINED)):
            kept = holds(m, state, clause, value)
    except Unsupported as error:
        placed = error.at(clause.span.line, clause.span.column)
        found.unsupported.setdefault(key, placed)
        found.unsupported.setdefault(ANY_DEFINED, placed)
        return
    m.condition(state, kept, f"{clause.text} is kept", clause.span, key)


def _changed(entry: Entry, state: State, value: v.Obj) -> bool:
    """Whether an instance is new, or it or what it holds is not plainly as it was."""
    if value.id not in entry.state.objects:
        return True
    return entry.state.snapshot(value) != state.snapshot(value)


def frame(m: Machine, entry: Entry, state: State, modifies: Iterable[str]) -> None:
    """The instances that may not be changed are as they were, lists in their fields included."""
    names = set(modifies)
    names |= {p.name for p in entry.function.parameters if is_module_state(m.program, p)}
    free = {x.id for k, x in entry.arguments.items() if k in names and isinstance(x, v.Obj)}
    for name, value in entry.arguments.items():
        if not isinstance(value, v.Obj) or value.id in free:
            continue
        before, after = entry.state.snapshot(value), state.snapshot(value)
        if before == after:
            continue
        assert isinstance(before, v.Record)
        assert isinstance(after, v.Record)
        same = t.conj(*_same_fields(m, state, before, after))
        m.condition(state, same, f"{name} is unchanged", entry.function.span, ANY_FRAME)


def _same_fields(m: Machine, state: State, before: v.Record, after: v.Record) -> Iterable[t.Term]:
    old, new = dict(before.fields), dict(after.fields)
    if old.keys() != new.keys():
        yield t.FALSE
        return
    for name, value in old.items():
        other = new[name]
        if value == other:
            continue
        if is_copy(value) and isinstance(value, v.Record) and isinstance(other, v.Record):
            yield from _same_fields(m, state, value, other)
            continue
        if floats.mentions(v.type_of(value)) or _mixed(value):
            raise Unsupported(f"whether the field {name} is the same afterwards")
        yield equal(m, state, value, other)


def _mixed(value: v.Value) -> bool:
    """Whether equal values may still be told apart, as `True` and 1."""
    type_ = v.type_of(value)
    return isinstance(type_, ir.UnionType) and {ir.INT, ir.BOOL} <= set(type_.members)
