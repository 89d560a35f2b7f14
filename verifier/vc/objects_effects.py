"""What code may change in objects: the fields a loop forgets, and functions that change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import havoc, well_formed
from verify_agent.verifier.vc.aliasing import MUTATORS, nodes_in
from verify_agent.verifier.vc.machine import Machine
from verify_agent.verifier.vc.state import State

Place = tuple[int, str]


def changes_nothing(program: n.Program, name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function's text holds nothing that could change an object or list."""
    function = program.functions.get(name)
    if function is None:
        return False
    if name in seen:
        return True
    inside = seen | {name}
    return not any(_may_change(program, node, inside) for node in nodes_in(function.body))


def _may_change(program: n.Program, node: object, seen: frozenset[str]) -> bool:
    match node:
        case n.AttributeTarget() | n.ItemTarget() | n.SliceTarget() | n.Delete():
            return True
        case n.Method(name=name):
            return name in MUTATORS
        case n.AugAssign(target=n.NameTarget(type=kind)):
            return not ir.is_immutable(kind)
        case n.Call(function=name):
            return not changes_nothing(program, name, seen)
        case n.Construct():
            return True
        case _:
            return False


def is_module_state(program: n.Program, parameter: n.Var) -> bool:
    """Whether a parameter stands for the module's variables, of which `modifies` says nothing."""
    type_ = parameter.type
    return isinstance(type_, ir.ClassType) and bool(program.classes[type_.name].module)


def has_loops(program: n.Program, name: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether executing a function may go through a loop."""
    function = program.functions.get(name)
    if function is None or name in seen:
        return True
    inside = seen | {name}
    return any(
        isinstance(node, n.While | n.For)
        or (isinstance(node, n.Call) and has_loops(program, node.function, inside))
        or (isinstance(node, n.Construct) and has_loops(program, f"{node.name}.__init__", inside))
        for node in nodes_in(function.body)
    )


def changed_fields(m: Machine, parts: object, state: State) -> frozenset[Place]:
    """Fields of a state's objects that executing the parts may set."""
    names: set[str] = set()
    everything = False
    for node in nodes_in(parts):
        match node:
            case n.AttributeTarget(name=name):
                names.add(name)
            case n.Call(function=name):
                everything |= not changes_nothing(m.program, name)
            case n.Construct(args=args):
                everything |= not all(ir.is_immutable(a.type) for a in args)
    return frozenset(
        (id_, name)
        for id_, fields in state.objects.items()
        for name in fields
        if everything or name in names
    )


def forget_fields(m: Machine, head: State, places: frozenset[Place]) -> None:
    """Any values in these fields; a list or instance that one holds stays (see `check_fields`)."""
    for id_, name in sorted(places):
        types = dict(m.program.classes[m.class_names[id_]].fields)
        before = head.objects[id_][name]
        if isinstance(before, v.Ref | v.Obj):
            continue
        unknown = havoc(m.theory, name, types[name])
        head.objects[id_] = {**head.objects[id_], name: unknown}
        for fact in well_formed(m.theory, unknown):
            head.assume(fact)


def check_fields(head: State, ends: Sequence[State], forgotten: frozenset[Place]) -> None:
    """What was not forgotten is as it was: else the rule would be wrong, so it is refused."""
    for end in ends:
        for id_, fields in head.objects.items():
            after = end.objects[id_]
            if fields.keys() != after.keys():
                raise Unsupported("a loop that sets a field first")
            for name, value in fields.items():
                kept = isinstance(value, v.Ref | v.Obj) or (id_, name) not in forgotten
                if kept and after[name] != value:
                    raise Unsupported(f"a loop that binds the field {name} anew")


def changed_names(state: State, places: frozenset[Place], lists: frozenset[int]) -> Iterator[str]:
    """The locals that are objects of which something may change."""
    from verify_agent.verifier.vc.objects import lists_of, reachable

    ids = {id_ for id_, _ in places}
    for name, value in state.locals.items():
        if isinstance(value, v.Obj) and (
            any(x.id in ids for x in reachable(state, value))
            or any(r.id in lists for r in lists_of(state, value))
        ):
            yield name
