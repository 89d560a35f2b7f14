"""Keys of dicts and elements of sets as ints.

An int is itself and a bool the int that it equals, as `1 == True` and their hashes agree. A str
is the number `text(length, code points)`: strings are countable, so that some numbering is a
bijection with the ints; `text-length` and `text-cells` are its inverse.
"""

from __future__ import annotations

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import INT, Function, Term
from verify_agent.verifier.theory import sequences as seqs
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.registry import Theory
from verify_agent.verifier.theory.rewrite import bind, tidy
from verify_agent.verifier.theory.values import Seq, Value

ZERO, ONE = t.integer(0), t.integer(1)
INTS = t.array_sort(INT, INT)
TEXT = Function("text", (INT, INTS), INT)
TEXT_LENGTH = Function("text-length", (INT,), INT)
TEXT_CELLS = Function("text-cells", (INT,), INTS)
TEXT_DIFFERENCE = Function("text-difference", (INT, INTS, INTS), INT)


def kind(type_: ir.Type) -> str:
    """`number` or `text`; keys of different kinds are never equal. Others are `Unsupported`."""
    match type_:
        case ir.IntType() | ir.BoolType():
            return "number"
        case ir.StrType():
            return "text"
        case ir.UnionType(members) if members and all(x in (ir.INT, ir.BOOL) for x in members):
            return "number"
        case _:
            raise Unsupported(f"keys or elements of type {v.show_type(type_)}")


def key_of(th: Theory, value: Value) -> Term:
    """The int that stands for a value as a key."""
    match value:
        case v.IntV(term):
            return term
        case v.BoolV(term):
            return t.ite(term, ONE, ZERO)
        case v.StrV(seq):
            arrays = seqs.plain(th, seq)
            return t.apply(TEXT, arrays.length, arrays.cells[0])
        case v.UnionV(tag, members, payloads) if kind(ir.UnionType(members)) == "number":
            made = key_of(th, payloads[-1])
            for k in range(len(payloads) - 2, -1, -1):
                made = t.ite(t.eq(tag, t.integer(k)), key_of(th, payloads[k]), made)
            return made
        case _:
            raise Unsupported(f"a {v.show_type(v.type_of(value))} as a key or element")


def value_of(type_: ir.Type, key: Term) -> Value:
    """The value of a type that a key stands for."""
    match type_:
        case ir.IntType():
            return v.IntV(key)
        case ir.BoolType():
            return v.BoolV(t.eq(key, ONE))
        case ir.StrType():
            length, cells = t.apply(TEXT_LENGTH, key), t.apply(TEXT_CELLS, key)
            return v.StrV(v.ArraySeq(ir.INT, length, (cells,)))
        case _:
            raise Unsupported(f"a key or element as a {v.show_type(type_)}")


def in_type(type_: ir.Type, domain: Term, th: Theory) -> list[Term]:
    """What holds of the members of a domain because of their type."""
    if type_ == ir.BOOL:
        k = th.eigen()
        small = t.conj(t.le(ZERO, k), t.le(k, ONE))
        return [bind("forall", [k], t.implies(t.select(domain, k), small))]
    return []


def keys_of(th: Theory, seq: Seq) -> tuple[Term, Term, Term]:
    """An array with bounds lo and hi that holds the keys of a sequence's items, in order."""
    kind(seq.item)
    arrays = seqs.as_array(th, seq)
    if seq.item != ir.INT:
        j = th.eigen()
        cell = seqs.tabulate(th, key_of(th, seqs.at(th, arrays, j)), j)
        return cell, ZERO, seq.length
    if arrays.stride == -1:
        arrays = seqs.reverse(th, arrays)  # type: ignore[assignment]
    if arrays.stride != 1:
        arrays = seqs.plain(th, arrays)
    return arrays.cells[0], arrays.offset, tidy(t.add(arrays.offset, arrays.length))


# -- axioms ------------------------------------------------------------------------------------


def axioms(function: Function) -> tuple[Term, ...]:
    """What is known of a symbol of this file; none for others."""
    if function in (TEXT, TEXT_LENGTH, TEXT_CELLS):
        return _texts()
    return ()


def _texts() -> tuple[Term, ...]:
    n, m, k, j = (t.var(x, INT) for x in ("n!", "m!", "k!", "j!"))
    a, b = t.var("A!", INTS), t.var("B!", INTS)
    here, there = t.apply(TEXT, n, a), t.apply(TEXT, m, b)
    code = t.select(t.apply(TEXT_CELLS, here), j)
    inside = t.conj(t.le(ZERO, j), t.lt(j, n))
    first = t.apply(TEXT_DIFFERENCE, n, a, b)
    differ = t.conj(t.le(ZERO, first), t.lt(first, n), t.ne(t.select(a, first), t.select(b, first)))
    length, cells = t.apply(TEXT_LENGTH, k), t.apply(TEXT_CELLS, k)
    whole = t.conj(t.le(ZERO, length), t.eq(t.apply(TEXT, length, cells), k))
    return (
        t.forall([n, a], t.implies(t.le(ZERO, n), t.eq(t.apply(TEXT_LENGTH, here), n)), [[here]]),
        t.forall(
            [n, a, j],
            t.implies(inside, t.eq(code, t.select(a, j))),
            [[code], [here, t.select(a, j)]],
        ),
        t.forall([n, m, a, b], t.disj(t.eq(here, there), t.ne(n, m), differ), [[here, there]]),
        t.forall([k], whole, [[length]]),
    )
