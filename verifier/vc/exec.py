"""Symbolic execution of statements, path by path, joining where that loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.theory import floats
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc import arithmetic, methods, objects, table_methods, tables
from verify_agent.verifier.vc.conditions import Key
from verify_agent.verifier.vc.expressions import bind_local, evaluate, holds, integer, variable
from verify_agent.verifier.vc.machine import EVERYTHING, Machine, Mode, Raised
from verify_agent.verifier.vc.slicing import slice_bounds
from verify_agent.verifier.vc.state import State, join
from verify_agent.verifier.vc.targets import bind_target, mutable, set_item

MOST_PATHS = 48


@dataclass
class Flow:
    """How executions of a block end; those that raise are in the machine's mode."""

    normal: list[State] = field(default_factory=list)
    breaks: list[State] = field(default_factory=list)
    continues: list[State] = field(default_factory=list)
    returns: list[tuple[State, Value]] = field(default_factory=list)

    def add_jumps(self, other: Flow) -> None:
        """Take over all ends but the normal one."""
        self.breaks += other.breaks
        self.continues += other.continues
        self.returns += other.returns


def run(m: Machine, block: n.Block, states: Sequence[State]) -> Flow:
    """Execute a block from each of some states."""
    flow = Flow(normal=[s for s in states if not s.dead])
    for statement in block:
        before, flow.normal = flow.normal, []
        for state in before:
            after = _statement(m, state, statement)
            flow.add_jumps(after)
            flow.normal += [s for s in after.normal if not s.dead]
        flow.normal = joined(m, flow.normal)
        if not flow.normal:
            break
    return flow


def joined(m: Machine, states: list[State]) -> list[State]:
    """Fewer states where joining is by scalars alone; all into one where there are too many."""
    if len(states) < 2:
        return states
    groups: list[list[State]] = []
    for state in states:
        for group in groups:
            if _alike(group[0], state):
                group.append(state)
                break
        else:
            groups.append([state])
    merged: list[State] = []
    for group in groups:
        try:
            merged.append(join(m.theory, group))
        except Unsupported:
            merged += group
    if len(merged) > MOST_PATHS:
        raise Unsupported(f"more than {MOST_PATHS} paths that can't be joined")
    return merged


def _alike(a: State, b: State) -> bool:
    """Whether two states differ in scalars only."""
    if a.heap != b.heap or not _alike_objects(a, b) or a.locals.keys() != b.locals.keys():
        return False
    pairs = ((a.locals[name], b.locals[name]) for name in a.locals)
    return all(x == y or (_scalar(x) and type(x) is type(y)) for x, y in pairs)


def _alike_objects(a: State, b: State) -> bool:
    if a.objects.keys() != b.objects.keys():
        return False
    for id_, fields in a.objects.items():
        others = b.objects[id_]
        if fields.keys() != others.keys():
            return False
        pairs = ((x, others[name]) for name, x in fields.items())
        if not all(x == y or (_scalar(x) and type(x) is type(y)) for x, y in pairs):
            return False
    return True


def _scalar(value: Value) -> bool:
    if isinstance(value, v.TupleV):
        return all(map(_scalar, value.items))
    return isinstance(value, v.IntV | v.BoolV | v.FloatV | v.UnionV)


def _statement(m: Machine, state: State, node: n.Stmt) -> Flow:
    try:
        return _execute(m, state, node)
    except Unsupported as error:
        raise error.at(node.span.line, node.span.column) from error


def _execute(m: Machine, state: State, node: n.Stmt) -> Flow:
    match node:
        case n.Assign(target, value):
            bind_target(m, state, target, evaluate(m, state, value), value)
        case n.AugAssign():
            _augmented(m, state, node)
        case n.Evaluate(value):
            evaluate(m, state, value)
        case n.If():
            return _if(m, state, node)
        case n.While() | n.For():
            return m.loops.loop(m, state, node)
        case n.Break():
            return Flow(breaks=[state])
        case n.Continue():
            return Flow(continues=[state])
        case n.Return(value):
            return Flow(returns=[(state, evaluate(m, state, value))])
        case n.Assert(text=text):
            _assert(m, state, node, text)
        case n.Raise():
            return _raise(m, state, node)
        case n.Try():
            return _try(m, state, node)
        case n.Delete(target):
            _delete(m, state, target)
        case _:
            raise Unsupported(f"statement {type(node).__name__.lower()}")
    return Flow(normal=[state])


def _assert(m: Machine, state: State, node: n.Assert, text: str) -> None:
    holding = holds(m, state, node.test)
    if len(m.calls) > 1 or m.mode.caught("AssertionError"):
        m.demand(state, holding, "AssertionError", node.span, f"assert {text}")
        return
    if not m.mode.ignore:
        m.condition(state, holding, f"assert {text}", node.span, Key("assert", text))
        m.leave_unless(state, holding)
    state.assume(holding)


def _if(m: Machine, state: State, node: n.If) -> Flow:
    test = holds(m, state, node.test)
    flow = Flow()
    for condition, block in ((test, node.then), (t.negate(test), node.orelse)):
        branch = state.copy()
        branch.decide(condition)
        after = run(m, block, [branch])
        flow.add_jumps(after)
        flow.normal += after.normal
    return flow


def _augmented(m: Machine, state: State, node: n.AugAssign) -> None:
    here = n.Const(node.value.type, node.span, None)
    match node.target:
        case n.NameTarget(name, type_):
            place = n.Var(type_, node.span, name)
            old = variable(m, state, name, place)
            value = evaluate(m, state, node.value)
            combined = _combined(m, state, node.op, old, value, here)
            floats.check_declared(type_, combined)
            bind_local(state, name, combined)
        case n.AttributeTarget(base, name):
            owner = evaluate(m, state, base)
            old = objects.read(m, state, owner, objects.field_node(m, owner, node))
            value = evaluate(m, state, node.value)
            new = _combined(m, state, node.op, old, value, here)
            objects.write(m, state, owner, name, new, here)
        case n.ItemTarget(base, index):
            holder = evaluate(m, state, base)
            where = evaluate(m, state, index)
            old = _item(m, state, holder, where, node)
            value = evaluate(m, state, node.value)
            new = _combined(m, state, node.op, old, value, here)
            if state.table(holder) is not None:
                tables.set_item(m, state, holder, where, new, base)
            else:
                set_item(m, state, holder, integer(m, state, where, index), new, base)
        case _:
            raise Unsupported("augmented assignment to this target")


def _combined(m: Machine, state: State, op: str, old: Value, value: Value, here: n.Node) -> Value:
    if isinstance(state.table(old), v.SetV) and isinstance(old, v.Ref):
        if not isinstance(state.table(value), v.SetV) or op not in tables.OPERATORS:
            raise Unsupported(f"{op}= on a set")
        table_methods.combine_in_place(m, state, tables.OPERATORS[op], old, value, here)
        return old
    if isinstance(old, v.Ref) and state.table(old) is None and op == "+":
        methods.extend(m, state, old, value, here)
        return old
    if isinstance(old, v.Ref):
        raise Unsupported(f"{op}= on a list")
    return arithmetic.binary(m, state, op, old, value, here)


def _item(m: Machine, state: State, holder: Value, where: Value, node: n.AugAssign) -> Value:
    """The item that an augmented assignment starts from, by the rules of reading an item."""
    inner = {"holder!": holder, "index!": where}
    saved = {name: state.locals.get(name) for name in inner}
    state.locals.update(inner)
    base = n.Var(v.type_of(holder), node.span, "holder!")
    index = n.Var(v.type_of(where), node.span, "index!")
    value = evaluate(m, state, n.Index(node.value.type, node.span, base, index))
    for name, old in saved.items():
        del state.locals[name]
        if old is not None:
            state.locals[name] = old
    return value


def _delete(m: Machine, state: State, target: n.ItemTarget | n.SliceTarget) -> None:
    from verify_agent.verifier.vc.expressions import index_in_range, normalised

    ref = mutable(m, state, evaluate(m, state, target.base), target.base)
    if state.table(ref) is not None and isinstance(target, n.ItemTarget):
        tables.delete_item(m, state, ref, evaluate(m, state, target.index), target.base)
        return
    if isinstance(target, n.ItemTarget):
        index = integer(m, state, evaluate(m, state, target.index), target.index)
        seq = state.contents(ref)
        ok = index_in_range(index, seq.length)
        m.demand(state, ok, "IndexError", target.base.span, "the index is in range")
        where = normalised(state, index, seq.length)
        state.heap[ref.id] = methods.removed(m, seq, where, seqs.constant(index))
        return
    if target.step is not None:
        raise Unsupported("del of a slice with a step")
    bounds = [
        None if p is None else integer(m, state, evaluate(m, state, p), p)
        for p in (target.lower, target.upper)
    ]
    seq = state.contents(ref)
    start, length = slice_bounds(bounds[0], bounds[1], 1, seq.length)
    end = t.add(start, length)
    rest = t.sub(seq.length, end)
    head = seqs.slice_(m.theory, seq, t.integer(0), start, 1)
    tail = seqs.slice_(m.theory, seq, end, rest, 1)
    state.heap[ref.id] = seqs.concatenate(m.theory, head, tail)


def _raise(m: Machine, state: State, node: n.Raise) -> Flow:
    for argument in node.args:
        evaluate(m, state, argument)
    exception = node.exception
    if exception is None:
        if m.handling is None:
            raise Unsupported("raise without an exception in flight")
        exception = m.handling
    m.fail(state, exception, node.span, f"{exception} is not raised")
    return Flow()


def _try(m: Machine, state: State, node: n.Try) -> Flow:
    caught = frozenset(e for h in node.handlers for e in h.exceptions)
    if "UnboundLocalError" in caught:
        # Inside a comprehension it is a NameError that is raised, which this does not catch.
        raise Unsupported("except UnboundLocalError")
    if node.final or any(not h.exceptions for h in node.handlers):
        caught = EVERYTHING
    outer = m.mode
    mode = Mode(outer.key, caught | outer.catches, outer.ignore, exits=outer.exits)
    with m.using(mode):
        flow = run(m, node.body, [state])
    escaping: list[Raised] = []
    after = Flow()
    after.add_jumps(flow)
    after_it = Mode(outer.key, _all_if(node.final, outer.catches), outer.ignore, exits=outer.exits)
    with m.using(after_it) as inner:
        rest = run(m, node.orelse, flow.normal)
        after.add_jumps(rest)
        after.normal += rest.normal
        for raised in mode.raised:
            _handle(m, node, raised, after, escaping)
    escaping += inner.raised
    if node.final:
        after, escaping = _finally(m, node.final, after, escaping)
    for raised in escaping:
        _escape(m, raised)
    return after


def _all_if(final: n.Block, catches: frozenset[str]) -> frozenset[str]:
    return EVERYTHING if final else catches


def _handle(m: Machine, node: n.Try, raised: Raised, after: Flow, escaping: list[Raised]) -> None:
    from verify_agent.verifier.vc.machine import is_subclass

    for handler in node.handlers:
        names = handler.exceptions or ("BaseException",)
        if any(is_subclass(raised.exception, name) for name in names):
            before, m.handling = m.handling, raised.exception
            ends = run(m, handler.body, [raised.state])
            m.handling = before
            after.add_jumps(ends)
            after.normal += ends.normal
            return
    escaping.append(raised)


def _escape(m: Machine, raised: Raised) -> None:
    """An exception leaves a `try`: the outer mode says what that means."""
    if m.mode.caught(raised.exception):
        m.mode.raised.append(raised)
    elif not m.mode.ignore:
        label = f"{raised.exception} does not escape"
        m.condition(raised.state, t.FALSE, label, raised.span, m.mode.key)
        m.leave_unless(raised.state, t.FALSE)


def _finally(
    m: Machine, final: n.Block, flow: Flow, escaping: list[Raised]
) -> tuple[Flow, list[Raised]]:
    """Run the `finally` block after every end; where it jumps itself, that replaces the end."""
    after = Flow()
    for end in joined(m, flow.normal):
        _finish(m, final, end, after, after.normal)
    for kind in ("breaks", "continues"):
        for end in getattr(flow, kind):
            _finish(m, final, end, after, getattr(after, kind))
    for end, value in flow.returns:
        done: list[State] = []
        _finish(m, final, end, after, done)
        after.returns += [(s, value) for s in done]
    left: list[Raised] = []
    for raised in escaping:
        done = []
        _finish(m, final, raised.state, after, done)
        left += [Raised(s, raised.exception, raised.span) for s in done]
    return after, left


def _finish(m: Machine, final: n.Block, end: State, after: Flow, normal: list[State]) -> None:
    flow = run(m, final, [end])
    after.add_jumps(flow)
    normal += flow.normal
