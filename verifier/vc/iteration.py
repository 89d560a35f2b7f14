"""What a `for` runs over, as positions from `lower` to before `upper` with an item at each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.rewrite import tidy
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State

ZERO, ONE = t.integer(0), t.integer(1)


@dataclass(frozen=True)
class Source:
    """Items at positions lower..upper-1, none where upper <= lower.

    `length` is the number of items where it is known in a plainer form; `live` are the lists
    that are read while they are iterated. `key` gives the keys of a dict or set in their order.
    """

    lower: Term
    upper: Term
    at: Callable[[Term], Value]
    length: Term | None = None
    live: frozenset[int] = frozenset()
    domain: Term | None = None
    key: Callable[[Term], Value] | None = None

    def within(self, j: Term) -> Term:
        """Whether there is an item at j."""
        if self.domain is not None:
            return t.select(self.domain, j)
        return t.conj(t.le(self.lower, j), t.lt(j, self.upper))

    @property
    def size(self) -> Term:
        """The number of items."""
        if self.length is not None:
            return self.length
        span = tidy(t.sub(self.upper, self.lower))
        return t.ite(t.lt(self.lower, self.upper), span, ZERO)


def source_of(m: Machine, state: State, node: n.Expr) -> Source:
    """The source that an iterable expression denotes, evaluated once."""
    from verify_agent.verifier.vc import tables
    from verify_agent.verifier.vc.expressions import evaluate, integer

    if isinstance(node, n.Builtin) and node.name == "enumerate":
        inner = source_of(m, state, node.args[0])
        start = ZERO
        given = [*node.args[1:], *(x for k, x in node.keywords if k == "start")]
        if given:
            before = dict(state.heap)
            start = integer(m, state, evaluate(m, state, given[0]), node)
            no_change(before, state, node)
        return _enumerated(inner, start)
    if isinstance(node, n.Builtin) and node.name == "zip" and node.args:
        if node.keywords:
            raise unsupported("zip with keywords", node)
        sources = [source_of(m, state, node.args[0])]
        before = dict(state.heap)
        sources += [source_of(m, state, a) for a in node.args[1:]]
        no_change(before, state, node)
        return _zipped(sources)
    if isinstance(node, n.Builtin) and node.name == "reversed":
        return _reversed(source_of(m, state, node.args[0]), node)
    seen = tables.viewed(m, state, node) if tables.is_view(node) else None
    if seen is not None:
        return _in_some_order(m, *seen)
    return source_of_value(m, state, evaluate(m, state, node), node)


def keyed_source_of(m: Machine, state: State, node: n.Expr) -> Source:
    """The source of an iterable; a dict's or set's items stand at their keys, in no order."""
    from verify_agent.verifier.vc import tables

    seen = tables.viewed(m, state, node)
    if seen is None:
        return source_of(m, state, node)
    value, table, at = seen
    size = tables.size(table)
    live = frozenset((value.id,)) if isinstance(value, v.Ref) else frozenset()
    return Source(ZERO, size, at, size, live, table.domain)


def _in_some_order(
    m: Machine, value: Value, table: v.Table, yielded: Callable[[Term], Value]
) -> Source:
    from verify_agent.verifier.vc import tables

    size, at, key = tables.in_some_order(m, table, yielded)
    live = frozenset((value.id,)) if isinstance(value, v.Ref) else frozenset()
    return Source(ZERO, size, at, size, live, key=key)


def no_change(before: Mapping[int, v.Contents], state: State, node: n.Node) -> None:
    """Refuse where an argument changed a list: one that was evaluated earlier is read later."""
    if any(state.heap.get(id_) != seq for id_, seq in before.items()):
        raise unsupported("an argument that changes a list", node)


def source_of_value(m: Machine, state: State, value: Value, node: n.Node) -> Source:
    """The source that a value is when it is iterated."""
    from verify_agent.verifier.vc import tables
    from verify_agent.verifier.vc.builtin_calls import range_length
    from verify_agent.verifier.vc.expressions import unwrapped

    value = unwrapped(m, state, value, node)
    table = state.table(value)
    if table is not None:
        return _in_some_order(m, value, table, tables.yielded(table))
    match value:
        case v.RangeV(start, stop, step):
            if step is ONE:
                return Source(start, stop, v.IntV)
            length = range_length(value)
            return Source(ZERO, length, lambda j: v.IntV(t.add(start, t.mul(step, j))), length)
        case v.TupleV(items):
            return _of_items(m, items, node)
        case v.StrV(seq):
            whole = _of_seq(m, seq)
            return Source(whole.lower, whole.upper, _characters(whole.at), whole.length)
        case v.Ref():
            whole = _of_seq(m, state.contents(value))
            return Source(whole.lower, whole.upper, whole.at, whole.length, frozenset((value.id,)))
        case v.ListV(seq, _):
            return _of_seq(m, seq)
        case _:
            raise unsupported(f"iteration over a {v.show_type(v.type_of(value))}", node)


def _characters(at: Callable[[Term], Value]) -> Callable[[Term], Value]:
    from verify_agent.verifier.ir import types as ir

    return lambda j: v.StrV(v.ItemsSeq(ir.INT, (at(j),)))


def _of_items(m: Machine, items: tuple[Value, ...], node: n.Node) -> Source:
    from verify_agent.verifier.ir import types as ir
    from verify_agent.verifier.theory.convert import common_type, retyped

    if not items:
        return Source(ZERO, ZERO, lambda _: v.IntV(ZERO), ZERO)
    item: ir.Type = v.type_of(items[0])
    for other in items[1:]:
        item = common_type(item, v.type_of(other))
    wide = tuple(retyped(m.theory, x, item) for x in items)
    return _of_seq(m, v.ItemsSeq(item, wide))


def _of_seq(m: Machine, seq: v.Seq) -> Source:
    if isinstance(seq, v.ArraySeq) and seq.stride == 1 and seq.offset is not ZERO:

        def there(j: Term) -> Value:
            return v.from_leaves(seq.item, [t.select(c, j) for c in seq.cells])

        return Source(seq.offset, tidy(t.add(seq.offset, seq.length)), there, seq.length)
    return Source(ZERO, seq.length, lambda j: seqs.at(m.theory, seq, j), seq.length)


def from_zero(source: Source) -> Source:
    """The same items at positions 0..size-1."""
    if source.lower is ZERO:
        return Source(ZERO, source.size, source.at, source.size, source.live)
    lower = source.lower
    return Source(
        ZERO, source.size, lambda j: source.at(tidy(t.add(lower, j))), source.size, source.live
    )


def _enumerated(inner: Source, start: Term) -> Source:
    shift = tidy(t.sub(start, inner.lower))
    return Source(
        inner.lower,
        inner.upper,
        lambda j: v.TupleV((v.IntV(tidy(t.add(j, shift))), inner.at(j))),
        inner.length,
        inner.live,
    )


def _zipped(sources: list[Source]) -> Source:
    from verify_agent.verifier.theory import ints

    if len({s.lower for s in sources}) > 1:
        sources = [from_zero(s) for s in sources]
    live = frozenset(i for s in sources for i in s.live)
    upper = sources[0].upper
    for other in sources[1:]:
        upper = ints.minimum(upper, other.upper) if upper is not other.upper else upper
    lower = sources[0].lower
    return Source(lower, upper, lambda j: v.TupleV(tuple(s.at(j) for s in sources)), None, live)


def _reversed(inner: Source, node: n.Node) -> Source:
    last = tidy(t.sub(t.add(inner.lower, inner.size), ONE))
    size = inner.size
    return Source(ZERO, size, lambda j: inner.at(tidy(t.sub(last, j))), size, inner.live)
