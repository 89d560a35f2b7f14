"""Z3's models as Python values."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from fractions import Fraction

import z3
from z3 import z3core as c

from verify_agent.verifier.smt.query import Model
from verify_agent.verifier.smt.terms import Function, Term
from verify_agent.verifier.smt.to_z3 import Translator
from verify_agent.verifier.smt.values import ArrayValue, Element, FunctionTable, Value

_DEEPEST = 8  # an array of arrays of ...; also stops a model that is defined through itself


class Unreadable(Exception):
    """A model value that has no finite form here (a lambda, an algebraic number)."""


def read_model(
    translate: Translator,
    model: z3.ModelRef,
    variables: Iterable[Term],
    functions: Iterable[Function],
) -> Model:
    """The model's values of some variables and functions; what it leaves open is completed."""
    values: dict[str, Value] = {}
    tables: dict[str, FunctionTable] = {}
    missing: list[str] = []
    for variable in variables:
        try:
            values[str(variable.payload)] = _value(model, _eval(model, translate(variable)))
        except Unreadable:
            missing.append(str(variable.payload))
    for function in functions:
        try:
            tables[function.name] = _table(model, translate.function(function), 0)
        except Unreadable:
            missing.append(function.name)
    return Model(values, tables, tuple(missing))


def _eval(model: z3.ModelRef, term: z3.ExprRef) -> z3.ExprRef:
    return z3.ModelRef.eval(model, term, model_completion=True)


def _table(model: z3.ModelRef, decl: z3.FuncDeclRef, depth: int) -> FunctionTable:
    found = model[decl] if decl.arity() else None
    if found is None:
        domain = [z3.Const(f"any!{i}", decl.domain(i)) for i in range(decl.arity())]
        return FunctionTable(_value(model, _eval(model, decl(*domain)), depth + 1))
    if not isinstance(found, z3.FuncInterp):
        raise Unreadable(str(decl))
    entries = []
    for i in range(found.num_entries()):
        entry = found.entry(i)
        places = (entry.arg_value(j) for j in range(entry.num_args()))
        key = tuple(_value(model, place, depth + 1) for place in places)
        entries.append((key, _value(model, entry.value(), depth + 1)))
    return FunctionTable(_value(model, found.else_value(), depth + 1), tuple(entries))


def _value(model: z3.ModelRef, term: z3.ExprRef | None, depth: int = 0) -> Value:
    if term is None or depth > _DEEPEST:
        raise Unreadable(str(term))
    if z3.is_true(term) or z3.is_false(term):
        return bool(z3.is_true(term))
    if z3.is_int_value(term):
        return int(term.as_string())
    if z3.is_rational_value(term):
        return Fraction(term.as_string())
    if z3.is_fp_value(term):
        return _double(term)
    if z3.is_array(term):
        return _map(model, term, depth)
    if term.sort_kind() == z3.Z3_UNINTERPRETED_SORT and z3.is_const(term):
        return Element(str(term.sort()), str(term))
    raise Unreadable(str(term))


def _double(term: z3.FPNumRef) -> float:
    if term.isNaN():
        return math.nan
    context = term.ctx
    bits = z3.ExprRef(c.Z3_mk_fpa_to_ieee_bv(context.ref(), term.ast), context)
    value: float = struct.unpack("<d", struct.pack("<Q", z3.simplify(bits).as_long()))[0]
    return value


def _map(model: z3.ModelRef, term: z3.ExprRef, depth: int) -> ArrayValue:
    stores: list[tuple[z3.ExprRef, z3.ExprRef]] = []
    while z3.is_store(term):
        stores.append((term.arg(1), term.arg(2)))
        term = term.arg(0)
    if z3.is_K(term):
        made = ArrayValue(_value(model, term.arg(0), depth + 1))
    elif z3.is_as_array(term):
        table = _table(model, z3.get_as_array_func(term), depth + 1)
        made = ArrayValue(table.default)
        for key, value in reversed(table.entries):
            made = made.set(key[0], value)
    else:
        raise Unreadable(str(term))
    for index, element in reversed(stores):
        made = made.set(_value(model, index, depth + 1), _value(model, element, depth + 1))
    return made
