"""Facts about rounded arithmetic, with which most claims about bounds need no circuit.

Rounding to nearest is monotone and keeps what is representable (IEEE 754-2008, section 4.3), so
a bound on the exact result that is a double is a bound on the rounded one. Each operation in a
query is replaced by an unknown of which only such facts are known: what is valid then is valid.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.smt.walk import rebuild
from verify_agent.verifier.theory import floats
from verify_agent.verifier.theory.rewrite import height, subterms

ROUNDED = frozenset(("fp.add", "fp.sub", "fp.mul", "fp.div", "fp.sqrt"))
ZERO, ONE = t.double(0.0), t.double(1.0)
MOST_NODES = 12
MOST_CONSTANTS = 6


@dataclass(frozen=True)
class Node:
    """An unknown `value` that stands for `op` of `args`; a difference is a sum."""

    op: str
    value: Term
    args: tuple[Term, ...]


def abstracted(formulas: Sequence[Term]) -> tuple[list[Term], list[Term]] | None:
    """The formulas with unknowns for rounded results, and the facts about these.

    None where nothing is rounded, where a quantifier is in the way, or where there is too much.
    """
    if any(map(height, formulas)):
        return None
    parts = list(subterms(formulas))
    count = sum(part.op in ROUNDED for part in parts)
    if not 0 < count <= MOST_NODES:
        return None
    made: dict[Term, Term] = {}
    nodes: list[Node] = []
    plain = [_without_rounding(f, made, nodes) for f in formulas]
    known = _constants(parts)
    facts = [fact for node in nodes for fact in facts_of(node, known)]
    facts += [f for a, b in combinations(nodes, 2) if a.op == b.op for f in monotone(a, b)]
    facts += [f for a, b in product(nodes, repeat=2) for f in midpoint(a, b)]
    return plain, [fact for fact in facts if fact is not t.TRUE]


def _without_rounding(root: Term, made: dict[Term, Term], nodes: list[Node]) -> Term:
    stack = [root]
    while stack:
        term = stack[-1]
        if term in made:
            stack.pop()
            continue
        open_args = [a for a in term.args if a not in made]
        if open_args:
            stack += open_args
            continue
        stack.pop()
        args = [made[a] for a in term.args]
        if term.op in ROUNDED:
            unknown = t.var(f"rounded!{len(nodes)}", t.F64)
            nodes.append(_node(term.op, unknown, args))
            made[term] = unknown
        else:
            made[term] = rebuild(term, args) if args else term
    return made[root]


def _node(op: str, unknown: Term, args: Sequence[Term]) -> Node:
    if op == "fp.sub":
        return Node("fp.add", unknown, (args[0], floats.neg(args[1])))
    return Node(op, unknown, tuple(args))


def _constants(parts: Sequence[Term]) -> list[float]:
    """Magnitudes of the finite constants that occur, the greatest last."""
    found = {abs(x) for part in parts if (x := floats.value(part)) is not None}
    return sorted(x for x in found if math.isfinite(x))[-MOST_CONSTANTS:]


# -- one operation -----------------------------------------------------------------------------


def facts_of(node: Node, known: Sequence[float]) -> Iterator[Term]:
    """What holds of one rounded result; `known` are magnitudes to compare with."""
    match node.op:
        case "fp.add":
            yield from _sum(node.value, *node.args)
            yield from _sum_within(node, known)
        case "fp.mul":
            yield from _product(node.value, *node.args)
            yield from _product_within(node, known)
        case "fp.div":
            yield from _quotient(node.value, *node.args)
            yield from _quotient_within(node, known)
        case "fp.sqrt":
            yield from _root(node.value, node.args[0])
        case _:
            raise ValueError(f"no rounded operation: {node.op}")


def _number(*terms: Term) -> Term:
    return t.conj(*(t.negate(floats.is_nan(x)) for x in terms))


def _same(a: Term, b: Term) -> Term:
    return t.eq(a, b)


def _sum(v: Term, a: Term, b: Term) -> Iterator[Term]:
    """A sum of doubles is zero only where it is exactly zero."""
    opposite = t.conj(floats.is_infinite(a), floats.is_infinite(b), t.negate(floats.eq(a, b)))
    yield _same(floats.is_nan(v), t.disj(floats.is_nan(a), floats.is_nan(b), opposite))
    there = _number(v)
    for x, y in ((a, b), (b, a)):
        yield t.implies(t.conj(there, floats.le(ZERO, x)), floats.le(y, v))
        yield t.implies(t.conj(there, floats.le(x, ZERO)), floats.le(v, y))
    yield t.implies(there, _same(floats.lt(ZERO, v), floats.lt(floats.neg(b), a)))
    yield t.implies(there, _same(floats.lt(v, ZERO), floats.lt(a, floats.neg(b))))


def _sum_within(node: Node, known: Sequence[float]) -> Iterator[Term]:
    (a, b), v = node.args, node.value
    signed = sorted({s * x for x in known for s in (1.0, -1.0)})
    for x, y in product(signed, repeat=2):
        bound = t.double(x + y)
        low, high = t.double(x), t.double(y)
        yield t.implies(t.conj(floats.le(a, low), floats.le(b, high)), floats.le(v, bound))
        yield t.implies(t.conj(floats.le(low, a), floats.le(high, b)), floats.le(bound, v))


def _signs(v: Term, a: Term, b: Term) -> Iterator[Term]:
    """The sign of a product, or of a quotient by what is no zero."""
    up, down = floats.le(ZERO, a), floats.le(a, ZERO)
    positive, negative = floats.lt(ZERO, b), floats.lt(b, ZERO)
    there = _number(v)
    above, below = floats.le(ZERO, v), floats.le(v, ZERO)
    yield t.implies(t.conj(there, t.disj(t.conj(up, positive), t.conj(down, negative))), above)
    yield t.implies(t.conj(there, t.disj(t.conj(up, negative), t.conj(down, positive))), below)


def _product(v: Term, a: Term, b: Term) -> Iterator[Term]:
    undefined = t.disj(
        t.conj(floats.is_infinite(a), floats.eq(b, ZERO)),
        t.conj(floats.is_infinite(b), floats.eq(a, ZERO)),
    )
    yield _same(floats.is_nan(v), t.disj(floats.is_nan(a), floats.is_nan(b), undefined))
    yield from _signs(v, a, b)
    there = _number(v)
    for x, y in ((a, b), (b, a)):
        yield t.implies(t.conj(there, floats.eq(x, ZERO)), floats.eq(v, ZERO))
        yield t.implies(t.conj(there, _small(y, ONE)), _small(v, x))
        yield t.implies(t.conj(there, _small(ONE, y)), _small(x, v))


def _small(a: Term, b: Term) -> Term:
    """|a| <= |b|."""
    return floats.le(floats.absolute(a), floats.absolute(b))


def _product_within(node: Node, known: Sequence[float]) -> Iterator[Term]:
    (a, b), v = node.args, node.value
    for x, y in product(known, repeat=2):
        low, high, bound = t.double(x), t.double(y), t.double(x * y)
        yield t.implies(t.conj(_number(v), _small(a, low), _small(b, high)), _small(v, bound))
        yield t.implies(t.conj(_number(v), _small(low, a), _small(high, b)), _small(bound, v))


def _quotient(v: Term, a: Term, b: Term) -> Iterator[Term]:
    undefined = t.disj(
        t.conj(floats.is_infinite(a), floats.is_infinite(b)),
        t.conj(floats.eq(a, ZERO), floats.eq(b, ZERO)),
    )
    yield _same(floats.is_nan(v), t.disj(floats.is_nan(a), floats.is_nan(b), undefined))
    yield from _signs(v, a, b)
    there = _number(v)
    yield t.implies(t.conj(there, _small(ONE, b)), _small(v, a))
    yield t.implies(t.conj(there, _small(b, ONE)), _small(a, v))
    yield t.implies(t.conj(there, _small(a, b)), _small(v, ONE))
    yield t.implies(t.conj(there, _small(b, a)), _small(ONE, v))


def _quotient_within(node: Node, known: Sequence[float]) -> Iterator[Term]:
    (a, b), v = node.args, node.value
    for x, y in product(known, repeat=2):
        if y == 0.0:
            continue
        low, high, bound = t.double(x), t.double(y), t.double(x / y)
        yield t.implies(t.conj(_number(v), _small(a, low), _small(high, b)), _small(v, bound))
        yield t.implies(t.conj(_number(v), _small(low, a), _small(b, high)), _small(bound, v))


def _root(v: Term, a: Term) -> Iterator[Term]:
    yield _same(floats.is_nan(v), t.disj(floats.is_nan(a), floats.lt(a, ZERO)))
    there = _number(v)
    yield t.implies(
        there, t.conj(floats.le(ZERO, v), _same(floats.eq(v, ZERO), floats.eq(a, ZERO)))
    )
    yield t.implies(floats.le(ONE, a), t.conj(floats.le(ONE, v), floats.le(v, a)))
    yield t.implies(t.conj(there, floats.le(a, ONE)), t.conj(floats.le(a, v), floats.le(v, ONE)))


# -- two operations ----------------------------------------------------------------------------


def monotone(one: Node, other: Node) -> Iterator[Term]:
    """Results in the order of what they are made of."""
    for p, q in ((one, other), (other, one)):
        there = _number(p.value, q.value)
        match p.op:
            case "fp.sqrt":
                yield t.implies(
                    t.conj(there, floats.le(p.args[0], q.args[0])), floats.le(p.value, q.value)
                )
            case "fp.add":
                for c, d in (q.args, q.args[::-1]):
                    below = t.conj(there, floats.le(p.args[0], c), floats.le(p.args[1], d))
                    yield t.implies(below, floats.le(p.value, q.value))
            case "fp.mul":
                for c, d in (q.args, q.args[::-1]):
                    within = t.conj(there, _small(p.args[0], c), _small(p.args[1], d))
                    yield t.implies(within, _small(p.value, q.value))
                    yield from _scaled(p.args, (c, d), p.value, q.value)
                    yield from _scaled(p.args[::-1], (d, c), p.value, q.value)
            case "fp.div":
                within = t.conj(there, _small(p.args[0], q.args[0]), _small(q.args[1], p.args[1]))
                yield t.implies(within, _small(p.value, q.value))
                yield from _scaled(p.args, q.args, p.value, q.value)
            case _:
                raise ValueError(f"no rounded operation: {p.op}")


def _scaled(first: tuple[Term, ...], second: tuple[Term, ...], v: Term, w: Term) -> Iterator[Term]:
    """By one positive number the order is kept, by one negative number turned round."""
    (a, c), (b, d) = first, second
    same = t.conj(_number(v, w), floats.eq(c, d), floats.le(a, b))
    yield t.implies(t.conj(same, floats.lt(ZERO, c)), floats.le(v, w))
    yield t.implies(t.conj(same, floats.lt(c, ZERO)), floats.le(w, v))


def midpoint(total: Node, half: Node) -> Iterator[Term]:
    """(a + b) * 0.5 lies between a and b, if the sum does not overflow.

    For a <= b the finite sum is at least 2a and at most 2b as far as these are finite, and else
    its half is in between by its size.
    """
    if total.op != "fp.add" or half.op != "fp.mul" or total.value not in half.args:
        return
    if not any(floats.value(x) == 0.5 for x in half.args):
        return
    a, b = total.args
    finite = t.conj(_number(total.value), t.negate(floats.is_infinite(total.value)))
    for low, high in ((a, b), (b, a)):
        inside = t.conj(floats.le(low, half.value), floats.le(half.value, high))
        yield t.implies(t.conj(finite, floats.le(low, high)), inside)
