"""Python's floats in terms: IEEE doubles, rounded to nearest, ties to even.

Constants are folded by CPython's own arithmetic. Every rewriting gives the same double for all
operands, NaN, infinities and the sign of zero included; NaN is one value, as no operation that
is modelled tells one from another. Python compares an int with a float by their exact values,
so an int meets a float here only where it is known, or where the float is.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import doubles as fp
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.values import Value

NUMBERS = (ir.INT, ir.BOOL, ir.FLOAT)
ZERO = t.double(0.0)


def value(term: Term) -> float | None:
    """The value of a double constant."""
    return term.payload if term.op == "const" and isinstance(term.payload, float) else None


# -- arithmetic --------------------------------------------------------------------------------


def _folded(plain: Callable[[float, float], float], a: Term, b: Term) -> Term | None:
    x, y = value(a), value(b)
    return None if x is None or y is None else t.double(plain(x, y))


def add(a: Term, b: Term) -> Term:
    """`a + b`; the order of the operands makes no difference, so that it is fixed."""
    known = _folded(operator.add, a, b)
    if known is not None:
        return known
    for one, other in ((a, b), (b, a)):
        if _is(other, -0.0):
            return one
    return fp.add(*_in_order(a, b))


def sub(a: Term, b: Term) -> Term:
    """`a - b`."""
    known = _folded(operator.sub, a, b)
    if known is not None:
        return known
    return a if _is(b, 0.0) else fp.sub(a, b)


def mul(a: Term, b: Term) -> Term:
    """`a * b`, its operands in a fixed order too."""
    known = _folded(operator.mul, a, b)
    if known is not None:
        return known
    for one, other in ((a, b), (b, a)):
        if _is(other, 1.0):
            return one
        if _is(other, -1.0):
            return neg(one)
    return fp.mul(*_in_order(a, b))


def div(a: Term, b: Term) -> Term:
    """`a / b` for b that is no zero; by a power of two as the product with its reciprocal."""
    divisor = value(b)
    if divisor is None or divisor == 0.0:
        return fp.div(a, b)
    dividend = value(a)
    if dividend is not None:
        return t.double(dividend / divisor)
    if abs(math.frexp(divisor)[0]) == 0.5:
        scale = 1.0 / divisor
        if math.isfinite(scale):
            return mul(a, t.double(scale))
    return fp.div(a, b)


def neg(a: Term) -> Term:
    """`-a`."""
    known = value(a)
    if known is not None:
        return t.double(-known)
    return a.args[0] if a.op == "fp.neg" else fp.neg(a)


def absolute(a: Term) -> Term:
    """`abs(a)`."""
    known = value(a)
    return fp.absolute(a) if known is None else t.double(abs(known))


def sqrt(a: Term) -> Term:
    """`math.sqrt(a)` for a that is not below zero."""
    known = value(a)
    return fp.sqrt(a) if known is None or known < 0 else t.double(math.sqrt(known))


def _is(term: Term, wanted: float) -> bool:
    known = value(term)
    return known == wanted and math.copysign(1.0, known) == math.copysign(1.0, wanted)


def _in_order(a: Term, b: Term) -> tuple[Term, Term]:
    return (b, a) if repr(b) < repr(a) else (a, b)


# -- comparison --------------------------------------------------------------------------------


def lt(a: Term, b: Term) -> Term:
    """`a < b`: false if either is NaN."""
    return _compared(operator.lt, fp.lt, a, b)


def le(a: Term, b: Term) -> Term:
    """`a <= b`: false if either is NaN."""
    return _compared(operator.le, fp.le, a, b)


def eq(a: Term, b: Term) -> Term:
    """`a == b`: NaN differs from itself, and the zeros are equal."""
    return _compared(operator.eq, fp.ieee_eq, a, b)


def _compared(
    plain: Callable[[float, float], bool], make: Callable[[Term, Term], Term], a: Term, b: Term
) -> Term:
    x, y = value(a), value(b)
    if x is not None and y is not None:
        return t.boolean(plain(x, y))
    if any(z is not None and math.isnan(z) for z in (x, y)):
        return t.FALSE
    return make(a, b)


def is_nan(a: Term) -> Term:
    """`math.isnan(a)`."""
    known = value(a)
    return fp.is_nan(a) if known is None else t.boolean(math.isnan(known))


def is_infinite(a: Term) -> Term:
    """`math.isinf(a)`."""
    known = value(a)
    return fp.is_infinite(a) if known is None else t.boolean(math.isinf(known))


def is_finite(a: Term) -> Term:
    """`math.isfinite(a)`."""
    return t.negate(t.disj(is_nan(a), is_infinite(a)))


def truth(a: Term) -> Term:
    """`bool(a)`: NaN is true."""
    return t.negate(eq(a, ZERO))


# -- where numbers of several types meet -------------------------------------------------------


def is_number(number: Value) -> bool:
    """Whether it is an int, bool or float, or one of these by cases."""
    if isinstance(number, v.UnionV):
        return all(m in NUMBERS for m in number.members)
    return isinstance(number, v.IntV | v.BoolV | v.FloatV)


def may_be_float(number: Value) -> bool:
    """Whether a number is a float in some case."""
    if isinstance(number, v.UnionV):
        return ir.FLOAT in number.members
    return isinstance(number, v.FloatV)


def exactly(number: Value) -> Term:
    """The double that equals a number. `Unsupported` for an int of which that is not known."""
    match number:
        case v.FloatV(term):
            return term
        case v.BoolV(term):
            return t.ite(term, t.double(1.0), ZERO)
        case v.IntV(term):
            return _exact_int(term)
        case v.UnionV(tag, members, payloads) if all(m in NUMBERS for m in members):
            made = exactly(payloads[-1])
            for k in range(len(payloads) - 2, -1, -1):
                made = t.ite(t.eq(tag, t.integer(k)), exactly(payloads[k]), made)
            return made
        case _:
            raise Unsupported(f"a {v.show_type(v.type_of(number))} where a float is wanted")


def _exact_int(term: Term) -> Term:
    if term.op == "ite":
        return t.ite(term.args[0], _exact_int(term.args[1]), _exact_int(term.args[2]))
    if term.op != "const" or not isinstance(term.payload, int):
        raise Unsupported("an int that is not a literal together with a float")
    made = _nearest(term.payload)
    if made != term.payload:
        raise Unsupported("an int that no float equals together with a float")
    return t.double(made)


def _nearest(number: int) -> float:
    try:
        return float(number)
    except OverflowError:
        return math.inf


Relation = Callable[[Value, Value], Term]


def _by_cases(relation: Relation, a: Value, b: Value) -> Term:
    if isinstance(a, v.UnionV):
        cases = (
            t.conj(t.eq(a.tag, t.integer(k)), _by_cases(relation, payload, b))
            for k, payload in enumerate(a.payloads)
        )
        return t.disj(*cases)
    if isinstance(b, v.UnionV):
        return _by_cases(lambda y, x: relation(x, y), b, a)
    return relation(a, b)


def less(a: Value, b: Value) -> Term:
    """`a < b` for numbers."""
    return _by_cases(_less, a, b)


def at_most(a: Value, b: Value) -> Term:
    """`a <= b` for numbers."""
    return _by_cases(_at_most, a, b)


def equal(a: Value, b: Value) -> Term:
    """`a == b` for numbers."""
    return _by_cases(_equal, a, b)


def _less(a: Value, b: Value) -> Term:
    match a, b:
        case v.FloatV(), v.FloatV():
            return lt(a.term, b.term)
        case v.IntV(term), v.FloatV(bound) if (known := value(bound)) is not None:
            return _below(term, known, strict=True)
        case v.FloatV(bound), v.IntV(term) if (known := value(bound)) is not None:
            return _above(term, known, strict=True)
        case (v.FloatV(), _) | (_, v.FloatV()):
            return lt(exactly(a), exactly(b))
        case _:
            return t.lt(whole(a), whole(b))


def _at_most(a: Value, b: Value) -> Term:
    match a, b:
        case v.FloatV(), v.FloatV():
            return le(a.term, b.term)
        case v.IntV(term), v.FloatV(bound) if (known := value(bound)) is not None:
            return _below(term, known, strict=False)
        case v.FloatV(bound), v.IntV(term) if (known := value(bound)) is not None:
            return _above(term, known, strict=False)
        case (v.FloatV(), _) | (_, v.FloatV()):
            return le(exactly(a), exactly(b))
        case _:
            return t.le(whole(a), whole(b))


def _equal(a: Value, b: Value) -> Term:
    match a, b:
        case v.FloatV(), v.FloatV():
            return eq(a.term, b.term)
        case (v.IntV(term), v.FloatV(other)) | (v.FloatV(other), v.IntV(term)) if (
            known := value(other)
        ) is not None:
            return t.eq(term, t.integer(int(known))) if known.is_integer() else t.FALSE
        case (v.FloatV(), _) | (_, v.FloatV()):
            return eq(exactly(a), exactly(b))
        case _:
            return t.eq(whole(a), whole(b))


def whole(number: Value) -> Term:
    """An int or bool as an int."""
    match number:
        case v.IntV(term):
            return term
        case v.BoolV(term):
            return t.ite(term, t.integer(1), t.integer(0))
        case _:
            raise Unsupported(f"a {v.show_type(v.type_of(number))} where an int is wanted")


def _below(number: Term, bound: float, *, strict: bool) -> Term:
    """An int before a known float, by the integers on either side of the float."""
    if not math.isfinite(bound):
        return t.boolean(bound == math.inf)
    if strict:
        return t.lt(number, t.integer(math.ceil(bound)))
    return t.le(number, t.integer(math.floor(bound)))


def _above(number: Term, bound: float, *, strict: bool) -> Term:
    if not math.isfinite(bound):
        return t.boolean(bound == -math.inf)
    if strict:
        return t.lt(t.integer(math.floor(bound)), number)
    return t.le(t.integer(math.ceil(bound)), number)


# -- containers --------------------------------------------------------------------------------


def mentions(type_: ir.Type) -> bool:
    """Whether values of a type may hold floats."""
    match type_:
        case ir.FloatType():
            return True
        case ir.ListType(item) | ir.VariadicTupleType(item) | ir.SetType(item, _):
            return mentions(item)
        case ir.DictType(key, held):
            return mentions(key) or mentions(held)
        case ir.TupleType(items) | ir.UnionType(items):
            return any(map(mentions, items))
        case ir.ClassType(_, fields):
            return any(mentions(held) for _, held in fields)
        case _:
            return False


def may_hold_nan(held: Value | v.Seq) -> bool:
    """Whether NaN may be in a value, as far as can be told without a solver.

    Containers take one object for equal to itself before they compare, so that with NaN on both
    sides equality depends on identities, which are not modelled.
    """
    match held:
        case v.FloatV(term):
            known = value(term)
            return known is None or math.isnan(known)
        case v.TupleV(items) | v.ItemsSeq(_, items):
            return any(map(may_hold_nan, items))
        case v.Record(fields):
            return any(may_hold_nan(x) for _, x in fields)
        case v.ListV(seq, _):
            return may_hold_nan(seq)
        case v.ArraySeq(item):
            return mentions(item)
        case _:
            return mentions(v.type_of(held))


def check_identity(a: Value | v.Seq, b: Value | v.Seq) -> None:
    """Refuse to compare what containers hold where NaN may be on both sides."""
    if may_hold_nan(a) and may_hold_nan(b):
        raise Unsupported("equality of items that may be NaN (it depends on their identities)")


def check_declared(declared: ir.Type, given: Value) -> None:
    """Refuse a value that is no float (or holds one that is not) where a float is declared."""
    if mentions(declared) and not within(v.type_of(given), declared):
        shown = v.show_type(v.type_of(given)), v.show_type(declared)
        raise Unsupported(f"a {shown[0]} where {shown[1]} is declared")


def within(type_: ir.Type, declared: ir.Type) -> bool:
    """Whether every value of a type is one of the declared type, int and float kept apart."""
    if type_ == declared:
        return True
    if isinstance(type_, ir.UnionType):
        return all(within(m, declared) for m in type_.members)
    if isinstance(declared, ir.UnionType):
        return any(within(type_, m) for m in declared.members)
    match type_, declared:
        case ir.ListType(a), ir.ListType(b):
            return a == ir.UnionType(()) or a == b
        case ir.TupleType(xs), ir.TupleType(ys):
            return len(xs) == len(ys) and all(map(within, xs, ys))
        case ir.TupleType(xs), ir.VariadicTupleType(y):
            return all(within(x, y) for x in xs)
        case ir.BoolType(), ir.IntType():
            return True
        case _:
            return False
