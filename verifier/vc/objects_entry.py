"""Arguments that are instances: any state that the invariant allows, and what may be shared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import havoc, well_formed
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc import objects
from verify_agent.verifier.vc.aliasing import (
    Partition,
    is_object,
    is_tracked,
    nodes_in,
    parts_of,
)
from verify_agent.verifier.vc.clauses import formula
from verify_agent.verifier.vc.machine import Machine
from verify_agent.verifier.vc.objects import NEVER, new_object
from verify_agent.verifier.vc.state import State

Shared = dict[int, Value]
EXACTLY = "instances of {} itself, not of a class that derives from it"


def is_constructor(function: n.Function) -> bool:
    """Whether the function is an `__init__`."""
    return function.owner is not None and function.name.endswith(".__init__")


def is_super(function: n.Function) -> bool:
    """Whether it is the method of a base class that `super()` leads to."""
    return "<" in function.name


def receiver(function: n.Function) -> str | None:
    """The name of the parameter that a method is called on."""
    first = function.parameters[:1]
    if function.owner is None or not first or first[0].type != ir.ClassType(function.owner):
        return None
    return first[0].name


def unknown_object(
    m: Machine,
    state: State,
    function: n.Function,
    parameter: n.Var,
    partition: Partition,
    shared: Shared,
) -> v.Obj:
    """An argument with any values in its fields; a constructor's has no field yet."""
    assert isinstance(parameter.type, ir.ClassType)
    if is_constructor(function) and parameter.name == receiver(function):
        _presume_exact(m, parameter.type)
        return new_object(m, state, parameter.type)
    return _unknown(m, state, parameter.name, parameter.type, partition, shared)


def _presume_exact(m: Machine, type_: ir.ClassType) -> None:
    if m.program.classes[type_.name].extended:
        m.assumptions[EXACTLY.format(type_.name)] = None


def _unknown(
    m: Machine,
    state: State,
    path: str,
    type_: ir.ClassType,
    partition: Partition,
    shared: Shared,
) -> v.Obj:
    """An instance with any values in its fields, the instances that it holds included."""
    place = partition.group_of(path)
    if place is not None:
        found = shared.get(place)
        if isinstance(found, v.Obj):
            return found
        path = partition.groups[place][0]
    _presume_exact(m, type_)
    made = new_object(m, state, type_)
    klass = m.program.classes[type_.name]
    missing = {name for name, _ in klass.fields} - fields_set(m.program, klass)
    if missing:
        names = ", ".join(sorted(missing))
        raise Unsupported(f"{klass.name}, whose __init__ may leave {names} unset")
    if place is not None:
        shared[place] = made
    fields: dict[str, Value] = {}
    for name, held in klass.fields:
        here = f"{path}.{name}"
        if is_object(held):
            fields[name] = _unknown(m, state, here, held, partition, shared)
        else:
            fields[name] = _field(m, state, here, held, partition.group_of(here), shared)
    state.objects[made.id] = fields
    return made


def _field(
    m: Machine, state: State, name: str, type_: ir.Type, place: int | None, shared: Shared
) -> Value:
    if any(part == NEVER for part in parts_of(type_)):
        raise Unsupported(f"the field {name}, whose type nothing tells")
    if place is not None and place in shared:
        return shared[place]
    value = havoc(m.theory, name, type_)
    for fact in well_formed(m.theory, value):
        state.assume(fact)
    if is_tracked(type_):
        value = m.new_object(state, v.contents_of(value), type_)
        if place is not None:
            shared[place] = value
    return value


def fields_set(program: n.Program, klass: n.Class) -> set[str]:
    """The fields that every instance has, whatever way its `__init__` took."""
    name = f"{klass.name}.__init__"
    if name not in klass.methods:
        return {f for f, _ in klass.fields} if klass.dataclass else set()
    init = program.functions.get(name)
    if init is None:
        why = program.unsupported.get(name, "not lowered").removeprefix("unsupported: ")
        raise Unsupported(f"{name} ({why})")
    me = init.parameters[0].name
    if any(isinstance(x, n.NameTarget) and x.name == me for x in nodes_in(init.body)):
        raise Unsupported(f"{name}, which binds {me} anew")
    return set(_set_by(program, init.body, me))


def _set_by(program: n.Program, block: n.Block, me: str) -> Iterator[str]:
    """The fields that a block sets in any case, up to where it may end early."""
    for statement in block:
        match statement:
            case n.Evaluate(n.Call(function=called, args=(n.Var(name=first), *_))) if (
                first == me and called.endswith(">.__init__") and called in program.functions
            ):
                above = program.functions[called]
                yield from _set_by(program, above.body, above.parameters[0].name)
            case n.Assign(target=target):
                yield from _set_target(target, me)
            case n.If(then=then, orelse=orelse):
                ways = [set(_set_by(program, b, me)) for b in (then, orelse) if not _raises(b)]
                yield from set.intersection(*ways) if ways else ()
        if any(isinstance(x, n.Return | n.Try) for x in nodes_in(statement)):
            return


def _raises(block: n.Block) -> bool:
    return bool(block) and isinstance(block[-1], n.Raise)


def _set_target(target: n.Target, me: str) -> Iterator[str]:
    match target:
        case n.AttributeTarget(base=n.Var(name=base), name=name) if base == me:
            yield name
        case n.TupleTarget(items=items):
            for item in items:
                yield from _set_target(item, me)


def assume_invariants(m: Machine, state: State, function: n.Function) -> None:
    """On entry every instance is in a state of its invariant; a constructor's has none."""
    given = [state.locals[p.name] for p in function.parameters]
    for held in dict.fromkeys(x for value in given for x in objects.reachable(state, value)):
        if held not in given:
            for clause in m.program.classes[held.type.name].invariants:
                state.assume(holds(m, state, clause, held))
    for parameter, value in zip(function.parameters, given, strict=True):
        if isinstance(value, v.Obj | v.Record):
            for clause in clauses_for(m, function, parameter):
                state.assume(holds(m, state, clause, value))


def clauses_for(m: Machine, function: n.Function, parameter: n.Var) -> Sequence[n.Clause]:
    """The invariants that hold of an argument on entry: none where icontract would check none."""
    if parameter.name != receiver(function):
        assert isinstance(parameter.type, ir.ClassType)
        return m.program.classes[parameter.type.name].invariants
    return () if is_constructor(function) else function.invariants


def holds(m: Machine, state: State, clause: n.Clause, value: v.Obj | v.Record) -> Term:
    """The truth of an invariant of an instance."""
    names, when = state.locals, state.bound_when
    state.locals, state.bound_when = {"self": value}, {}
    try:
        return formula(m, state, clause)
    finally:
        state.locals, state.bound_when = names, when


def shared_lists(
    function: n.Function,
    arguments: Mapping[str, Value],
    state: State,
    classes: Mapping[str, n.Class],
) -> frozenset[int]:
    """Lists that may also be an item of another argument, or of a field."""
    types = [t for p in function.parameters for t in held_types(p.type, classes)]
    inner = {part for type_ in types for part in parts_of(type_) if part != type_}
    found = list(arguments.values())
    for fields in state.objects.values():
        found += fields.values()
    return frozenset(x.id for x in found if isinstance(x, v.Ref) and x.type in inner)


def held_types(type_: ir.Type, classes: Mapping[str, n.Class]) -> list[ir.Type]:
    """The type itself, or for a class those of its fields and of what these hold."""
    if isinstance(type_, ir.ClassType) and type_.name in classes:
        return [x for _, t in classes[type_.name].fields for x in held_types(t, classes)]
    return [type_]


def is_instance(value: Value) -> bool:
    """Whether a value is an object of a user-defined class."""
    return isinstance(value, v.Obj)


def busy_on_entry(function: n.Function, arguments: Mapping[str, Value]) -> frozenset[int]:
    """The receiver, while icontract leaves its invariants alone."""
    name = receiver(function)
    value = arguments[name] if name is not None else None
    quiet = is_constructor(function) or bool(function.invariants)
    return frozenset({value.id}) if isinstance(value, v.Obj) and quiet else frozenset()
