"""Comprehensions and the builtins that consume them: all, any, sum, min, max, lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Function, Term
from verify_agent.verifier.theory import folds, joins, totals
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import leaves_of
from verify_agent.verifier.theory.rewrite import bind
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc.aliasing import nodes_in
from verify_agent.verifier.vc.comparison import segment
from verify_agent.verifier.vc.iteration import Source, keyed_source_of, source_of
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State

ZERO, ONE = t.integer(0), t.integer(1)


@dataclass(frozen=True)
class Element:
    """The element of a comprehension at one position, and whether the conditions let it in."""

    included: Term
    value: Value


def element_at(m: Machine, state: State, node: n.Comprehension, j: Term, source: Source) -> Element:
    """Conditions and element with the target bound to the item at position j of the source."""
    from verify_agent.verifier.vc.expressions import evaluate

    inner = state.copy()
    if seqs.constant(j) is None:
        inner.binders = (*state.binders, j)
        inner.decide(t.conj(t.le(source.lower, j), t.lt(j, source.upper)))
    included = _bind_and_filter(m, inner, node.generators[0], source.at(j))
    value = inner.snapshot(evaluate(m, inner, node.element))
    no_effects(state, inner, node)
    return Element(included, value)


def no_effects(before: State, after: State, node: n.Node) -> None:
    """Refuse a comprehension that changes what was there before it."""
    if isinstance(node, n.Comprehension) and any(isinstance(x, n.Walrus) for x in nodes_in(node)):
        raise unsupported("an assignment inside a comprehension", node)
    changed = any(after.heap.get(id_) != seq for id_, seq in before.heap.items())
    rebound = any(after.locals.get(name) != value for name, value in before.locals.items())
    fields = any(after.objects.get(id_) != kept for id_, kept in before.objects.items())
    if changed or rebound or fields:
        raise unsupported("an effect inside a comprehension", node)


def unrolled(source: Source) -> range | None:
    """The positions of a source that is short and of known length."""
    lower, upper = seqs.constant(source.lower), seqs.constant(source.upper)
    if lower is None or upper is None or upper - lower > 2 * seqs.SHORT:
        return None
    return range(lower, max(lower, upper))


def all_of(m: Machine, state: State, node: n.Comprehension) -> Term:
    """`all(element for ...)`."""
    return _every(m, state, node, positive=True)


def any_of(m: Machine, state: State, node: n.Comprehension) -> Term:
    """`any(element for ...)`: not all are false."""
    return t.negate(_every(m, state, node, positive=False))


def _every(m: Machine, state: State, node: n.Comprehension, *, positive: bool) -> Term:
    from verify_agent.verifier.vc.expressions import holds

    source = keyed_source_of(m, state, node.generators[0].iterable)

    def body(inner: State, rest: n.Comprehension) -> Term:
        if len(node.generators) > 1:
            return _every(m, inner, rest, positive=positive)
        holding = holds(m, inner, node.element)
        return holding if positive else t.negate(holding)

    def at(j: Term, outer: State, bound: bool) -> Term:
        inner = outer.copy()
        inside = source.within(j)
        if bound:
            inner.binders = (*outer.binders, j)
            inner.decide(inside)
        included = _bind_and_filter(m, inner, node.generators[0], source.at(j))
        rest = n.Comprehension(node.type, node.span, node.kind, node.element, node.generators[1:])
        holds = body(inner, rest)
        no_effects(outer, inner, node)
        return t.implies(t.conj(inside if bound else t.TRUE, included), holds)

    positions = unrolled(source)
    if positions is not None:
        outer, parts = state.copy(), []
        for k in positions:
            part = at(t.integer(k), outer, False)
            outer.decide(part)
            parts.append(part)
        return t.conj(*parts)
    j = m.theory.eigen()
    return bind("forall", [j], at(j, state, True))


def _bind_and_filter(m: Machine, inner: State, generator: n.Generator, item: Value) -> Term:
    from verify_agent.verifier.vc.expressions import holds
    from verify_agent.verifier.vc.targets import bind_target

    bind_target(m, inner, generator.target, item)
    included = t.TRUE
    for test in generator.conditions:
        holding = holds(m, inner, test)
        included = t.conj(included, holding)
        inner.decide(holding)
    return included


def sum_of(m: Machine, state: State, node: n.Comprehension, source: Source | None = None) -> Term:
    """`sum(element for ...)` over ints; `source` is the first iterable, if evaluated already."""
    from verify_agent.verifier.vc.expressions import evaluate, integer

    source = source or keyed_source_of(m, state, node.generators[0].iterable)

    def at(j: Term, bound: bool) -> Term:
        inner = state.copy()
        if bound:
            inner.binders = (*state.binders, j)
            inner.decide(source.within(j))
        included = _bind_and_filter(m, inner, node.generators[0], source.at(j))
        if len(node.generators) > 1:
            rest = n.Comprehension(
                node.type, node.span, node.kind, node.element, node.generators[1:]
            )
            return t.ite(included, sum_of(m, inner, rest), ZERO)
        value = integer(m, inner, evaluate(m, inner, node.element), node.element)
        no_effects(state, inner, node)
        return t.ite(included, value, ZERO)

    positions = unrolled(source)
    if positions is not None:
        return t.add(*(at(t.integer(k), False) for k in positions))
    j = m.theory.eigen()
    table = seqs.tabulate(m.theory, at(j, True), j)
    if source.domain is not None:
        return totals.total_of(source.domain, table)
    return folds.sum_of(table, source.lower, source.upper)


def total_of(m: Machine, state: State, node: n.Expr) -> Term:
    """`sum` of a set, a dict or a dict's view: in whatever order, it is the same."""
    from verify_agent.verifier.vc.expressions import integer

    source = keyed_source_of(m, state, node)
    k = m.theory.eigen()
    table = seqs.tabulate(m.theory, integer(m, state, source.at(k), node), k)
    if source.domain is None:
        return folds.sum_of(table, source.lower, source.upper)
    return totals.total_of(source.domain, table)


def comprehension(m: Machine, state: State, node: n.Comprehension) -> Value:
    """A list, set or dict made by a comprehension: a new object."""
    from verify_agent.verifier.vc import table_methods

    seq = items_of(m, state, node)
    if node.kind not in ("list", "generator"):
        return table_methods.comprehension(m, state, node, seq)
    return m.new_object(state, seq, ir.ListType(seq.item))


def items_of(
    m: Machine, state: State, node: n.Comprehension, source: Source | None = None
) -> v.Seq:
    """The elements that a comprehension with one generator yields.

    `source` is its iterable, if that was evaluated already.
    """
    source = source or source_of(m, state, node.generators[0].iterable)
    if len(node.generators) > 1:
        raise unsupported("a list comprehension with several generators", node)
    positions = unrolled(source)
    if positions is not None and not node.generators[0].conditions:
        return _written_out(m, state, node, source, positions)
    j = m.theory.eigen()
    element = element_at(m, state, node, j, source)
    item = v.type_of(element.value)
    leaves = leaves_of(m.theory, element.value, item)
    cells = tuple(seqs.tabulate(m.theory, leaf, j) for leaf in leaves)
    if not node.generators[0].conditions:
        size = t.sub(source.upper, source.lower)
        length = t.ite(t.lt(source.lower, source.upper), size, ZERO)
        return v.ArraySeq(item, source.length or length, cells, source.lower)
    chosen = seqs.tabulate(m.theory, t.ite(element.included, ONE, ZERO), j)
    kept = tuple(_filtered(m, cell, chosen, source.lower) for cell in cells)
    return v.ArraySeq(item, folds.sum_of(chosen, source.lower, source.upper), kept)


def _written_out(
    m: Machine, state: State, node: n.Comprehension, source: Source, positions: range
) -> v.Seq:
    made = [element_at(m, state, node, t.integer(k), source).value for k in positions]
    item = v.type_of(made[0]) if made else _item_type(node)
    return v.ItemsSeq(item, tuple(made))


def _item_type(node: n.Comprehension) -> ir.Type:
    return node.type.item if isinstance(node.type, ir.ListType) else node.element.type


def _filtered(m: Machine, cell: Term, chosen: Term, lower: Term) -> Term:
    """The array of the items let in, packed; it serves every upper end of the filtered range.

    The item at j, where it is let in, stands at the number of those let in before it.
    """

    if joins.constant_item(m.theory, cell) is not None:
        return cell

    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        items, flags, first = terms
        j, k, hi = m.theory.eigen(), m.theory.eigen(), m.theory.eigen()
        let_in = t.conj(t.le(first, j), t.eq(t.select(flags, j), ONE))
        place = folds.sum_of(flags, first, j)
        forward = t.implies(let_in, t.eq(t.select(name, place), t.select(items, j)))
        origin = Function(f"origin!{m.theory.number()}", (name.sort, t.INT), t.INT)
        source = t.apply(origin, name, k)
        total = folds.sum_of(flags, first, hi)
        came = t.conj(
            t.le(first, source),
            t.lt(source, hi),
            t.eq(t.select(flags, source), ONE),
            t.eq(t.select(name, k), t.select(items, source)),
        )
        backward = t.implies(t.conj(t.le(ZERO, k), t.lt(k, total)), came)
        return [bind("forall", [j], forward), bind("forall", [k, hi], backward)]

    return m.theory.define("filtered", cell.sort, [cell, chosen, lower], facts)


def extreme_of(m: Machine, kind: str, seq: v.Seq) -> Term:
    """`min` or `max` of a sequence of ints that is not empty."""
    from verify_agent.verifier.theory import ints

    if isinstance(seq, v.ItemsSeq):
        numbers = [leaves_of(m.theory, x, ir.INT)[0] for x in seq.items]
        pick: Callable[[Term, Term], Term] = ints.minimum if kind == "min" else ints.maximum
        best = numbers[0]
        for number in numbers[1:]:
            best = pick(best, number)
        return best
    bounds = segment(seq)
    if bounds is None:
        arrays = seqs.plain(m.theory, seq)
        seq, bounds = arrays, (ZERO, arrays.length)
    return folds.extreme_of(kind, seq.cells[0], *bounds)
