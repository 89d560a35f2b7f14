"""Values as terms: the way back from a model."""

from __future__ import annotations

from fractions import Fraction

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.reals import real
from verify_agent.verifier.smt.terms import Sort, Term
from verify_agent.verifier.smt.values import ArrayValue, Value


def literal(value: Value, sort: Sort) -> Term:
    """The term that denotes a value of a sort.

    Raises TypeError if the value is of another sort, or an element of an uninterpreted one
    (which has no name outside its model).

    >>> literal(ArrayValue(0, ((1, 5),)), t.array_sort(t.INT, t.INT))
    (store (constarray 0) 1 5)
    """
    match value:
        case bool() if sort == t.BOOL:
            return t.boolean(value)
        case int() if sort == t.INT and not isinstance(value, bool):
            return t.integer(value)
        case Fraction() if sort == t.REAL:
            return real(value)
        case float() if sort == t.F64:
            return t.double(value)
        case ArrayValue() if sort.name == "Array":
            index, element = sort.args
            term = t.constarray(sort, literal(value.default, element))
            for place, item in value.entries:
                term = t.store(term, literal(place, index), literal(item, element))
            return term
        case _:
            raise TypeError(f"no literal of {sort} for {value!r}")
