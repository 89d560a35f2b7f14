"""Where the text begins and ends that `strip`, `lstrip` and `rstrip` leave.

Without an argument CPython takes off what `str.isspace` is true of, of all of Unicode.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import INT, Term
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import bind, tidy
from verify_agent.verifier.theory.values import Seq

ZERO, ONE = t.integer(0), t.integer(1)
#: The code points of whitespace, as ranges with both ends in them.
WHITESPACE = (
    (0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A),
    (0x2028, 0x2029), (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
)  # fmt: skip


def stripped(th: Theory, seq: Seq, chars: Sequence[Term] | None, *, left: bool, right: bool) -> Seq:
    """The text without the characters at its ends that are among some code points.

    Without such a list, without whitespace.
    """
    if chars is not None and not chars:
        return seq
    arrays = seqs.plain(th, seq)
    array, start, end = arrays.cells[0], ZERO, arrays.length
    if left:
        start = _end_of_run(th, "first-kept", array, start, end, chars)
    if right:
        end = _end_of_run(th, "last-kept", array, start, end, chars)
    return seqs.slice_(th, arrays, start, tidy(t.sub(end, start)), 1)


def _end_of_run(
    th: Theory, kind: str, array: Term, lo: Term, hi: Term, chars: Sequence[Term] | None
) -> Term:
    """The first position that is kept, or that behind the last one."""
    name = f"{kind}-blank" if chars is None else kind
    facts = _facts_of_first if kind == "first-kept" else _facts_of_last

    def made(place: Term, terms: Sequence[Term]) -> list[Term]:
        cells, low, high, *some = terms
        among = _is_whitespace if chars is None else _one_of(some)
        return facts(th, place, cells, low, high, among)

    return th.define(name, INT, [array, lo, hi, *(chars or ())], made)


Among = Callable[[Term], Term]


def _facts_of_first(
    th: Theory, place: Term, cells: Term, lo: Term, hi: Term, among: Among
) -> list[Term]:
    j = th.eigen()
    here = t.conj(t.le(lo, j), t.lt(j, place))
    gone = bind("forall", [j], t.implies(here, among(t.select(cells, j))))
    kept = t.implies(t.lt(place, hi), t.negate(among(t.select(cells, place))))
    return _where_ordered(lo, hi, [t.le(lo, place), t.le(place, hi), gone, kept])


def _facts_of_last(
    th: Theory, place: Term, cells: Term, lo: Term, hi: Term, among: Among
) -> list[Term]:
    j = th.eigen()
    here = t.conj(t.le(place, j), t.lt(j, hi))
    gone = bind("forall", [j], t.implies(here, among(t.select(cells, j))))
    last = t.select(cells, tidy(t.sub(place, ONE)))
    kept = t.implies(t.lt(lo, place), t.negate(among(last)))
    return _where_ordered(lo, hi, [t.le(lo, place), t.le(place, hi), gone, kept])


def _where_ordered(lo: Term, hi: Term, facts: Sequence[Term]) -> list[Term]:
    return [t.implies(t.le(lo, hi), fact) for fact in facts]


def _is_whitespace(code: Term) -> Term:
    return t.disj(
        *(t.conj(t.le(t.integer(a), code), t.le(code, t.integer(b))) for a, b in WHITESPACE)
    )


def _one_of(chars: Sequence[Term]) -> Among:
    return lambda code: t.disj(*(t.eq(code, c) for c in chars))
