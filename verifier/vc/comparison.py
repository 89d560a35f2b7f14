"""Comparisons, by the types of the operands."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import floats, folds
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.joins import plain_bound
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import bind, tidy
from verify_agent.verifier.theory.values import Seq, Value
from verify_agent.verifier.vc import references
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.objects import equal_objects
from verify_agent.verifier.vc.state import State

ZERO, ONE = t.integer(0), t.integer(1)


def compare(m: Machine, state: State, op: str, left: Value, right: Value, node: n.Node) -> Term:
    """The truth of `left op right`."""
    match op:
        case "==":
            return equal(m, state, left, right)
        case "!=":
            return t.negate(equal(m, state, left, right))
        case "is":
            return _identical(m, left, right, node)
        case "is not":
            return t.negate(_identical(m, left, right, node))
        case "in":
            return contains(m, state, left, right, node)
        case "not in":
            return t.negate(contains(m, state, left, right, node))
        case _:
            return _ordered(m, state, op, left, right, node)


def equal(m: Machine, state: State, a: Value, b: Value) -> Term:
    """`a == b`; values of unrelated types are unequal."""
    from verify_agent.verifier.vc import tables

    match a, b:
        case v.UnionV(), _:
            return _equal_union(m, state, a, b)
        case _, v.UnionV():
            return _equal_union(m, state, b, a)
        case ((v.IntV() | v.BoolV()), (v.IntV() | v.BoolV())):
            if isinstance(a, v.BoolV) and isinstance(b, v.BoolV):
                return t.eq(a.term, b.term)
            return t.eq(_number(a), _number(b))
        case (v.FloatV(), _) | (_, v.FloatV()) if floats.is_number(a) and floats.is_number(b):
            return floats.equal(a, b)
        case ((v.Obj() | v.Record()), _) | (_, (v.Obj() | v.Record())):
            return equal_objects(m, state, a, b)
        case v.NoneV(), v.NoneV():
            return t.TRUE
        case ((v.EnumV() | v.Reference()), _) | (_, (v.EnumV() | v.Reference())):
            return references.equal(m, a, b)
        case _ if state.table(a) is not None or state.table(b) is not None:
            return tables.equal(m, state, a, b)
        case v.TupleV(xs), v.TupleV(ys):
            if len(xs) != len(ys):
                return t.FALSE
            floats.check_identity(a, b)
            return t.conj(*(item_equal(m, state, x, y) for x, y in zip(xs, ys, strict=True)))
        case v.StrV(), v.StrV():
            return _equal_items(m, state, a.seq, b.seq)
        case ((v.ListV() | v.Ref()), (v.ListV() | v.Ref())):
            if isinstance(a.type, ir.ListType) != isinstance(b.type, ir.ListType):
                return t.FALSE
            return _equal_items(m, state, state.contents(a), state.contents(b))
        case v.RangeV(), v.RangeV():
            raise Unsupported("equality of ranges")
        case _:
            return t.FALSE


def _number(value: v.IntV | v.BoolV) -> Term:
    return value.term if isinstance(value, v.IntV) else t.ite(value.term, ONE, ZERO)


def _equal_items(m: Machine, state: State, a: Seq, b: Seq) -> Term:
    floats.check_identity(a, b)
    return seqs.same_items(m.theory, a, b, lambda x, y: item_equal(m, state, x, y))


def item_equal(m: Machine, state: State, a: Value, b: Value) -> Term:
    """Whether two items of containers are equal: one object is, without being asked."""
    known = references.item_equal(m, a, b)
    return equal(m, state, a, b) if known is None else known


def _equal_union(m: Machine, state: State, a: v.UnionV, b: Value) -> Term:
    return t.disj(
        *(
            t.conj(t.eq(a.tag, t.integer(k)), equal(m, state, payload, b))
            for k, payload in enumerate(a.payloads)
        )
    )


def _identical(m: Machine, a: Value, b: Value, node: n.Node) -> Term:
    unplaced = any(isinstance(x, v.Ref) and x.id in m.unplaced for x in (a, b))
    if unplaced and isinstance(a, v.Ref) and isinstance(b, v.Ref) and a != b:
        raise unsupported("identity of an object that a call may have kept or replaced", node)
    return same_object(a, b, node)


def same_object(a: Value, b: Value, node: n.Node) -> Term:
    """`a is b`, for None, bools and lists whose identity is tracked."""
    known = references.same(a, b, node)
    if known is not None:
        return known
    match a, b:
        case v.NoneV(), v.NoneV():
            return t.TRUE
        case v.UnionV(tag, members, _), v.NoneV():
            return t.eq(tag, t.integer(members.index(ir.NONE))) if ir.NONE in members else t.FALSE
        case v.NoneV(), v.UnionV():
            return same_object(b, a, node)
        case (v.NoneV(), _) | (_, v.NoneV()):
            return t.FALSE
        case v.BoolV(x), v.BoolV(y):
            return t.eq(x, y)
        case (v.Ref(x, _), v.Ref(y, _)) | (v.Obj(x, _), v.Obj(y, _)):
            return t.boolean(x == y)
        case _:
            raise unsupported("identity of these values", node)


def contains(m: Machine, state: State, item: Value, container: Value, node: n.Node) -> Term:
    """`item in container`."""
    from verify_agent.verifier.vc import tables
    from verify_agent.verifier.vc.builtin_calls import range_length
    from verify_agent.verifier.vc.expressions import unwrapped

    container = unwrapped(m, state, container, node)
    table = state.table(container)
    if table is not None:
        return t.select(table.domain, tables.key_in(m, table, item, node))
    match container:
        case v.TupleV(items):
            floats.check_identity(item, container)
            return t.disj(*(item_equal(m, state, item, x) for x in items))
        case v.Ref() | v.ListV():
            seq = state.contents(container)
            return member(m, state, item, seq)
        case v.StrV(seq):
            return _substring(m, state, item, seq, node)
        case v.RangeV(start, stop, step) if isinstance(item, v.IntV | v.BoolV):
            number = _number(item)
            if step is ONE:
                return t.conj(t.le(start, number), t.lt(number, stop))
            j = m.theory.eigen()
            at = t.eq(number, t.add(start, t.mul(step, j)))
            return bind("exists", [j], t.conj(seqs.in_range(j, range_length(container)), at))
        case _:
            raise unsupported(f"in a {v.show_type(v.type_of(container))}", node)


def member(m: Machine, state: State, item: Value, seq: Seq) -> Term:
    """Whether some item of the sequence equals the value."""
    floats.check_identity(item, seq)
    if isinstance(seq, v.ItemsSeq):
        return t.disj(*(equal(m, state, item, x) for x in seq.items))
    domain = segment(seq)
    if domain is None:
        return seqs.exists(
            m.theory, seq.length, lambda j: equal(m, state, item, seqs.at(m.theory, seq, j))
        )
    lo, hi = domain
    j = m.theory.eigen()
    here = v.from_leaves(seq.item, [t.select(c, j) for c in seq.cells])
    inside = t.conj(t.le(lo, j), t.lt(j, hi))
    nowhere = t.implies(inside, t.negate(equal(m, state, item, here)))
    return t.negate(bind("forall", [j], nowhere))


def segment(seq: v.ArraySeq) -> tuple[Term, Term] | None:
    """The positions lo..hi-1 that a sequence takes from its arrays, if they are consecutive."""
    if seq.stride == 1:
        return seq.offset, tidy(t.add(seq.offset, seq.length))
    if seq.stride == -1:
        return tidy(t.add(t.sub(seq.offset, seq.length), ONE)), tidy(t.add(seq.offset, ONE))
    return None


def _substring(m: Machine, state: State, item: Value, seq: Seq, node: n.Node) -> Term:
    if not isinstance(item, v.StrV):
        raise unsupported("in a str for something that is no str", node)
    size = seqs.constant(item.seq.length)
    if size == 0:
        return t.TRUE
    known = t.eq(item.seq.length, ONE)
    if size == 1 or any(fact is known for fact, _ in state.path):
        return member(m, state, seqs.at(m.theory, item.seq, ZERO), seq)
    start = m.theory.eigen()
    last = t.sub(seq.length, item.seq.length)
    here = occurs_at(m.theory, item.seq, seq, start)
    inside = t.conj(t.le(ZERO, start), t.le(start, last))
    return t.negate(bind("forall", [start], t.implies(inside, t.negate(here))))


def occurs_at(th: Theory, piece: Seq, seq: Seq, start: Term) -> Term:
    """Whether the code points of `piece` stand in `seq` from a position on (in range)."""

    def same(j: Term) -> Term:
        a, b = seqs.at(th, piece, j), seqs.at(th, seq, tidy(t.add(start, j)))
        assert isinstance(a, v.IntV)
        assert isinstance(b, v.IntV)
        return t.eq(a.term, b.term)

    return seqs.for_all(th, piece.length, same)


def _ordered(m: Machine, state: State, op: str, a: Value, b: Value, node: n.Node) -> Term:
    from verify_agent.verifier.vc import tables
    from verify_agent.verifier.vc.expressions import unwrapped

    if not (floats.is_number(a) and floats.is_number(b)):
        a, b = unwrapped(m, state, a, node), unwrapped(m, state, b, node)
    if op in (">", ">="):
        a, b, op = b, a, {">": "<", ">=": "<="}[op]
    one, other = state.table(a), state.table(b)
    if one is not None and other is not None:
        return tables.ordered(m, op, one, other, node)
    less = _less(m, state, a, b, node)
    if op == "<":
        return less
    if floats.is_number(a) and floats.is_number(b):
        return floats.at_most(a, b)
    return t.negate(_less(m, state, b, a, node))


def _less(m: Machine, state: State, a: Value, b: Value, node: n.Node) -> Term:
    match a, b:
        case _ if floats.is_number(a) and floats.is_number(b):
            return floats.less(a, b)
        case _ if floats.mentions(v.type_of(a)) or floats.mentions(v.type_of(b)):
            raise unsupported("an order between containers of floats", node)
        case v.TupleV(xs), v.TupleV(ys):
            less = t.boolean(len(xs) < len(ys))
            for x, y in list(zip(xs, ys, strict=False))[::-1]:
                below = _less(m, state, x, y, node)
                less = t.disj(below, t.conj(equal(m, state, x, y), less))
            return less
        case v.StrV(x), v.StrV(y):
            return _less_items(m, state, x, y, node)
        case ((v.Ref() | v.ListV()), (v.Ref() | v.ListV())):
            return _less_items(m, state, state.contents(a), state.contents(b), node)
        case _:
            raise unsupported("an order between these types", node)


def _as_tuple(m: Machine, seq: Seq, size: int) -> v.TupleV:
    return v.TupleV(tuple(seqs.at(m.theory, seq, t.integer(k)) for k in range(size)))


def _less_items(m: Machine, state: State, a: Seq, b: Seq, node: n.Node) -> Term:
    """Lexicographic: the first difference decides, else the length."""
    sizes = seqs.constant(a.length), seqs.constant(b.length)
    if sizes[0] is not None and sizes[1] is not None:
        left, right = (_as_tuple(m, s, z or 0) for s, z in zip((a, b), sizes, strict=True))
        return _less(m, state, left, right, node)
    th = m.theory
    first = th.eigen()

    def agree(j: Term) -> Term:
        return equal(m, state, seqs.at(th, a, j), seqs.at(th, b, j))

    j = th.eigen()
    before = bind("forall", [j], t.implies(seqs.in_range(j, first), agree(j)))
    shorter = t.conj(t.eq(first, a.length), t.lt(a.length, b.length))
    both = t.conj(t.lt(first, a.length), t.lt(first, b.length))
    smaller = _less(m, state, seqs.at(th, a, first), seqs.at(th, b, first), node)
    here = t.disj(shorter, t.conj(both, smaller))
    inside = t.conj(t.le(ZERO, first), before, here)
    return t.negate(bind("forall", [first], t.negate(inside)))


# -- comparisons that are read as a whole ------------------------------------------------------


def special_form(m: Machine, state: State, node: n.Compare) -> Term | None:
    """`a == sorted(b)` and its negation, as "a is sorted, and a permutation of b"."""
    if node.op not in ("==", "!="):
        return None
    for one, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(other, n.Builtin) and other.name == "sorted" and not other.keywords:
            if not _sortable(other.args[0]):
                return None
            if isinstance(one, n.Builtin) and one.name == "sorted" and not one.keywords:
                return _equal_bags(m, state, one, other, node.op)
            from verify_agent.verifier.vc.expressions import evaluate

            a = evaluate(m, state, one)
            if not isinstance(a, v.Ref | v.ListV) or not isinstance(a.type, ir.ListType):
                return None
            x, parts = state.contents(a), _summands(m, state, other.args[0])
            if all(isinstance(y, v.ItemsSeq) for y in (x, *parts)):
                return None
            holds = t.conj(is_sorted(m.theory, x), _same_bags(m.theory, (x,), parts))
            return holds if node.op == "==" else t.negate(holds)
    return None


def _equal_bags(m: Machine, state: State, one: n.Builtin, other: n.Builtin, op: str) -> Term | None:
    """`sorted(a) == sorted(b)`: a is a permutation of b."""
    if not _sortable(one.args[0]):
        return None
    a, b = (_summands(m, state, x.args[0]) for x in (one, other))
    if all(isinstance(part, v.ItemsSeq) for part in (*a, *b)):
        return None
    holds = _same_bags(m.theory, a, b)
    return holds if op == "==" else t.negate(holds)


def _summands(m: Machine, state: State, node: n.Expr) -> tuple[Seq, ...]:
    """The sequences that a sum is made of: what is counted in it is counted in each of them."""
    from verify_agent.verifier.vc.expressions import evaluate

    if isinstance(node, n.Binary) and node.op == "+" and _plain_sum(node):
        left = _summands(m, state, node.left)
        return (*left, *_summands(m, state, node.right))
    return (state.contents(evaluate(m, state, node)),)


def _plain_sum(node: n.Binary) -> bool:
    return _sortable(node) and node.left.type == node.type == node.right.type


def _sortable(node: n.Expr) -> bool:
    return node.type in (ir.ListType(ir.INT), ir.VariadicTupleType(ir.INT))


def is_sorted(th: Theory, seq: Seq, *, strictly: bool = False) -> Term:
    """Every item is at most (strictly: less than) every later one, for ints."""
    arrays = seqs.as_array(th, seq)
    if arrays.stride != 1:
        arrays = seqs.plain(th, seq)
    lo, hi = arrays.offset, tidy(t.add(arrays.offset, arrays.length))
    i, j = th.eigen(), th.eigen()
    inside = t.conj(t.le(lo, i), t.lt(i, j), t.lt(j, hi))
    order = t.lt if strictly else t.le
    ordered = order(t.select(arrays.cells[0], i), t.select(arrays.cells[0], j))
    return bind("forall", [i, j], t.implies(inside, ordered))


def same_bag(th: Theory, a: Seq, b: Seq) -> Term:
    """Equal lengths, and every value is counted as often in one as in the other."""
    return _same_bags(th, (a,), (b,))


def _same_bags(th: Theory, a: Sequence[Seq], b: Sequence[Seq]) -> Term:
    value = th.eigen()
    one, other = (_total([count_in(th, s, value) for s in side]) for side in (a, b))
    lengths = t.eq(_total([s.length for s in a]), _total([s.length for s in b]))
    return t.conj(lengths, bind("forall", [value], t.eq(one, other)))


def _total(terms: Sequence[Term]) -> Term:
    total, *more = terms
    for term in more:
        total = t.add(total, term)
    return total


def count_in(th: Theory, seq: Seq, value: Term) -> Term:
    """How often a leaf value stands in a sequence of scalars."""
    arrays = seqs.as_array(th, seq)
    bounds = segment(arrays)
    if bounds is None:
        arrays = seqs.plain(th, arrays)
        bounds = (ZERO, arrays.length)
    lo, hi = (plain_bound(th, x) for x in bounds)
    return folds.count_of(arrays.cells[0], value, lo, hi)
