"""The decimal text of an int, as `str` gives it.

A text is a length with an array of code points; what is known of both is said here and tested
against CPython: the sign, that all else are digits and the first is no zero, the only digit of a
small number, the last digit of any. The number that a text was made of is remembered by its
array, so that `int(str(n))` is n.
"""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import bind

#: CPython refuses to write numbers of more than 4,300 digits, and so to write this limit were it
#: that number; smaller numbers than it refuses have no model here.
MOST_DIGITS = 1000
ZERO, ONE, TEN = t.integer(0), t.integer(1), t.integer(10)
NULL, NINE, MINUS = t.integer(48), t.integer(57), t.integer(45)


def text_of(th: Theory, number: Term) -> v.StrV:
    """`str(number)`."""
    length = th.define("numeral_length", t.INT, [number], _length_facts)
    array = t.array_sort(t.INT, t.INT)
    cells = th.define("numeral", array, [number, length], cell_facts)
    th.numerals[cells] = (number, length)
    return v.StrV(v.ArraySeq(ir.INT, length, (cells,)))


def number_in(th: Theory, text: v.StrV) -> Term | None:
    """The number whose decimal text it is, where it was made of one."""
    seq = text.seq
    if not isinstance(seq, v.ArraySeq) or seq.offset is not ZERO or seq.stride != 1:
        return None
    known = th.numerals.get(seq.cells[0])
    return known[0] if known is not None and known[1] == seq.length else None


def writable(number: Term) -> Term:
    """Whether the number is one that CPython writes, and that has a model here."""
    limit = 10**MOST_DIGITS
    return t.conj(t.lt(t.integer(-limit), number), t.lt(number, t.integer(limit)))


def _length_facts(length: Term, terms: Sequence[Term]) -> list[Term]:
    return length_facts(length, terms[0])


def length_facts(length: Term, number: Term) -> list[Term]:
    """What is known of the length of a number's text."""
    one = t.conj(t.le(ZERO, number), t.lt(number, TEN))
    return [
        t.le(ONE, length),
        t.eq(one, t.eq(length, ONE)),
        t.implies(t.conj(t.lt(t.integer(-10), number), t.lt(number, ZERO)), _is(length, 2)),
        t.implies(t.conj(t.le(TEN, number), t.lt(number, t.integer(100))), _is(length, 2)),
        t.implies(t.le(number, t.integer(-10)), t.le(t.integer(3), length)),
        t.implies(t.le(t.integer(100), number), t.le(t.integer(3), length)),
    ]


def _is(term: Term, value: int) -> Term:
    return t.eq(term, t.integer(value))


def cell_facts(cells: Term, terms: Sequence[Term]) -> list[Term]:
    """What is known of the code points of a number's text, up to its length."""
    number, length = terms
    j = t.var("e!numeral", t.INT)
    first, here = t.select(cells, ZERO), t.select(cells, j)
    digit = t.conj(t.le(NULL, here), t.le(here, NINE))
    inside = t.conj(t.le(ZERO, j), t.lt(j, length))
    negative = t.lt(number, ZERO)
    start = t.ite(negative, ONE, ZERO)
    leading = t.select(cells, start)
    last = t.select(cells, t.sub(length, ONE))
    return [
        t.implies(negative, t.eq(first, MINUS)),
        bind("forall", [j], t.implies(t.conj(inside, t.le(start, j)), digit)),
        t.implies(t.ne(number, ZERO), t.lt(NULL, leading)),
        t.implies(t.negate(negative), t.eq(last, t.add(NULL, t.mod(number, TEN)))),
    ]
