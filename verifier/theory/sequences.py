"""Lists, strings and tuples of unknown length as sequences: reading, slicing, joining, equality.

Every function is total in the logic; that an index is in range is the caller's obligation.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.smt.walk import substitute
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import leaves_of
from verify_agent.verifier.theory.registry import Piece, Theory
from verify_agent.verifier.theory.rewrite import bind, free_variables, tidy
from verify_agent.verifier.theory.values import ArraySeq, ItemsSeq, Seq, Value

ZERO, ONE = t.integer(0), t.integer(1)
SHORT = 8


def constant(term: Term) -> int | None:
    """The value of an integer constant."""
    return term.payload if term.op == "const" and isinstance(term.payload, int) else None


def empty(item: ir.Type) -> ItemsSeq:
    """No items."""
    return ItemsSeq(item, ())


def at(th: Theory, seq: Seq, k: Term) -> Value:
    """The item at a non-negative position below the length."""
    if isinstance(seq, ItemsSeq):
        fixed = constant(k)
        if fixed is not None and 0 <= fixed < len(seq.items):
            return seq.items[fixed]
        seq = as_array(th, seq)
    where = tidy(seq.position(k))
    return v.from_leaves(seq.item, [t.select(c, where) for c in seq.cells])


def as_array(th: Theory, seq: Seq) -> ArraySeq:
    """The sequence as arrays; an array is named for known items."""
    if isinstance(seq, ArraySeq):
        return seq
    rows = [leaves_of(th, item, seq.item) for item in seq.items]
    cells = []
    for n, sort in enumerate(v.sorts_of(seq.item)):
        column = [row[n] for row in rows]
        array = t.array_sort(t.INT, sort)
        cells.append(th.define("display", array, column, _display))
    return ArraySeq(seq.item, seq.length, tuple(cells))


def _display(name: Term, column: Sequence[Term]) -> list[Term]:
    return [t.eq(t.select(name, t.integer(k)), x) for k, x in enumerate(column)]


def plain(th: Theory, seq: Seq) -> ArraySeq:
    """The sequence as arrays read from position 0 in steps of 1."""
    arrays = as_array(th, seq)
    if arrays.offset is ZERO and arrays.stride == 1:
        return arrays
    j = th.eigen()
    cells = tuple(tabulate(th, t.select(c, tidy(arrays.position(j))), j) for c in arrays.cells)
    return ArraySeq(seq.item, arrays.length, cells)


def tabulate(th: Theory, body: Term, j: Term) -> Term:
    """An array A with A[j] == body for all j."""
    if body.op == "select" and body.args[1] is j and j not in free_variables(body.args[0]):
        return body.args[0]
    slot = t.var("d!0", t.INT)
    inner = substitute(body, {j: slot})

    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        index = th.eigen()
        here = substitute(terms[0], {slot: index})
        return [bind("forall", [index], t.eq(t.select(name, index), here))]

    return th.define("table", t.array_sort(t.INT, body.sort), [inner], facts)


def update(th: Theory, seq: Seq, k: Term, value: Value) -> Seq:
    """The sequence with the item at position k (0 <= k <= length) replaced, or put there."""
    if isinstance(seq, ItemsSeq):
        fixed = constant(k)
        if fixed is not None and fixed < len(seq.items):
            items = (*seq.items[:fixed], value, *seq.items[fixed + 1 :])
            return ItemsSeq(seq.item, items)
        seq = as_array(th, seq)
    where = tidy(seq.position(k))
    leaves = leaves_of(th, value, seq.item)
    cells = tuple(_store(th, c, where, x) for c, x in zip(seq.cells, leaves, strict=True))
    return ArraySeq(seq.item, seq.length, cells, seq.offset, seq.stride)


def _store(th: Theory, array: Term, index: Term, value: Term) -> Term:
    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        old, where, new = terms
        j = th.eigen()
        same = t.eq(t.select(name, j), t.select(old, j))
        return [
            t.eq(t.select(name, where), new),
            bind("forall", [j], t.implies(t.ne(j, where), same)),
        ]

    return th.define("store", array.sort, [array, index, value], facts, update=True)


def append(th: Theory, seq: Seq, value: Value) -> Seq:
    """The sequence with one more item."""
    if isinstance(seq, ItemsSeq) and len(seq.items) < SHORT:
        return ItemsSeq(seq.item, (*seq.items, value))
    longer = as_array(th, update(th, as_array(th, seq), seq.length, value))
    return ArraySeq(seq.item, t.add(seq.length, ONE), longer.cells, longer.offset, longer.stride)


def slice_(th: Theory, seq: Seq, start: Term, length: Term, step: int) -> Seq:
    """`length` items from `start` in steps of `step`, all of them in range."""
    if isinstance(seq, ItemsSeq):
        first, count = constant(start), constant(length)
        if first is not None and count is not None:
            return ItemsSeq(seq.item, tuple(seq.items[first + step * n] for n in range(count)))
        seq = as_array(th, seq)
    offset = tidy(seq.position(start))
    return ArraySeq(seq.item, length, seq.cells, offset, seq.stride * step)


def reverse(th: Theory, seq: Seq) -> Seq:
    """The items in reverse."""
    if isinstance(seq, ItemsSeq):
        return ItemsSeq(seq.item, seq.items[::-1])
    return slice_(th, seq, tidy(t.sub(seq.length, ONE)), seq.length, -1)


def concatenate(th: Theory, a: Seq, b: Seq) -> Seq:
    """a's items, then b's."""
    if isinstance(a, ItemsSeq) and isinstance(b, ItemsSeq):
        return ItemsSeq(a.item, a.items + b.items)
    if isinstance(b, ItemsSeq) and len(b.items) <= SHORT:
        for item in b.items:
            a = append(th, as_array(th, a), item)
        return a
    if isinstance(a, ItemsSeq) and not a.items:
        return b
    left, right = as_array(th, a), as_array(th, b)
    left = left if left.stride == 1 else plain(th, left)
    right = right if right.stride == 1 else plain(th, right)
    length = tidy(t.add(left.length, right.length))
    cells = tuple(
        _joined(th, x, left.offset, left.length, y, right.offset)
        for x, y in zip(left.cells, right.cells, strict=True)
    )
    return ArraySeq(a.item, length, cells)


def _joined(th: Theory, a: Term, a_from: Term, length: Term, b: Term, b_from: Term) -> Term:
    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        first, first_from, size, second, second_from = terms
        j = th.eigen()
        here = t.select(name, j)
        low = t.eq(here, t.select(first, tidy(t.add(first_from, j))))
        high = t.eq(here, t.select(second, tidy(t.add(second_from, t.sub(j, size)))))
        return [
            bind("forall", [j], t.implies(t.conj(t.le(ZERO, j), t.lt(j, size)), low)),
            bind("forall", [j], t.implies(t.le(size, j), high)),
        ]

    def pieces(terms: Sequence[Term]) -> list[Piece]:
        first, first_from, size, second, second_from = terms
        return [
            Piece(ZERO, size, first, first_from),
            Piece(size, None, second, tidy(t.sub(second_from, size))),
        ]

    return th.define("joined", a.sort, [a, a_from, length, b, b_from], facts, pieces=pieces)


def repeat(th: Theory, seq: Seq, times: Term) -> Seq:
    """`seq * times`, for one item (any count) or a known count."""
    count = constant(times)
    if isinstance(seq, ItemsSeq):
        if count is not None and len(seq.items) * max(count, 0) <= 64:
            return ItemsSeq(seq.item, seq.items * max(count, 0))
        if len(seq.items) == 1:
            j = th.eigen()
            leaves = leaves_of(th, seq.items[0], seq.item)
            cells = tuple(tabulate(th, leaf, j) for leaf in leaves)
            return ArraySeq(seq.item, t.ite(t.lt(ZERO, times), times, ZERO), cells)
    raise Unsupported("repetition of a sequence that is not a single item")


def in_range(j: Term, length: Term) -> Term:
    """0 <= j < length."""
    return t.conj(t.le(ZERO, j), t.lt(j, length))


def for_all(th: Theory, length: Term, body: Callable[[Term], Term]) -> Term:
    """`body(j)` for all 0 <= j < length; written out for a short known length."""
    count = constant(length)
    if count is not None and count <= SHORT:
        return t.conj(*(body(t.integer(j)) for j in range(count)))
    j = th.eigen()
    return bind("forall", [j], t.implies(in_range(j, length), body(j)))


def exists(th: Theory, length: Term, body: Callable[[Term], Term]) -> Term:
    """`body(j)` for some 0 <= j < length."""
    return t.negate(for_all(th, length, lambda j: t.negate(body(j))))


def same_items(th: Theory, a: Seq, b: Seq, equal: Callable[[Value, Value], Term]) -> Term:
    """Equal lengths, and equal items by `equal`."""
    if a == b:
        return t.TRUE
    one, other = constant(a.length), constant(b.length)
    if one is not None and other is not None and one != other:
        return t.FALSE
    length = a.length if one is not None else b.length
    items = for_all(th, length, lambda j: equal(at(th, a, j), at(th, b, j)))
    return t.conj(t.eq(a.length, b.length), items)
