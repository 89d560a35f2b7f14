"""Values known by their identity: frozen dataclasses, enumerations, and values without a model.

A field of a frozen dataclass is a function of the instance's identity: nothing changes it. Of a
value without a model nothing is said but that it is the one it is.
"""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Function, Sort, Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import choose, havoc, leaves_of, well_formed
from verify_agent.verifier.theory.rewrite import subterms
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc.aliasing import is_object, parts_of
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State

#: The end of names of what says that a call without a model returns.
RETURNS = "returns"
EXACTLY = "instances of {} itself, not of a class that derives from it"


def member(node: n.EnumMember) -> v.EnumV:
    """A member of an enumeration."""
    assert isinstance(node.type, ir.EnumType)
    return v.EnumV(t.integer(node.type.members.index(node.name)), node.type)


def concerns(value: Value) -> bool:
    """Whether a value is known by its identity, or is one of those or None."""
    if isinstance(value, v.UnionV):
        return any(isinstance(p, v.Reference) for p in value.payloads)
    return isinstance(value, v.Reference)


def read(m: Machine, state: State, base: Value, node: n.Attribute) -> Value:
    """`base.name`; `AttributeError` where the base is None."""
    if isinstance(base, v.UnionV):
        fitting = [k for k, p in enumerate(base.payloads) if isinstance(p, v.Reference)]
        if len(fitting) != 1:
            raise unsupported(f"attribute {node.name} of one of several classes", node)
        here = t.eq(base.tag, t.integer(fitting[0]))
        label = f"what has the attribute {node.name} is there"
        m.demand(state, here, "AttributeError", node.span, label)
        base = base.payloads[fitting[0]]
    if not isinstance(base, v.Reference) or not isinstance(base.type, ir.FrozenType):
        raise unsupported(f"attribute {node.name} of a {v.show_type(v.type_of(base))}", node)
    presume_exact(m, [base])
    return _field(m, base.term, base.type.name, node.name, node.type)


def presume_exact(m: Machine, values: Sequence[Value]) -> None:
    """Put on record that instances are of the very class where others derive from it."""
    for value in values:
        match value:
            case v.UnionV(payloads=payloads):
                presume_exact(m, payloads)
            case v.Reference(term, ir.FrozenType(name)) if term not in m.made:
                if m.program.classes[name].extended:
                    m.assumptions[EXACTLY.format(name)] = None
            case _:
                continue


def _field(m: Machine, term: Term, owner: str, name: str, type_: ir.Type) -> Value:
    if term in m.made:
        return m.made[term][name]
    if term.op == "ite":
        condition, then, otherwise = term.args
        one, other = (_field(m, x, owner, name, type_) for x in (then, otherwise))
        return choose(m.theory, condition, one, other)
    th = m.theory
    sorts = v.sorts_of(type_)
    symbols = [Function(f"{owner}.{name}.{k}", (t.INT,), s) for k, s in enumerate(sorts)]

    def facts(k: int, made: Term, of: Term) -> list[Term]:
        raw = [t.apply(symbol, of) for symbol in symbols]
        return [t.eq(made, raw[k]), *well_formed(th, v.from_leaves(type_, raw))]

    def leaf(k: int, sort: Sort) -> Term:
        return th.define(f"{owner}.{name}.{k}", sort, [term], lambda x, of: facts(k, x, of[0]))

    leaves = [leaf(k, sort) for k, sort in enumerate(sorts)]
    return v.from_leaves(type_, leaves)


def construct(m: Machine, state: State, node: n.Construct, args: Sequence[Value]) -> v.Reference:
    """A new instance of a frozen dataclass."""
    assert isinstance(node.type, ir.FrozenType)
    term = m.theory.fresh(node.name.rpartition(".")[2], t.INT)
    held: dict[str, Value] = {}
    for (name, type_), value in zip(m.program.classes[node.name].fields, args, strict=True):
        held[name] = _stored(m, state, value, type_, node)
        _assume_field(m, state, term, node.name, name, held[name])
    m.made[term] = held
    return v.Reference(term, node.type)


def _assume_field(
    m: Machine, state: State, term: Term, owner: str, name: str, value: Value
) -> None:
    type_ = v.type_of(value)
    for k, leaf in enumerate(leaves_of(m.theory, value, type_)):
        state.assume(
            t.eq(t.apply(Function(f"{owner}.{name}.{k}", (t.INT,), leaf.sort), term), leaf)
        )


def _stored(m: Machine, state: State, value: Value, type_: ir.Type, node: n.Node) -> Value:
    """The value as one of the field's type; any value may stand where there is no model."""
    from verify_agent.verifier.vc.targets import declared

    given = declared(m, state, state.detached(value), type_, node)
    if isinstance(type_, ir.OpaqueType) and v.type_of(given) != type_:
        return v.Reference(m.theory.fresh("value", t.INT), type_)
    if v.type_of(given) == type_:
        return (
            v.from_leaves(type_, leaves_of(m.theory, given, type_))
            if (isinstance(given, v.UnionV))
            else given
        )
    return v.from_leaves(type_, leaves_of(m.theory, given, type_))


def equal(m: Machine, a: Value, b: Value) -> Term:
    """`a == b` where one side is known by its identity."""
    if isinstance(a, v.EnumV) or isinstance(b, v.EnumV):
        if isinstance(a, v.EnumV) and isinstance(b, v.EnumV):
            return t.eq(a.term, b.term) if a.type == b.type else t.FALSE
        if isinstance(a, v.Reference) or isinstance(b, v.Reference):
            raise Unsupported("equality of a value without a model")
        return t.FALSE
    if isinstance(a, v.NoneV) or isinstance(b, v.NoneV):
        one = b if isinstance(a, v.NoneV) else a
        if isinstance(one, v.Reference) and isinstance(one.type, ir.FrozenType):
            return _unless_own_equality(m, one.type.name)
    raise Unsupported("equality of a value that is known by its identity")


def _unless_own_equality(m: Machine, name: str) -> Term:
    if f"{name}.__eq__" in m.program.classes[name].methods:
        raise Unsupported(f"equality of a {name}, which has an __eq__")
    return t.FALSE


def item_equal(m: Machine, a: Value, b: Value) -> Term | None:
    """Equality of two items of containers: what is one object is equal; None where unconcerned."""
    if not isinstance(a, v.Reference) or not isinstance(b, v.Reference):
        return None
    unknown = Function(f"equal!{m.theory.number()}", (t.INT, t.INT), t.BOOL)
    return t.disj(t.eq(a.term, b.term), t.apply(unknown, a.term, b.term))


def same(a: Value, b: Value, node: n.Node) -> Term | None:
    """`a is b` where a side is a member of an enumeration or a value known by its identity."""
    match a, b:
        case (v.Reference(_, type_), v.NoneV()) | (v.NoneV(), v.Reference(_, type_)):
            if isinstance(type_, ir.OpaqueType) and not type_.nominal:
                raise unsupported("whether a value without a model is None", node)
            return t.FALSE
        case v.EnumV(), v.EnumV():
            return t.eq(a.term, b.term) if a.type == b.type else t.FALSE
        case (v.EnumV(), v.NoneV()) | (v.NoneV(), v.EnumV()):
            return t.FALSE
        case (v.UnionV(tag, members, payloads), v.EnumV() as one) | (
            v.EnumV() as one,
            v.UnionV(tag, members, payloads),
        ):
            if one.type not in members:
                return t.FALSE
            k = members.index(one.type)
            held = payloads[k]
            assert isinstance(held, v.EnumV)
            return t.conj(t.eq(tag, t.integer(k)), t.eq(held.term, one.term))
        case _:
            return None


def truth(m: Machine, value: v.EnumV | v.Reference) -> Term:
    """The truth of a member or instance: true where its class says nothing about it."""
    if isinstance(value, v.EnumV):
        return t.TRUE
    if isinstance(value.type, ir.FrozenType):
        methods = m.program.classes[value.type.name].methods
        if not any(x.endswith((".__bool__", ".__len__")) for x in methods):
            return t.TRUE
    raise Unsupported(f"the truth of a {v.show_type(value.type)}")


def trusted(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """A call of which only the contract is known."""
    from verify_agent.verifier.vc import calls

    if function.pure:
        return unknown_function(m, state, function, args, node)
    if m.loops.execute_calls:
        raise unsupported(f"a run of {function.name}", node)
    held = [*state.locals.values(), *(m.entry.locals.values() if m.entry else ())]
    if state.objects or not all(ir.is_immutable(v.type_of(x)) for x in held):
        raise unsupported(f"a call of {function.name}, which may know a list or object here,", node)
    m.assumptions[f"{function.name} comes to an end"] = None
    if not function.ensures:
        return _anything(m, state, function, node)
    return calls.by_contract(m, state, function, args, node)


def _anything(m: Machine, state: State, function: n.Function, node: n.Call) -> Value:
    """A call that promises nothing: any value of the type, or any exception."""
    returns = m.theory.fresh(RETURNS, t.BOOL, state.binders)
    _may_raise(m, state, returns, f"{function.name}, which promises nothing, raises nothing", node)
    value = havoc(m.theory, function.name, function.returns, state.binders)
    for fact in well_formed(m.theory, value):
        state.assume(fact)
    return value


def is_hopeless(assumptions: Sequence[Term], goal: Term) -> bool:
    """Whether the goal is that a call without a model raises nothing, of which nothing is known."""
    if goal.op == "app" and isinstance(goal.payload, Function):
        symbol: object = goal.payload
        name = goal.payload.name
    elif goal.op == "var":
        symbol, name = goal, str(goal.payload)
    else:
        return False
    if not name.endswith(RETURNS) and not name.startswith(f"{RETURNS}!"):
        return False
    return not any(term is symbol or term.payload == symbol for term in subterms(assumptions))


def _may_raise(m: Machine, state: State, returns: Term, label: str, node: n.Call) -> None:
    """The call may end with any exception, unless `returns` holds."""
    if m.mode.catches:
        raise unsupported("what may raise any exception, where some are caught,", node)
    m.demand(state, returns, "Exception", node.span, label)


def unknown_function(
    m: Machine, state: State, function: n.Function, args: Sequence[Value], node: n.Call
) -> Value:
    """A call of a pure function without a model: equal arguments give equal results."""
    th = m.theory
    if any(is_object(part) for p in function.parameters for part in parts_of(p.type)):
        raise unsupported(f"{function.name} of an object, whose body has no model", node)
    pairs = zip(function.parameters, args, strict=True)
    given = [leaf for p, a in pairs for leaf in leaves_of(th, a, p.type)]
    domain = tuple(leaf.sort for leaf in given)
    returns = Function(f"{function.name}.{RETURNS}", domain, t.BOOL)
    label = f"{function.name}, whose body has no model, raises nothing"
    _may_raise(m, state, t.apply(returns, *given), label, node)
    sorts = v.sorts_of(function.returns)
    symbols = [Function(f"{function.name}.{k}", domain, s) for k, s in enumerate(sorts)]

    def leaf(k: int) -> Term:
        def facts(made: Term, of: Sequence[Term]) -> list[Term]:
            raw = [t.apply(symbol, *of) for symbol in symbols]
            return [t.eq(made, raw[k]), *well_formed(th, v.from_leaves(function.returns, raw))]

        return th.define(f"{function.name}.{k}", sorts[k], given, facts)

    return v.from_leaves(function.returns, [leaf(k) for k in range(len(sorts))])
