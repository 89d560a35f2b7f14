"""The items of a sequence in order: a network for a few, else a sorted permutation."""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import INT, Function, Term
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import choose
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import bind
from verify_agent.verifier.theory.values import Value
from verify_agent.verifier.vc.comparison import _less, is_sorted, same_bag
from verify_agent.verifier.vc.machine import Machine, unsupported
from verify_agent.verifier.vc.state import State

ZERO = t.integer(0)


def sorted_seq(
    m: Machine, state: State, seq: v.Seq, node: n.Node, *, distinct: bool = False
) -> v.Seq:
    """The items in order: written out for a few, else an array known to be a sorted permutation."""
    if isinstance(seq, v.ItemsSeq) and len(seq.items) <= 5 and seq.item in (ir.INT, ir.BOOL):
        return v.ItemsSeq(seq.item, _network(m, state, list(seq.items), node))
    if seq.item != ir.INT:
        raise unsupported("sorting items that are no ints", node)
    arrays = seqs.plain(m.theory, seq)

    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        made = v.ArraySeq(ir.INT, terms[1], (name,))
        given = v.ArraySeq(ir.INT, terms[1], (terms[0],))
        order = is_sorted(m.theory, made, strictly=distinct)
        return [order, same_bag(m.theory, made, given), *_permuted(m.theory, made, given)]

    kind = "sorted distinct" if distinct else "sorted"
    cell = m.theory.define(kind, arrays.cells[0].sort, [arrays.cells[0], arrays.length], facts)
    return v.ArraySeq(ir.INT, arrays.length, (cell,))


def _permuted(th: Theory, made: v.ArraySeq, given: v.ArraySeq) -> list[Term]:
    """Where each item comes from and where it goes to, each the inverse of the other."""
    (after,), (before,), length = made.cells, given.cells, made.length
    came, went = (
        Function(f"{kind}!{th.number()}", (after.sort, INT), INT) for kind in ("came", "went")
    )
    facts = []
    for one, other, there, back in ((after, before, came, went), (before, after, went, came)):
        k = th.eigen()
        place = t.apply(there, after, k)
        inside = t.conj(t.le(ZERO, place), t.lt(place, length))
        same = t.eq(t.select(one, k), t.select(other, place))
        moved = t.conj(inside, same, t.eq(t.apply(back, after, place), k))
        facts.append(bind("forall", [k], t.implies(_within(k, length), moved)))
    return facts


def _within(k: Term, length: Term) -> Term:
    return t.conj(t.le(ZERO, k), t.lt(k, length))


def _network(m: Machine, state: State, items: list[Value], node: n.Node) -> tuple[Value, ...]:
    for end in range(len(items) - 1, 0, -1):
        for k in range(end):
            a, b = items[k], items[k + 1]
            swap = _less(m, state, b, a, node)
            items[k] = choose(m.theory, swap, b, a)
            items[k + 1] = choose(m.theory, swap, a, b)
    return tuple(items)
