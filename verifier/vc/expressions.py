"""Evaluation of expressions on a symbolic state, left to right, exceptions included."""

from __future__ import annotations

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import floats
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import retyped
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc import (
    arithmetic,
    builtin_calls,
    calls,
    comparison,
    methods,
    objects,
    objects_calls,
    quantify,
    references,
    tables,
)
from verify_agent.verifier.vc.known import known_nonnegative
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.slicing import slice_bounds
from verify_agent.verifier.vc.state import State


def evaluate(m: Machine, state: State, node: n.Expr) -> Value:
    """The value of an expression; the state moves on with its effects."""
    try:
        return _evaluate(m, state, node)
    except Unsupported as error:
        if error.line:
            raise
        raise unsupported(error.construct, node) from error


def _evaluate(m: Machine, state: State, node: n.Expr) -> Value:
    match node:
        case n.Const(value=value):
            return constant(value)
        case n.Var(name=name):
            return variable(m, state, name, node)
        case n.Old(name=name):
            if name not in state.old:
                raise unsupported(f"the snapshot {name} here", node)
            return state.old[name]
        case n.Unary(op=op, operand=operand):
            return _unary(m, state, op, operand)
        case n.Binary():
            left = evaluate(m, state, node.left)
            return arithmetic.binary(m, state, node.op, left, evaluate(m, state, node.right), node)
        case n.Compare():
            return _compare(m, state, node)
        case n.Chain():
            return _chain(m, state, node)
        case n.Logic():
            return _logic(m, state, node.op, node.operands)
        case n.IfExp():
            test = holds(m, state, node.test)
            return m.either(
                state,
                test,
                lambda s: evaluate(m, s, node.then),
                lambda s: evaluate(m, s, node.orelse),
            )
        case n.TupleExpr():
            items = tuple(evaluate(m, state, item) for item in node.items)
            if isinstance(node.type, ir.VariadicTupleType):
                return v.ListV(v.ItemsSeq(node.type.item, items), node.type)
            return v.TupleV(items)
        case n.ListExpr():
            return _list(m, state, node)
        case n.SetExpr():
            return tables.set_display(m, state, node)
        case n.DictExpr():
            return tables.dict_display(m, state, node)
        case n.Index():
            return _index(m, state, node)
        case n.Slice():
            return _slice(m, state, node)
        case n.Builtin():
            return builtin_calls.call(m, state, node)
        case n.Method():
            return methods.call(m, state, node)
        case n.Call():
            return calls.call(m, state, node)
        case n.EnumMember():
            return references.member(node)
        case n.Attribute():
            base = evaluate(m, state, node.base)
            if references.concerns(base):
                return references.read(m, state, base, node)
            return objects.read(m, state, base, node)
        case n.Construct():
            return objects_calls.construct(m, state, node)
        case n.Walrus():
            bound = evaluate(m, state, node.value)
            floats.check_declared(node.type, bound)
            bind_local(state, node.name, bound)
            return bound
        case n.Comprehension():
            return quantify.comprehension(m, state, node)
        case n.FormatString():
            return _format(m, state, node)
        case _:
            raise unsupported(type(node).__name__.lower(), node)


def constant(value: n.Constant) -> Value:
    """The value of a literal."""
    match value:
        case bool():
            return v.BoolV(t.boolean(value))
        case float():
            return v.FloatV(t.double(value))
        case int():
            return v.IntV(t.integer(value))
        case str():
            return v.text(value)
        case None:
            return v.NONE
        case _:
            raise TypeError(f"not a literal: {value!r}")


def variable(m: Machine, state: State, name: str, node: n.Node) -> Value:
    """The value of a local; `UnboundLocalError` where it is not bound."""
    if name in state.locals:
        when = state.bound_when.get(name, t.TRUE)
        m.demand(state, when, "UnboundLocalError", node.span, f"{name} is bound")
        return state.locals[name]
    if name in m.program.constants:
        return evaluate(m, state, m.program.constants[name])
    m.fail(state, "UnboundLocalError", node.span, f"{name} is bound")
    from verify_agent.verifier.theory.convert import havoc

    return havoc(m.theory, name, node.type)


def bind_local(state: State, name: str, value: Value) -> None:
    """Bind a local variable."""
    state.locals[name] = value
    state.bound_when.pop(name, None)


def truth(m: Machine, state: State, value: Value) -> Term:
    """Python's truth value."""
    match value:
        case v.BoolV(term):
            return term
        case v.IntV(term):
            return t.ne(term, t.integer(0))
        case v.FloatV(term):
            return floats.truth(term)
        case v.NoneV():
            return t.FALSE
        case v.TupleV(items):
            return t.boolean(bool(items))
        case v.StrV() | v.ListV() | v.Ref() | v.SetV() | v.DictV():
            table = state.table(value)
            size = state.contents(value).length if table is None else tables.size(table)
            return t.lt(t.integer(0), size)
        case v.RangeV():
            return t.lt(t.integer(0), builtin_calls.range_length(value))
        case v.Obj(_, type_) | v.Record(_, type_):
            if f"{type_.name}.__len__" in m.program.classes[type_.name].methods:
                raise Unsupported(f"the truth of a {type_.name}, which has a __len__")
            return t.TRUE
        case v.EnumV() | v.Reference():
            return references.truth(m, value)
        case v.UnionV(tag, _, payloads):
            cases = [
                t.conj(t.eq(tag, t.integer(k)), truth(m, state, p)) for k, p in enumerate(payloads)
            ]
            return t.disj(*cases)


def holds(m: Machine, state: State, node: n.Expr) -> Term:
    """The truth of an expression; of `and` and `or` without the value that they have."""
    if isinstance(node, n.Logic) and node.type != ir.BOOL:
        return truth(m, state, _truth_of_logic(m, state, node.op, node.operands))
    return truth(m, state, evaluate(m, state, node))


def _truth_of_logic(m: Machine, state: State, op: str, operands: tuple[n.Expr, ...]) -> Value:
    first = holds(m, state, operands[0])
    if len(operands) == 1:
        return v.BoolV(first)
    return m.either(
        state,
        first if op == "and" else t.negate(first),
        lambda s: _truth_of_logic(m, s, op, operands[1:]),
        lambda _: v.BoolV(t.boolean(op == "or")),
    )


def integer(m: Machine, state: State, value: Value, node: n.Node) -> Term:
    """The value as an int; `TypeError` where it is something else."""
    match value:
        case v.IntV(term):
            return term
        case v.BoolV(term):
            return t.ite(term, t.integer(1), t.integer(0))
        case v.UnionV():
            return integer(m, state, narrow(m, state, value, (ir.INT, ir.BOOL), node), node)
        case _:
            raise unsupported(f"a {v.show_type(v.type_of(value))} where an int is wanted", node)


def narrow(
    m: Machine, state: State, value: Value, wanted: tuple[ir.Type, ...], node: n.Node
) -> Value:
    """The member of a union that is of a wanted type; `TypeError` where it is another."""
    if not isinstance(value, v.UnionV):
        return value
    fitting = [k for k, member in enumerate(value.members) if member in wanted]
    if len(fitting) != 1:
        raise unsupported(f"a {v.show_type(v.type_of(value))} in this place", node)
    ok = t.eq(value.tag, t.integer(fitting[0]))
    m.demand(state, ok, "TypeError", node.span, "the value has the type that is wanted")
    return value.payloads[fitting[0]]


def unwrapped(m: Machine, state: State, value: Value, node: n.Node) -> Value:
    """A union without its `None`; `TypeError` where it is None."""
    if not isinstance(value, v.UnionV):
        return value
    return narrow(m, state, value, tuple(x for x in value.members if x != ir.NONE), node)


def _unary(m: Machine, state: State, op: str, operand: n.Expr) -> Value:
    if op == "not":
        return v.BoolV(t.negate(holds(m, state, operand)))
    value = evaluate(m, state, operand)
    if isinstance(value, v.UnionV) and floats.mentions(v.type_of(value)):
        value = unwrapped(m, state, value, operand)
    if isinstance(value, v.FloatV) and op in ("-", "+"):
        return v.FloatV(floats.neg(value.term)) if op == "-" else value
    number = integer(m, state, value, operand)
    match op:
        case "-":
            return v.IntV(t.neg(number))
        case "+":
            return v.IntV(number)
        case "~":
            return v.IntV(t.sub(t.neg(number), t.integer(1)))
        case _:
            raise unsupported(f"unary {op}", operand)


def _compare(m: Machine, state: State, node: n.Compare) -> Value:
    special = comparison.special_form(m, state, node)
    if special is not None:
        return v.BoolV(special)
    left = evaluate(m, state, node.left)
    right = evaluate(m, state, node.right)
    return v.BoolV(comparison.compare(m, state, node.op, left, right, node))


def _chain(m: Machine, state: State, node: n.Chain) -> Value:
    def rest(s: State, left: Value, k: int) -> Value:
        right = evaluate(m, s, node.operands[k + 1])
        here = comparison.compare(m, s, node.ops[k], left, right, node)
        if k + 1 == len(node.ops):
            return v.BoolV(here)
        return m.either(s, here, lambda z: rest(z, right, k + 1), lambda _: v.BoolV(t.FALSE))

    return rest(state, evaluate(m, state, node.operands[0]), 0)


def _logic(m: Machine, state: State, op: str, operands: tuple[n.Expr, ...]) -> Value:
    first = evaluate(m, state, operands[0])
    if len(operands) == 1:
        return first
    holds = truth(m, state, first)
    go_on = holds if op == "and" else t.negate(holds)
    return m.either(state, go_on, lambda s: _logic(m, s, op, operands[1:]), lambda _: first)


def _list(m: Machine, state: State, node: n.ListExpr) -> Value:
    item = node.type.item if isinstance(node.type, ir.ListType) else ir.INT
    values = [state.detached(evaluate(m, state, x)) for x in node.items]
    wide = tuple(retyped(m.theory, x, item) if item is not None else x for x in values)
    return m.new_object(state, v.ItemsSeq(item, wide), node.type)


def normalised(state: State, index: Term, length: Term) -> Term:
    """A Python index as a position: negative ones count from the end."""
    fixed = seqs.constant(index)
    if fixed is not None:
        return index if fixed >= 0 else t.add(length, index)
    if known_nonnegative(index, (term for term, _ in state.path)):
        return index
    return t.ite(t.lt(index, t.integer(0)), t.add(length, index), index)


def index_in_range(index: Term, length: Term) -> Term:
    """Whether a Python index is allowed."""
    return t.conj(t.le(t.neg(length), index), t.lt(index, length))


def _index(m: Machine, state: State, node: n.Index) -> Value:
    base = unwrapped(m, state, evaluate(m, state, node.base), node.base)
    given = evaluate(m, state, node.index)
    table = state.table(base)
    if table is not None:
        return tables.item(m, state, table, given, node)
    index = integer(m, state, given, node.index)
    fixed = seqs.constant(index)
    label = "the index is in range"
    if isinstance(base, v.TupleV):
        if fixed is None:
            return _tuple_item(m, state, base, index, node)
        if -len(base.items) <= fixed < len(base.items):
            return base.items[fixed]
        raise unsupported("an index out of a tuple's range", node)
    if isinstance(base, v.RangeV):
        length = builtin_calls.range_length(base)
        m.demand(state, index_in_range(index, length), "IndexError", node.span, label)
        return v.IntV(t.add(base.start, t.mul(base.step, normalised(state, index, length))))
    seq = state.contents(base)
    m.demand(state, index_in_range(index, seq.length), "IndexError", node.span, label)
    item = seqs.at(m.theory, seq, normalised(state, index, seq.length))
    if isinstance(base, v.StrV):
        return v.StrV(v.ItemsSeq(ir.INT, (item,)))
    return item


def _tuple_item(m: Machine, state: State, base: v.TupleV, index: Term, node: n.Index) -> Value:
    from verify_agent.verifier.theory.convert import choose

    size = t.integer(len(base.items))
    m.demand(state, index_in_range(index, size), "IndexError", node.span, "the index is in range")
    where = normalised(state, index, size)
    value = base.items[-1]
    for k in range(len(base.items) - 2, -1, -1):
        value = choose(m.theory, t.eq(where, t.integer(k)), base.items[k], value)
    return value


def _slice(m: Machine, state: State, node: n.Slice) -> Value:
    base = unwrapped(m, state, evaluate(m, state, node.base), node.base)
    parts = []
    for part in (node.lower, node.upper, node.step):
        value = None if part is None else evaluate(m, state, part)
        parts.append(None if value is None or value == v.NONE else integer(m, state, value, node))
    step = 1 if parts[2] is None else seqs.constant(parts[2])
    if step is None or step == 0:
        raise unsupported("a slice whose step is not a constant other than 0", node)
    if isinstance(base, v.TupleV):
        bounds = [None if p is None else seqs.constant(p) for p in parts[:2]]
        if any(b is None and p is not None for b, p in zip(bounds, parts, strict=False)):
            raise unsupported("a slice of a tuple with variable bounds", node)
        return v.TupleV(base.items[bounds[0] : bounds[1] : step])
    seq = state.contents(base)
    start, length = slice_bounds(parts[0], parts[1], step, seq.length)
    piece = seqs.slice_(m.theory, seq, start, length, step)
    if isinstance(base, v.StrV):
        return v.StrV(piece)
    if isinstance(v.type_of(base), ir.VariadicTupleType):
        return v.ListV(piece, v.type_of(base))
    return m.new_object(state, piece, node.type)


def _format(m: Machine, state: State, node: n.FormatString) -> Value:
    whole: Value = v.text("")
    for part in node.parts:
        piece = evaluate(m, state, part)
        if not isinstance(piece, v.StrV) or not isinstance(whole, v.StrV):
            raise unsupported("an f-string part that is no str", node)
        whole = v.StrV(seqs.concatenate(m.theory, whole.seq, piece.seq))
    return whole
