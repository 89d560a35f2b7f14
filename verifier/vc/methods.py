"""Methods of list, str and tuple with an exact model."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import floats, folds, ints, keys
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import bind, tidy
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc import comparison, table_methods, text_methods
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.slicing import slice_bounds
from verify_agent.verifier.vc.state import State
from verify_agent.verifier.vc.targets import mutable

ZERO, ONE = t.integer(0), t.integer(1)


def call(m: Machine, state: State, node: n.Method) -> Value:
    """The value of a method's call."""
    from verify_agent.verifier.vc.expressions import evaluate, unwrapped

    base = unwrapped(m, state, evaluate(m, state, node.base), node.base)
    if state.table(base) is not None:
        return table_methods.call(m, state, node, base)
    kind = _kind_of(base)
    if kind == "str" and node.name == "join":
        return text_methods.join(m, state, node, base)
    handler = _METHODS.get(f"{kind}.{node.name}")
    if handler is None or node.keywords:
        raise unsupported(f"{kind}.{node.name}", node)
    return handler(m, state, node, base, [evaluate(m, state, a) for a in node.args])


def _kind_of(base: Value) -> str:
    if isinstance(base, v.StrV):
        return "str"
    if isinstance(base, v.IntV | v.BoolV):
        return "int"
    return "list" if _is_list(base) else "tuple"


def _bit_length(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    """The k with `2 ** (k - 1) <= abs(x) < 2 ** k`, and 0 for 0, as CPython's reference says."""
    if args or not isinstance(base, v.IntV):
        raise unsupported("bit_length of what is no int", node)

    def facts(k: Term, terms: Sequence[Term]) -> list[Term]:
        size = ints.absolute(terms[0])
        low, high = (ints.power(t.integer(2), e) for e in (t.sub(k, ONE), k))
        around = t.conj(t.le(ONE, k), t.le(low, size), t.lt(size, high))
        return [t.ite(t.eq(terms[0], ZERO), t.eq(k, ZERO), around)]

    return v.IntV(m.theory.define("bit_length", t.INT, [base.term], facts))


def _is_list(base: Value) -> bool:
    return isinstance(base, v.Ref | v.ListV) and isinstance(base.type, ir.ListType)


def _append(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    ref = mutable(m, state, base, node)
    item = state.detached(args[0])
    state.heap[ref.id] = seqs.append(m.theory, typed(m, state, ref, item), item)
    return v.NONE


def typed(m: Machine, state: State, ref: v.Ref, item: Value) -> v.Seq:
    """The list's contents; an untyped `[]` takes the type of its first item."""
    seq = state.contents(ref)
    if isinstance(seq, v.ItemsSeq) and not seq.items and seq.item != v.type_of(item):
        known = seq.item if not isinstance(seq.item, ir.IntType | type(None)) else None
        return v.ItemsSeq(known or v.type_of(item), ())
    return seq


def _extend(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    extend(m, state, base, args[0], node)
    return v.NONE


def extend(m: Machine, state: State, base: Value, more: Value, node: n.Node) -> None:
    """`base.extend(more)`, also `base += more`."""
    from verify_agent.verifier.vc.arithmetic import item_type, widened
    from verify_agent.verifier.vc.builtin_calls import items_of

    ref = mutable(m, state, base, node)
    added = items_of(m, state, more, node)
    here = state.contents(ref)
    wanted = item_type(ref, v.ListV(added, ir.ListType(added.item)))
    joined = seqs.concatenate(m.theory, widened(m, here, wanted), widened(m, added, wanted))
    state.heap[ref.id] = joined


def _pop(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.expressions import index_in_range, integer, normalised

    ref = mutable(m, state, base, node)
    seq = state.contents(ref)
    index = integer(m, state, args[0], node) if args else t.integer(-1)
    ok = index_in_range(index, seq.length)
    m.demand(state, ok, "IndexError", node.span, "pop has an item to take")
    where = normalised(state, index, seq.length)
    item = seqs.at(m.theory, seq, where) if ok is not t.FALSE else v.IntV(ZERO)
    state.heap[ref.id] = removed(m, seq, where, seqs.constant(index))
    return item


def removed(m: Machine, seq: v.Seq, where: Term, index: int | None) -> v.Seq:
    """The sequence without the item at a position."""
    fixed = seqs.constant(where)
    if isinstance(seq, v.ItemsSeq) and fixed is not None:
        return v.ItemsSeq(seq.item, seq.items[:fixed] + seq.items[fixed + 1 :])
    shorter = tidy(t.sub(seq.length, ONE))
    if index == -1:
        return seqs.slice_(m.theory, seq, ZERO, shorter, 1)
    if index == 0:
        return seqs.slice_(m.theory, seq, ONE, shorter, 1)
    arrays = seqs.as_array(m.theory, seq)
    before = seqs.slice_(m.theory, arrays, ZERO, where, 1)
    rest = tidy(t.sub(shorter, where))
    return seqs.concatenate(
        m.theory, before, seqs.slice_(m.theory, arrays, tidy(t.add(where, ONE)), rest, 1)
    )


def _insert(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.expressions import integer

    ref = mutable(m, state, base, node)
    index = integer(m, state, args[0], node)
    seq = seqs.as_array(m.theory, state.contents(ref))
    item = state.detached(args[1])
    where, _ = slice_bounds(index, None, 1, seq.length)
    head = seqs.append(m.theory, seqs.slice_(m.theory, seq, ZERO, where, 1), item)
    rest = tidy(t.sub(seq.length, where))
    tail = seqs.slice_(m.theory, seq, where, rest, 1)
    state.heap[ref.id] = seqs.concatenate(m.theory, head, tail)
    return v.NONE


def _clear(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    ref = mutable(m, state, base, node)
    state.heap[ref.id] = seqs.empty(state.contents(ref).item)
    return v.NONE


def _reverse(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    ref = mutable(m, state, base, node)
    state.heap[ref.id] = seqs.reverse(m.theory, state.contents(ref))
    return v.NONE


def _sort(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    from verify_agent.verifier.vc.sorting import sorted_seq

    ref = mutable(m, state, base, node)
    state.heap[ref.id] = sorted_seq(m, state, state.contents(ref), node)
    return v.NONE


def _copy(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    return m.new_object(state, state.contents(base), v.type_of(base))


def _count(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    return v.IntV(count(m, state, state.contents(base), args[0]))


def count(m: Machine, state: State, seq: v.Seq, item: Value) -> Term:
    """How many items equal a value."""
    floats.check_identity(item, seq)
    from verify_agent.verifier.theory.convert import leaves_of

    same_scalar = len(v.sorts_of(seq.item)) == 1 and _scalar(seq.item, item)
    if isinstance(seq, v.ArraySeq) and same_scalar:
        return comparison.count_in(m.theory, seq, leaves_of(m.theory, item, seq.item)[0])
    if isinstance(seq, v.ItemsSeq):
        hits = [comparison.equal(m, state, x, item) for x in seq.items]
        return t.add(*(t.ite(h, ONE, ZERO) for h in hits))
    j = m.theory.eigen()
    here = comparison.equal(m, state, seqs.at(m.theory, seq, j), item)
    table = seqs.tabulate(m.theory, t.ite(here, ONE, ZERO), j)
    return folds.sum_of(table, ZERO, seq.length)


def _scalar(wanted: ir.Type, item: Value) -> bool:
    if wanted == ir.INT:
        return isinstance(item, v.IntV | v.BoolV)
    return wanted == ir.BOOL and isinstance(item, v.BoolV)


def _index(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    """The first position of an equal item: named, with the facts that tell it."""
    if len(args) != 1:
        raise unsupported("index with bounds", node)
    seq = state.contents(base)
    item: Value = args[0]
    if isinstance(base, v.StrV):
        size = seqs.constant(item.seq.length) if isinstance(item, v.StrV) else None
        if size != 1:
            raise unsupported("str.index of more than one character", node)
        item = seqs.at(m.theory, item.seq, ZERO)  # type: ignore[union-attr]
    found = comparison.member(m, state, item, seq)
    m.demand(state, found, "ValueError", node.span, "the item is in the sequence")
    return v.IntV(first_position(m, state, seq, item))


def _find(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    """`str.find` of one character: its first position, or -1."""
    piece = args[0]
    if len(args) != 1 or not isinstance(piece, v.StrV) or seqs.constant(piece.seq.length) != 1:
        raise unsupported("str.find of other than one character", node)
    character, seq = seqs.at(m.theory, piece.seq, ZERO), state.contents(base)
    found = comparison.member(m, state, character, seq)
    return v.IntV(t.ite(found, first_position(m, state, seq, character), t.integer(-1)))


def first_position(m: Machine, state: State, seq: v.Seq, item: Value) -> Term:
    """The least position of an equal item, where there is one."""
    if isinstance(item, v.IntV) and seq.item == ir.INT:
        return _first_number(m.theory, seq, item.term)
    place = m.theory.fresh("index", t.INT, state.binders)

    def same(j: Term) -> Term:
        return comparison.equal(m, state, seqs.at(m.theory, seq, j), item)

    j = m.theory.eigen()
    before = bind("forall", [j], t.implies(seqs.in_range(j, place), t.negate(same(j))))
    here = t.conj(seqs.in_range(place, seq.length), same(place), before)
    state.assume(t.implies(comparison.member(m, state, item, seq), here))
    return place


def _first_number(th: Theory, seq: v.Seq, number: Term) -> Term:
    """The same for ints, as a definition, so that it is known under quantifiers as well."""
    array, lo, hi = keys.keys_of(th, seq)

    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        cells, start, end, wanted = terms
        i, j = th.eigen(), th.eigen()
        inside = t.conj(t.le(start, i), t.lt(i, end), t.eq(t.select(cells, i), wanted))
        earlier = t.conj(t.le(start, j), t.lt(j, name))
        before = bind("forall", [j], t.implies(earlier, t.ne(t.select(cells, j), wanted)))
        found = t.conj(t.le(start, name), t.lt(name, end), t.eq(t.select(cells, name), wanted))
        return [bind("forall", [i], t.implies(inside, t.conj(found, before)))]

    return tidy(t.sub(th.define("index", t.INT, [array, lo, hi, number], facts), lo))


def _str_count(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    """Exact for one character; for a longer piece an unknown that is not negative."""
    piece = args[0]
    if len(args) != 1 or not isinstance(piece, v.StrV) or not isinstance(base, v.StrV):
        raise unsupported("str.count with bounds", node)
    size = seqs.constant(piece.seq.length)
    if size is not None and size != 1:
        raise unsupported("str.count of a piece that is not one character", node)
    first = seqs.at(m.theory, piece.seq, ZERO)
    assert isinstance(first, v.IntV)
    exact = count(m, state, base.seq, first)
    if size == 1:
        return v.IntV(exact)
    other = m.theory.fresh("count", t.INT, state.binders)
    return v.IntV(t.ite(t.eq(piece.seq.length, ONE), exact, other))


def _prefix(m: Machine, state: State, node: n.Method, base: Value, args: list[Value]) -> Value:
    """`startswith` and `endswith`."""
    piece = args[0]
    if len(args) != 1 or not isinstance(piece, v.StrV) or not isinstance(base, v.StrV):
        raise unsupported(f"str.{node.name} with these arguments", node)
    start = ZERO
    if node.name == "endswith":
        start = tidy(t.sub(base.seq.length, piece.seq.length))
    fits = t.le(piece.seq.length, base.seq.length)
    return v.BoolV(t.conj(fits, comparison.occurs_at(m.theory, piece.seq, base.seq, start)))


_METHODS: dict[str, Callable[[Machine, State, n.Method, Value, list[Value]], Value]] = {
    "int.bit_length": _bit_length,
    "list.append": _append,
    "list.extend": _extend,
    "list.pop": _pop,
    "list.insert": _insert,
    "list.clear": _clear,
    "list.reverse": _reverse,
    "list.sort": _sort,
    "list.copy": _copy,
    "list.count": _count,
    "list.index": _index,
    "tuple.count": _count,
    "tuple.index": _index,
    "str.index": _index,
    "str.find": _find,
    "str.count": _str_count,
    "str.startswith": _prefix,
    "str.endswith": _prefix,
    "str.strip": text_methods.strip,
    "str.lstrip": text_methods.strip,
    "str.rstrip": text_methods.strip,
}
