"""Sums over the keys of a finite set: `total(D, V)` is the sum of V[k] for all k in D.

The order does not matter for ints, so that a sum over a dict or set needs none. For a D that is
not finite nothing is said but what holds of 0.
"""

from __future__ import annotations

from collections.abc import Callable

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import INT, Function, Term
from verify_agent.verifier.theory import folds, sets
from verify_agent.verifier.theory.registry import Definition

ZERO, ONE = t.integer(0), t.integer(1)
INTS = t.array_sort(INT, INT)
TOTAL = Function("total", (sets.SET, INTS), INT)
DIFFERENT = Function("total-difference", (sets.SET, INTS, sets.SET, INTS), INT)
NEGATIVE, POSITIVE, NOT_ONE = (
    Function(f"member-{kind}", (sets.SET, INTS), INT)
    for kind in ("negative", "positive", "not-one")
)
LESS, MORE = (
    Function(f"other-{kind}", (sets.SET, INTS, INT), INT) for kind in ("negative", "positive")
)


def total_of(domain: Term, values: Term) -> Term:
    """The sum of the values at the members of a set."""
    return t.apply(TOTAL, domain, values)


def axioms(function: Function) -> tuple[Term, ...]:
    """What is known of the symbol of this file; none for others."""
    if function != TOTAL:
        return ()
    return (*_signs(), *_parts(), _equal(), _of_ones())


def _variables() -> tuple[Term, Term, Term]:
    domain, values = t.var("D!", sets.SET), t.var("V!", INTS)
    return domain, values, total_of(domain, values)


def _is_negative(x: Term) -> Term:
    return t.lt(x, ZERO)


def _is_positive(x: Term) -> Term:
    return t.lt(ZERO, x)


Sign = Callable[[Term], Term]
SIGNS: tuple[tuple[Function, Function, Sign], ...] = (
    (NEGATIVE, LESS, _is_negative),
    (POSITIVE, MORE, _is_positive),
)


def _signs() -> tuple[Term, ...]:
    """A sum with a sign has a member whose value has it."""
    domain, values, here = _variables()
    made = []
    for where, _, has in SIGNS:
        key = t.apply(where, domain, values)
        inside = t.conj(t.select(domain, key), has(t.select(values, key)))
        made.append(t.forall([domain, values], t.implies(has(here), inside), [[here]]))
    return tuple(made)


def _parts() -> tuple[Term, ...]:
    """A sum is at least each of its parts (at most), unless another is negative (positive)."""
    domain, values, here = _variables()
    k = t.var("k!", INT)
    member = t.conj(sets.finite(domain), t.select(domain, k))
    made = []
    for _, where, has in SIGNS:
        other = t.apply(where, domain, values, k)
        found = t.conj(t.select(domain, other), t.ne(other, k), has(t.select(values, other)))
        beyond = has(t.sub(here, t.select(values, k)))
        body = t.implies(t.conj(member, beyond), found)
        made.append(t.forall([domain, values, k], body, [[here, t.select(domain, k)]]))
    return tuple(made)


def _equal() -> Term:
    """Sums are equal unless the sets differ, or the values of a member do."""
    domain, values, here = _variables()
    other, others = t.var("E!", sets.SET), t.var("W!", INTS)
    there = total_of(other, others)
    key = t.apply(DIFFERENT, domain, values, other, others)
    member, stays = t.select(domain, key), t.select(other, key)
    apart = t.ne(t.select(values, key), t.select(others, key))
    differ = t.disj(t.negate(t.eq(member, stays)), t.conj(member, apart))
    bound = [domain, values, other, others]
    return t.forall(bound, t.disj(t.eq(here, there), differ), [[here, there]])


def _of_ones() -> Term:
    """The sum is the number of members unless a member has another value than 1."""
    domain, values, here = _variables()
    size = sets.card(domain)
    key = t.apply(NOT_ONE, domain, values)
    other = t.conj(t.select(domain, key), t.ne(t.select(values, key), ONE))
    body = t.implies(sets.finite(domain), t.disj(t.eq(here, size), other))
    return t.forall([domain, values], body, [[here, size]])


# -- lemmas ------------------------------------------------------------------------------------


def lemmas(definition: Definition) -> tuple[Term, ...]:
    """How sums over a changed set, of changed values or in an order relate to other sums."""
    if definition.order is not None:
        return (_in_order(definition, definition.order),)
    if definition.update is None:
        return ()
    if definition.name.sort == sets.SET:
        return (_of_changed_set(definition),)
    if definition.name.sort == INTS:
        return (_of_changed_values(definition),)
    return ()


def _of_changed_set(definition: Definition) -> Term:
    assert definition.update is not None
    old, key, present = definition.update
    values = t.var("V!", INTS)
    after, before = total_of(definition.name, values), total_of(old, values)
    change = t.sub(_one_if(present), _one_if(t.select(old, key)))
    here = t.select(values, key)
    moved = t.ite(t.eq(change, ZERO), ZERO, t.ite(t.lt(ZERO, change), here, t.neg(here)))
    body = t.implies(sets.finite(old), t.eq(after, t.add(before, moved)))
    return _for_all(definition, [values], body, after, before)


def _of_changed_values(definition: Definition) -> Term:
    assert definition.update is not None
    old, key, new = definition.update
    domain = t.var("D!", sets.SET)
    after, before = total_of(domain, definition.name), total_of(domain, old)
    change = t.ite(t.select(domain, key), t.sub(new, t.select(old, key)), ZERO)
    body = t.implies(sets.finite(domain), t.eq(after, t.add(before, change)))
    return _for_all(definition, [domain], body, after, before)


def _for_all(
    definition: Definition, bound: list[Term], body: Term, after: Term, before: Term
) -> Term:
    triggers = [[after]] if definition.parameters else [[after], [before]]
    return t.forall([*definition.parameters, *bound], body, triggers)


def _in_order(definition: Definition, domain: Term) -> Term:
    """The sum of a row that holds the value of each member in an order is the sum of the set."""
    row, values, size = t.var("T!", INTS), t.var("V!", INTS), t.var("n!", INT)
    along, whole = folds.sum_of(row, ZERO, size), total_of(domain, values)
    given = (*definition.parameters, row, values, size)
    off = Function(f"off-order<{definition.symbol}>", tuple(x.sort for x in given), INT)
    place = t.apply(off, *given)
    key = t.select(definition.name, place)
    differ = t.ne(t.select(row, place), t.select(values, key))
    elsewhere = t.conj(t.le(ZERO, place), t.lt(place, size), differ)
    members = sets.card(domain)
    # No equation, of which a solver would make a trigger that hardly ever matches.
    complete = t.conj(sets.finite(domain), t.le(members, size), t.le(size, members))
    body = t.implies(complete, t.disj(t.eq(along, whole), elsewhere))
    return t.forall(given, body, [[along, whole]])


def _one_if(condition: Term) -> Term:
    return t.ite(condition, ONE, ZERO)
