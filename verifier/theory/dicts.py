"""Dicts as a set of keys with a value for each: reading, changing, making from pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import INT, Function, Term
from verify_agent.verifier.theory import floats, sets
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import leaves_of
from verify_agent.verifier.theory.keys import keys_of
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import bind, tidy
from verify_agent.verifier.theory.values import DictV, Value


def empty(th: Theory, type_: ir.DictType) -> DictV:
    """The dict without keys."""
    cells = tuple(
        t.var(f"none!{th.number()}", t.array_sort(INT, s)) for s in v.sorts_of(type_.value)
    )
    return DictV(sets.empty(th), cells, type_)


def at(table: DictV, key: Term) -> Value:
    """The value of a key, which is in the domain."""
    return v.from_leaves(table.type.value, [t.select(c, key) for c in table.cells])


def put(th: Theory, table: DictV, key: Term, value: Value) -> DictV:
    """The dict with a value for a key."""
    leaves = leaves_of(th, value, table.type.value)
    cells = tuple(sets.store(th, c, key, leaf) for c, leaf in zip(table.cells, leaves, strict=True))
    return DictV(sets.changed(th, table.domain, key, True), cells, table.type)


def merged(th: Theory, first: DictV, second: DictV) -> DictV:
    """The first dict with what the second has; both have keys of one kind and one type of value."""
    k = th.eigen()
    theirs = t.select(second.domain, k)
    cells = tuple(
        seqs.tabulate(th, t.ite(theirs, t.select(b, k), t.select(a, k)), k)
        for a, b in zip(first.cells, second.cells, strict=True)
    )
    return DictV(sets.combined(th, "union", first.domain, second.domain), cells, first.type)


def without(th: Theory, table: DictV, key: Term) -> DictV:
    """The dict without a key."""
    return DictV(sets.changed(th, table.domain, key, False), table.cells, table.type)


def same(th: Theory, a: DictV, b: DictV, equal: Callable[[Value, Value], Term]) -> Term:
    """Equal domains, and equal values for each key."""
    floats.check_identity(a, b)
    k = th.eigen()
    here = t.select(a.domain, k)
    values = bind("forall", [k], t.implies(here, equal(at(a, k), at(b, k))))
    return t.conj(sets.same(th, a.domain, b.domain), values)


def of_pairs(th: Theory, keys: v.Seq, values: v.Seq, type_: ir.DictType) -> DictV:
    """The dict of as many keys as values, of which the last for a key counts."""
    array, lo, hi = keys_of(th, keys)
    arrays = seqs.as_array(th, values)
    j = th.eigen()
    leaves = leaves_of(th, seqs.at(th, arrays, tidy(t.sub(j, lo))), type_.value)
    cells = tuple(_last(th, array, lo, hi, seqs.tabulate(th, leaf, j)) for leaf in leaves)
    return DictV(sets.members(array, lo, hi), cells, type_)


LAST = Function("last", (sets.INTS, INT, INT, INT), INT)


def _last(th: Theory, array: Term, lo: Term, hi: Term, values: Term) -> Term:
    """An array that holds, at each item of a segment, the value that stands at its last place."""

    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        items, low, high, given = terms
        k = th.eigen()
        last = t.apply(LAST, items, low, high, k)
        domain = sets.members(items, low, high)
        here = t.eq(t.select(name, k), t.select(given, last))
        return [bind("forall", [k], t.implies(t.select(domain, k), here))]

    return th.define("by-key", values.sort, [array, lo, hi, values], facts)


def axioms(function: Function) -> tuple[Term, ...]:
    """What is known of the last place of an item in a segment; none for other symbols."""
    if function != LAST:
        return ()
    array, lo, hi = t.var("A!", sets.INTS), t.var("lo!", INT), t.var("hi!", INT)
    k, j = t.var("k!", INT), t.var("j!", INT)
    domain = sets.members(array, lo, hi)
    last = t.apply(LAST, array, lo, hi, k)
    found = t.conj(t.le(lo, last), t.lt(last, hi), t.eq(t.select(array, last), k))
    item = t.select(array, j)
    later = t.conj(t.lt(last, j), t.lt(j, hi))
    return (
        t.forall([array, lo, hi, k], t.implies(t.select(domain, k), found), [[last]]),
        t.forall(
            [array, lo, hi, k, j],
            t.implies(t.conj(t.select(domain, k), later), t.ne(item, k)),
            [[last, item]],
        ),
    )
