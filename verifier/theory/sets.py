"""Finite sets of keys as arrays to truths, with their sizes.

`card(D)` is the number of members of a finite D. The set of the items of an array segment is
`members(A, lo, hi)`. Facts about sizes hold of finite sets only and say so: every set that a
program makes or is given is known to be finite.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import BOOL, INT, Function, Term
from verify_agent.verifier.theory.registry import Definition, Theory
from verify_agent.verifier.theory.rewrite import bind

ZERO, ONE = t.integer(0), t.integer(1)
INTS = t.array_sort(INT, INT)
SET = t.array_sort(INT, BOOL)
CARD = Function("card", (SET,), INT)
FINITE = Function("finite", (SET,), BOOL)
SOME = Function("some-member", (SET,), INT)
MISSING = Function("missing", (SET, SET), INT)
MEMBERS = Function("members", (INTS, INT, INT), SET)
PLACE = Function("place", (INTS, INT, INT, INT), INT)
TWIN, OTHER_TWIN = (Function(n, (INTS, INT, INT), INT) for n in ("twin", "other-twin"))


def card(domain: Term) -> Term:
    """The number of members."""
    return t.apply(CARD, domain)


def finite(domain: Term) -> Term:
    """Whether a set is finite."""
    return t.apply(FINITE, domain)


def members(array: Term, lo: Term, hi: Term) -> Term:
    """The items of a segment as a set."""
    return t.apply(MEMBERS, array, lo, hi)


def empty(th: Theory) -> Term:
    """The set without members."""

    def facts(name: Term, _: Sequence[Term]) -> list[Term]:
        k = th.eigen()
        return [bind("forall", [k], t.negate(t.select(name, k))), finite(name)]

    return th.define("empty", SET, [], facts)


def changed(th: Theory, domain: Term, key: Term, present: bool) -> Term:
    """The set with a key put in or taken out."""
    return store(th, domain, key, t.boolean(present))


def store(th: Theory, array: Term, index: Term, value: Term) -> Term:
    """An array with another value at one index."""

    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        old, where, new = terms
        j = th.eigen()
        same = t.eq(t.select(name, j), t.select(old, j))
        return [
            t.eq(t.select(name, where), new),
            bind("forall", [j], t.implies(t.ne(j, where), same)),
        ]

    return th.define("store", array.sort, [array, index, value], facts, update=True)


def combined(th: Theory, kind: str, a: Term, b: Term) -> Term:
    """The union, intersection, difference or symmetric difference of two sets."""
    rule = _RULES[kind]

    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        k = th.eigen()
        here = rule(t.select(terms[0], k), t.select(terms[1], k))
        return [
            bind("forall", [k], t.eq(t.select(name, k), here)),
            t.implies(t.conj(finite(terms[0]), finite(terms[1])), finite(name)),
        ]

    return th.define(kind, SET, [a, b], facts)


_RULES: dict[str, Callable[[Term, Term], Term]] = {
    "union": t.disj,
    "intersection": t.conj,
    "difference": lambda a, b: t.conj(a, t.negate(b)),
    "symmetric-difference": lambda a, b: t.negate(t.eq(a, b)),
}


def same(th: Theory, a: Term, b: Term) -> Term:
    """Whether two sets have the same members."""
    if a is b:
        return t.TRUE
    k = th.eigen()
    return bind("forall", [k], t.eq(t.select(a, k), t.select(b, k)))


def subset(th: Theory, a: Term, b: Term) -> Term:
    """Whether all members of one set are members of the other."""
    k = th.eigen()
    return bind("forall", [k], t.implies(t.select(a, k), t.select(b, k)))


def disjoint(th: Theory, a: Term, b: Term) -> Term:
    """Whether two sets share no member."""
    k = th.eigen()
    return bind("forall", [k], t.negate(t.conj(t.select(a, k), t.select(b, k))))


def enumeration(th: Theory, domain: Term) -> Term:
    """An array whose first `card` items are the members in some order: another at each call."""

    def facts(name: Term, terms: Sequence[Term]) -> list[Term]:
        (within, _) = terms
        place = Function(f"nth!{th.number()}", (INTS, INT), INT)
        j, k = th.eigen(), th.eigen()
        size = card(within)
        item = t.select(name, j)
        inside = t.conj(finite(within), t.le(ZERO, j), t.lt(j, size))
        listed = t.conj(t.select(within, item), t.eq(t.apply(place, name, item), j))
        at = t.apply(place, name, k)
        found = t.conj(t.le(ZERO, at), t.lt(at, size), t.eq(t.select(name, at), k))
        member = t.conj(finite(within), t.select(within, k))
        return [
            bind("forall", [j], t.implies(inside, listed)),
            bind("forall", [k], t.implies(member, found)),
        ]

    return th.define("order", INTS, [domain, t.integer(th.number())], facts, order=True)


# -- axioms ------------------------------------------------------------------------------------


def axioms(function: Function) -> tuple[Term, ...]:
    """What is known of a symbol of this file; none for others."""
    if function == CARD:
        return _sizes()
    if function == MEMBERS:
        return (*_membership(), *_distinct())
    return ()


def _sizes() -> tuple[Term, ...]:
    a, b, k = t.var("D!", SET), t.var("E!", SET), t.var("k!", INT)
    here, there = card(a), card(b)
    some = t.apply(SOME, a)
    gap = t.apply(MISSING, a, b)
    lacking = t.conj(t.select(a, gap), t.negate(t.select(b, gap)))
    none = t.conj(t.le(ZERO, here), t.disj(t.eq(here, ZERO), t.select(a, some)))
    single = t.implies(t.eq(here, ONE), t.eq(k, some))
    member = t.conj(finite(a), t.select(a, k))
    both = t.conj(finite(a), finite(b))
    larger = t.implies(t.conj(both, t.select(b, k), t.negate(t.select(a, k))), t.lt(here, there))
    return (
        t.forall([a], t.implies(finite(a), none), [[here]]),
        t.forall(
            [a, k], t.implies(member, t.conj(t.lt(ZERO, here), single)), [[here, t.select(a, k)]]
        ),
        t.forall([a, b], t.implies(both, t.disj(t.le(here, there), lacking)), [[here, there]]),
        t.forall(
            [a, b, k],
            t.disj(lacking, larger),
            [[here, there, t.select(b, k)]],
        ),
    )


def _segment() -> tuple[Term, Term, Term, Term]:
    array, lo, hi = t.var("A!", INTS), t.var("lo!", INT), t.var("hi!", INT)
    return array, lo, hi, members(array, lo, hi)


def _membership() -> tuple[Term, ...]:
    array, lo, hi, here = _segment()
    k, j = t.var("k!", INT), t.var("j!", INT)
    place = t.apply(PLACE, array, lo, hi, k)
    found = t.conj(t.le(lo, place), t.lt(place, hi), t.eq(t.select(array, place), k))
    item = t.select(array, j)
    inside = t.conj(t.le(lo, j), t.lt(j, hi))
    bound = [array, lo, hi]
    return (
        t.forall(bound, finite(here), [[here]]),
        t.forall([*bound, k], t.implies(t.select(here, k), found), [[t.select(here, k)]]),
        t.forall([*bound, j], t.implies(inside, t.select(here, item)), [[here, item]]),
    )


def _distinct() -> tuple[Term, ...]:
    """The size is at most the length, and just that where no two items are equal."""
    array, lo, hi, here = _segment()
    i, j = t.var("i!", INT), t.var("j!", INT)
    one, other = t.select(array, i), t.select(array, j)
    size, length = card(here), t.sub(hi, lo)
    p, q = (t.apply(f, array, lo, hi) for f in (TWIN, OTHER_TWIN))
    twins = t.conj(t.le(lo, p), t.lt(p, q), t.lt(q, hi))
    twins = t.conj(twins, t.eq(t.select(array, p), t.select(array, q)), t.lt(size, length))
    inside = t.conj(t.le(lo, i), t.lt(i, j), t.lt(j, hi), t.eq(size, length))
    bound = [array, lo, hi]
    return (
        t.forall(bound, t.implies(t.le(lo, hi), t.le(size, length)), [[size]]),
        t.forall(bound, t.disj(t.lt(hi, lo), t.eq(size, length), twins), [[size]]),
        t.forall([*bound, i, j], t.implies(inside, t.ne(one, other)), [[size, one, other]]),
    )


def lemmas(definition: Definition) -> tuple[Term, ...]:
    """The size of a set that is another with one key put in or taken out."""
    if definition.update is None or definition.name.sort != SET:
        return ()
    old, key, new = definition.update
    after, before = card(definition.name), card(old)
    change = t.sub(_one_if(new), _one_if(t.select(old, key)))
    body = t.implies(
        finite(old), t.conj(finite(definition.name), t.eq(after, t.add(before, change)))
    )
    if not definition.parameters:
        return (body,)
    return (t.forall(definition.parameters, body, [[after], [finite(definition.name)]]),)


def _one_if(condition: Term) -> Term:
    return t.ite(condition, ONE, ZERO)
