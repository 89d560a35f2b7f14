"""All verification conditions of a function under its contract."""

from __future__ import annotations

from dataclasses import dataclass, field

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.invariants.base import entry_name
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.subject import DEFINED, ENSURE, FRAME, NO_EXCEPTION, RAISES
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import havoc, well_formed
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc import aliasing, objects_contract
from verify_agent.verifier.vc.clauses import formula, snapshots
from verify_agent.verifier.vc.comparison import equal
from verify_agent.verifier.vc.conditions import Condition, Key
from verify_agent.verifier.vc.exec import run
from verify_agent.verifier.vc.loops import LoopRule
from verify_agent.verifier.vc.machine import Machine, Mode, Raised
from verify_agent.verifier.vc.objects_entry import (
    assume_invariants,
    busy_on_entry,
    is_instance,
    shared_lists,
    unknown_object,
)
from verify_agent.verifier.vc.recursion import is_recursive
from verify_agent.verifier.vc.state import State, Step

ANY_EXCEPTION = Key(NO_EXCEPTION, "")
ANY_DEFINED = Key(DEFINED, "")
ANY_FRAME = Key(FRAME, "")
ANY_RAISES = Key(RAISES, "")


@dataclass
class Entry:
    """A function's start in one partition of its mutable parameters into objects."""

    function: n.Function
    state: State
    arguments: dict[str, Value]
    heap: dict[int, v.Contents]
    raises: list[tuple[n.RaisesClause, Term]]
    aliased: tuple[tuple[str, ...], ...] = ()


@dataclass
class Found:
    """The conditions of a function, and what stands in the way of some obligations."""

    theory: Theory
    conditions: list[Condition] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    unsupported: dict[Key, Unsupported] = field(default_factory=dict)
    failed: Unsupported | None = None
    assumptions: tuple[str, ...] = ()
    recursive: bool = False
    mutual: bool = False
    calls: list[Step] = field(default_factory=list)


def conditions_of(program: n.Program, loops: LoopRule, theory: Theory | None = None) -> Found:
    """All conditions of the program's entry function."""
    th = theory or Theory()
    found = Found(th)
    machine = Machine(program, th, Mode(ANY_EXCEPTION), loops)
    loops.start(machine)
    function = program.functions[program.entry]
    machine.calls = (program.entry,)
    try:
        for partition in aliasing.partitions(function, program.classes):
            _one_case(machine, function, partition, found)
    except Unsupported as error:
        found.failed = error.at(function.span.line, function.span.column)
    found.conditions += machine.conditions
    found.assumptions = tuple(machine.assumptions)
    found.calls = machine.recursive_calls
    found.recursive = bool(found.calls)
    found.mutual = not found.recursive and is_recursive(program, program.entry)
    return found


def _one_case(
    m: Machine, function: n.Function, partition: aliasing.Partition, found: Found
) -> None:
    m.case = len(found.entries)
    entry = enter(m, function, partition)
    found.entries.append(entry)
    m.entry = entry.state
    catches = frozenset(clause.exception for clause in function.raises)
    wanted = function.modifies is not None or any(map(is_instance, entry.arguments.values()))
    exits: list[State] | None = [] if wanted else None
    with m.using(Mode(ANY_EXCEPTION, catches, exits=exits)) as mode:
        flow = run(m, function.body, [entry.state.copy()])
    for state, value in (*flow.returns, *((s, v.NONE) for s in flow.normal)):
        if not state.dead:
            _returned(m, entry, state, value, found)
    for raised in mode.raised:
        _raised(m, entry, raised)
        objects_contract.invariants_kept(m, entry, raised.state, found, raising=True)
    for state in exits or ():
        _frame(m, entry, state)
        objects_contract.invariants_kept(m, entry, state, found, raising=True)


def enter(m: Machine, function: n.Function, partition: aliasing.Partition) -> Entry:
    """The state on entry: arguments, preconditions, raise conditions, snapshots."""
    state = State()
    objects: dict[int, Value] = {}
    for parameter in function.parameters:
        group = partition.group_of(parameter.name)
        if group is not None and group in objects:
            state.locals[parameter.name] = objects[group]
            continue
        value: Value
        if aliasing.is_object(parameter.type):
            value = unknown_object(m, state, function, parameter, partition, objects)
        else:
            value = argument(m, state, parameter)
        state.locals[parameter.name] = value
        if group is not None:
            objects[group] = value
    m.shared = aliasing.shared_items(function, state.locals)
    m.shared |= shared_lists(function, state.locals, state, m.program.classes)
    m.busy = busy_on_entry(function, state.locals)
    arguments = dict(state.locals)
    with m.using(Mode(ANY_DEFINED)):
        assume_invariants(m, state, function)
        for clause in function.requires:
            holds = formula(m, state, clause)
            state.assume(holds)
        raises = [(c, formula(m, state, c.condition)) for c in function.raises]
        snapshots(m, state, function)
    for parameter in function.parameters:
        state.old[entry_name(parameter.name)] = state.snapshot(arguments[parameter.name])
    return Entry(function, state, arguments, dict(state.heap), raises, partition.groups)


def argument(m: Machine, state: State, parameter: n.Var) -> Value:
    """An unknown argument; a list is an object."""
    try:
        value = havoc(m.theory, parameter.name, parameter.type)
    except Unsupported as error:
        raise error.at(parameter.span.line, parameter.span.column) from error
    for fact in well_formed(m.theory, value):
        state.assume(fact)
    if aliasing.is_tracked(parameter.type):
        return m.new_object(state, v.contents_of(value), parameter.type)
    return value


def _returned(m: Machine, entry: Entry, state: State, value: Value, found: Found) -> None:
    function = entry.function
    span = function.span
    for clause, holds in entry.raises:
        label = f"{clause.exception} is raised where {clause.condition.text}"
        m.condition(state, t.negate(holds), label, span, raises_key(clause))
    _frame(m, entry, state)
    objects_contract.invariants_kept(m, entry, state, found)
    state = state.copy()
    state.locals = {**entry.arguments, "result": value}
    state.bound_when = {}
    for ensured in function.ensures:
        key = Key(ENSURE, ensured.text)
        try:
            with m.using(Mode(ANY_DEFINED)):
                holds = formula(m, state, ensured)
        except Unsupported as error:
            placed = error.at(ensured.span.line, ensured.span.column)
            found.unsupported.setdefault(key, placed)
            found.unsupported.setdefault(ANY_DEFINED, placed)
            continue
        m.condition(state, holds, ensured.text, ensured.span, key)
        state.assume(holds)


def raises_key(clause: n.RaisesClause) -> Key:
    """The obligation of a `raises` clause."""
    return Key(RAISES, f"{clause.exception} exactly when {clause.condition.text}")


def _frame(m: Machine, entry: Entry, state: State) -> None:
    modifies = entry.function.modifies
    if modifies is None:
        return
    objects_contract.frame(m, entry, state, modifies)
    free = {
        value.id
        for name, value in entry.arguments.items()
        if name in modifies and isinstance(value, v.Ref)
    }
    for name, value in entry.arguments.items():
        if not isinstance(value, v.Ref) or value.id in free:
            continue
        before, after = entry.heap[value.id], state.heap[value.id]
        if before != after:
            type_ = value.type
            same = equal(m, state, v.held(before, type_), v.held(after, type_))
            m.condition(state, same, f"{name} is unchanged", entry.function.span, ANY_FRAME)


def _raised(m: Machine, entry: Entry, raised: Raised) -> None:
    """A declared exception: its condition held on entry, and no argument is changed."""
    exact = [(c, h) for c, h in entry.raises if c.exception == raised.exception]
    if not exact:
        label = f"{raised.exception} is not raised"
        m.condition(raised.state, t.FALSE, label, raised.span, ANY_EXCEPTION)
        _frame(m, entry, raised.state)
        return
    for clause, holds in exact:
        label = f"{clause.exception} only where {clause.condition.text}"
        m.condition(raised.state, holds, label, raised.span, raises_key(clause))
    _frame(m, entry, raised.state)
