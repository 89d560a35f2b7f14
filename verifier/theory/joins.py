"""`separator.join(texts)`: the code points of the texts in a row, the separator between them.

One array serves every number of texts: each is followed by the separator in it, and the text of
n of them ends before the n-th separator. Text j begins at the sum of the lengths before it and j
times the separator's length.
"""

from __future__ import annotations

from collections.abc import Sequence

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import INT, Binder, Function, Term
from verify_agent.verifier.theory import folds
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import eigenvariables, subterms, tidy
from verify_agent.verifier.theory.values import ArraySeq, ItemsSeq, Seq

ZERO, ONE = t.integer(0), t.integer(1)
INTS = t.array_sort(INT, INT)
TEXTS = t.array_sort(INT, INTS)
#: A length before a place that is negative, if there is one: of a list of texts there is none.
NEGATIVE = Function("negative-length", (INTS, INT), INT)
#: A length before a place that is not 1, if there is one.
NOT_ONE = Function("length-not-one", (INTS, INT), INT)
#: The text in which a position stands, of a row of texts with a separator of some length.
ORIGIN = Function("text-at", (INTS, INT, INT), INT)


def join(th: Theory, separator: Seq, texts: Seq) -> Seq:
    """`separator.join(texts)`."""
    if isinstance(texts, ItemsSeq):
        return _written_out(th, separator, texts)
    parts = seqs.plain(th, texts)
    lengths, rows = parts.cells
    count = plain_bound(th, parts.length)
    if constant_item(th, lengths) is ONE and seqs.constant(separator.length) == 0:
        j = th.eigen()
        return ArraySeq(ir.INT, count, (seqs.tabulate(th, t.select(t.select(rows, j), ZERO), j),))
    between = seqs.plain(th, separator)
    terms = [lengths, rows, between.cells[0], between.length]
    if any(eigenvariables(x) for x in terms):
        raise Unsupported("str.join of texts that hang on a bound variable")
    row = th.define("row", INTS, terms, _facts)
    whole = tidy(t.add(_start(lengths, between.length, count), t.neg(between.length)))
    return ArraySeq(ir.INT, t.ite(t.lt(ZERO, count), whole, ZERO), (row,))


def _written_out(th: Theory, separator: Seq, texts: ItemsSeq) -> Seq:
    made: Seq = seqs.empty(ir.INT)
    for number, text in enumerate(texts.items):
        if not isinstance(text, v.StrV):
            raise Unsupported("str.join of what is no text")
        if number:
            made = seqs.concatenate(th, made, separator)
        made = seqs.concatenate(th, made, text.seq)
    return made


def constant_item(th: Theory, array: Term) -> Term | None:
    """The item that an array holds everywhere, where it is defined so."""
    definition = th.definition_of(array)
    if definition is None or len(definition.facts) != 1 or definition.facts[0].op != "forall":
        return None
    fact = definition.facts[0]
    body = fact.args[0]
    reads = [x for x in body.args if x.op == "select" and x.args[0] is definition.name]
    if body.op != "=" or not reads or reads[0].args[1] not in bound_in(fact):
        return None
    return next((x for x in body.args if x.op == "const"), None)


def bound_in(fact: Term) -> tuple[Term, ...]:
    """The variables that a quantified fact is about."""
    return fact.payload.variables if isinstance(fact.payload, Binder) else ()


def plain_bound(th: Theory, bound: Term) -> Term:
    """A bound under a name of its own where it is chosen: solvers match no conditional terms."""
    if not any(x.op == "ite" for x in subterms([bound])):
        return bound
    return th.define("bound", INT, [bound], lambda name, terms: [t.eq(name, terms[0])])


def _start(lengths: Term, gap: Term, place: Term) -> Term:
    """Where the text at a place begins."""
    return t.add(folds.sum_of(lengths, ZERO, place), t.mul(gap, place))


def _sized(lengths: Term, gap: Term, place: Term) -> Term:
    """No length before the place is negative, nor is that of the separator."""
    bad = t.apply(NEGATIVE, lengths, place)
    found = t.conj(t.le(ZERO, bad), t.lt(bad, place), t.lt(t.select(lengths, bad), ZERO))
    return t.conj(t.le(ZERO, gap), t.negate(found))


def _facts(name: Term, terms: Sequence[Term]) -> list[Term]:
    return [
        _texts_in_place(name, *terms),
        _separators_in_place(name, *terms),
        _nothing_else(name, *terms),
        _of_characters(terms[0]),
    ]


def _texts_in_place(name: Term, lengths: Term, rows: Term, _: Term, gap: Term) -> Term:
    j, p = t.var("j!", INT), t.var("p!", INT)
    code = t.select(t.select(rows, j), p)
    inside = t.conj(t.le(ZERO, j), t.le(ZERO, p), t.lt(p, t.select(lengths, j)))
    here = t.select(name, t.add(_start(lengths, gap, j), p))
    body = t.implies(t.conj(inside, _sized(lengths, gap, t.add(j, ONE))), t.eq(here, code))
    return t.forall([j, p], body, [[code]])


def _separators_in_place(name: Term, lengths: Term, _: Term, between: Term, gap: Term) -> Term:
    j, p = t.var("j!", INT), t.var("p!", INT)
    code, along = t.select(between, p), folds.sum_of(lengths, ZERO, j)
    inside = t.conj(t.lt(ZERO, j), t.le(ZERO, p), t.lt(p, gap), _sized(lengths, gap, j))
    here = t.select(name, t.add(t.sub(_start(lengths, gap, j), gap), p))
    return t.forall([j, p], t.implies(inside, t.eq(here, code)), [[along, code]])


def _nothing_else(name: Term, lengths: Term, rows: Term, between: Term, gap: Term) -> Term:
    x, count = t.var("x!", INT), t.var("n!", INT)
    along = folds.sum_of(lengths, ZERO, count)
    here = t.select(name, x)
    inside = t.conj(
        t.le(ZERO, x), t.lt(x, _start(lengths, gap, count)), _sized(lengths, gap, count)
    )
    at = t.apply(ORIGIN, lengths, gap, x)
    begin = _start(lengths, gap, at)
    behind = t.add(begin, t.select(lengths, at))
    place = t.sub(x, begin)
    code = t.ite(
        t.lt(x, behind), t.select(t.select(rows, at), place), t.select(between, t.sub(x, behind))
    )
    found = t.conj(
        t.le(ZERO, at), t.lt(at, count), t.le(begin, x), t.lt(x, t.add(behind, gap)),
        t.eq(here, code),
    )  # fmt: skip
    return t.forall([x, count], t.implies(inside, found), [[here, along]])


def _of_characters(lengths: Term) -> Term:
    """Where all texts have length 1, they begin at their number."""
    count = t.var("n!", INT)
    along = folds.sum_of(lengths, ZERO, count)
    odd = t.apply(NOT_ONE, lengths, count)
    other = t.conj(t.le(ZERO, odd), t.lt(odd, count), t.ne(t.select(lengths, odd), ONE))
    body = t.implies(t.le(ZERO, count), t.disj(t.eq(along, count), other))
    return t.forall([count], body, [[along]])
