"""Terms to Z3's, in a context of the caller's (so that threads can each have one).

Built on Z3's C interface, because the comfortable Python layer coerces sorts silently and
builds floating-point terms in its global context. No recursion; each shared node once.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import z3
from z3 import z3core as c

from verify_agent.verifier.smt.terms import BOOL, F64, INT, REAL, Binder, Function, Sort, Term
from verify_agent.verifier.smt.walk import IllFormed, postorder
from verify_agent.verifier.smt.well_sorted import check_node, check_trigger

Ast = Any  # z3 has no types of its own

_UNARY: dict[str, Callable[..., Ast]] = {
    "not": c.Z3_mk_not,
    "neg": c.Z3_mk_unary_minus,
    "fp.neg": c.Z3_mk_fpa_neg,
    "fp.abs": c.Z3_mk_fpa_abs,
    "fp.isNaN": c.Z3_mk_fpa_is_nan,
    "fp.isInfinite": c.Z3_mk_fpa_is_infinite,
    "real.neg": c.Z3_mk_unary_minus,
    "real.from_int": c.Z3_mk_int2real,
}
_BINARY: dict[str, Callable[..., Ast]] = {
    "implies": c.Z3_mk_implies,
    "=": c.Z3_mk_eq,
    # Division by zero is left open by Z3 as by SMT-LIB: any value, but one for each dividend.
    "div": c.Z3_mk_div,
    "mod": c.Z3_mk_mod,
    "<": c.Z3_mk_lt,
    "<=": c.Z3_mk_le,
    "select": c.Z3_mk_select,
    "real.div": c.Z3_mk_div,
    "real.lt": c.Z3_mk_lt,
    "real.le": c.Z3_mk_le,
    "fp.lt": c.Z3_mk_fpa_lt,
    "fp.leq": c.Z3_mk_fpa_leq,
    "fp.eq": c.Z3_mk_fpa_eq,
}
_TERNARY: dict[str, Callable[..., Ast]] = {"ite": c.Z3_mk_ite, "store": c.Z3_mk_store}
_NARY: dict[str, Callable[..., Ast]] = {
    "and": c.Z3_mk_and,
    "or": c.Z3_mk_or,
    "+": c.Z3_mk_add,
    "*": c.Z3_mk_mul,
    "distinct": c.Z3_mk_distinct,
    "real.add": c.Z3_mk_add,
    "real.mul": c.Z3_mk_mul,
}
_ROUNDED: dict[str, Callable[..., Ast]] = {
    "fp.add": c.Z3_mk_fpa_add,
    "fp.sub": c.Z3_mk_fpa_sub,
    "fp.mul": c.Z3_mk_fpa_mul,
    "fp.div": c.Z3_mk_fpa_div,
    "fp.sqrt": c.Z3_mk_fpa_sqrt,
}


class Translator:
    """Translates terms into one context and remembers what it made."""

    def __init__(self, context: z3.Context | None = None) -> None:
        self.context = z3.Context() if context is None else context
        self._ref = self.context.ref()
        self._made: dict[Term, z3.ExprRef] = {}
        self._sorts: dict[Sort, z3.SortRef] = {}
        self._functions: dict[Function, z3.FuncDeclRef] = {}
        self._rne = z3.ExprRef(c.Z3_mk_fpa_rne(self._ref), self.context)

    def __call__(self, term: Term) -> z3.ExprRef:
        """The Z3 term; raises `IllFormed` for an unknown operator or sorts that don't fit."""
        made = self._made
        if term not in made:
            for node in postorder([term]):
                if node not in made:
                    made[node] = self._wrap(self._node(node))
        return made[term]

    def sort(self, sort: Sort) -> z3.SortRef:
        """The Z3 sort."""
        if sort not in self._sorts:
            # Z3 counts references: an argument's wrapper has to live as long as the call.
            parts = [self.sort(part) for part in sort.args] if sort.name == "Array" else []
            made = self._make_sort(sort, [part.ast for part in parts])
            self._sorts[sort] = z3.SortRef(made, self.context)
        return self._sorts[sort]

    def declaration(self, variable: Term) -> z3.FuncDeclRef:
        """The declaration of a free variable, to ask a model for it."""
        app = c.Z3_to_app(self._ref, self(variable).ast)
        return z3.FuncDeclRef(c.Z3_get_app_decl(self._ref, app), self.context)

    def function(self, function: Function) -> z3.FuncDeclRef:
        """The declaration of an uninterpreted function."""
        if function not in self._functions:
            domain = [self.sort(s) for s in function.domain]
            refs = (c.Sort * len(domain))(*[s.ast for s in domain])
            decl = c.Z3_mk_func_decl(
                self._ref,
                self._symbol(function.name),
                len(domain),
                refs,
                self.sort(function.range).ast,
            )
            self._functions[function] = z3.FuncDeclRef(decl, self.context)
        return self._functions[function]

    def _make_sort(self, sort: Sort, parts: list[Ast]) -> Ast:
        if sort == BOOL:
            return c.Z3_mk_bool_sort(self._ref)
        if sort == INT:
            return c.Z3_mk_int_sort(self._ref)
        if sort == REAL:
            return c.Z3_mk_real_sort(self._ref)
        if sort == F64:
            return c.Z3_mk_fpa_sort_double(self._ref)
        if sort.name == "Array":
            if len(parts) != 2:
                raise IllFormed(f"an array sort has an index and an element: {sort}")
            return c.Z3_mk_array_sort(self._ref, parts[0], parts[1])
        return c.Z3_mk_uninterpreted_sort(self._ref, self._symbol(str(sort)))

    def _symbol(self, name: str) -> Ast:
        return c.Z3_mk_string_symbol(self._ref, name)

    def _wrap(self, ast: Ast) -> z3.ExprRef:
        return z3.ExprRef(ast, self.context)

    def _array(self, terms: list[Ast]) -> Ast:
        return (c.Ast * len(terms))(*terms)

    def _node(self, term: Term) -> Ast:
        check_node(term)
        op, args = term.op, [self._made[a].ast for a in term.args]
        if op in _UNARY:
            return _UNARY[op](self._ref, args[0])
        if op in _BINARY:
            return _BINARY[op](self._ref, args[0], args[1])
        if op in _TERNARY:
            return _TERNARY[op](self._ref, args[0], args[1], args[2])
        if op in _NARY:
            return _NARY[op](self._ref, len(args), self._array(args))
        if op in _ROUNDED:
            return _ROUNDED[op](self._ref, self._rne.ast, *args)
        match op:
            case "const":
                return self._constant(term)
            case "var":
                name = self._symbol(str(term.payload))
                return c.Z3_mk_const(self._ref, name, self.sort(term.sort).ast)
            case "app" if isinstance(term.payload, Function):
                decl = self.function(term.payload)
                return c.Z3_mk_app(self._ref, decl.ast, len(args), self._array(args))
            case "constarray":
                return c.Z3_mk_const_array(self._ref, self.sort(term.sort.args[0]).ast, args[0])
            case "fp.from_int":
                return self._from_int(args[0])
            case "forall" | "exists" if isinstance(term.payload, Binder):
                return self._quantifier(term, term.payload)
            case _:
                raise IllFormed(f"Z3 has no `{op}`")

    def _constant(self, term: Term) -> Ast:
        match term.payload:
            case bool(value):
                return c.Z3_mk_true(self._ref) if value else c.Z3_mk_false(self._ref)
            case int(value):
                return c.Z3_mk_numeral(self._ref, f"{value:d}", self.sort(INT).ast)
            case float(value):
                return self._double(value)
            case Fraction() as value:
                return c.Z3_mk_numeral(self._ref, str(value), self.sort(REAL).ast)
            case other:
                raise IllFormed(f"no constant: {other!r}")

    def _double(self, value: float) -> Ast:
        sort = self.sort(F64).ast
        if value != value:
            return c.Z3_mk_fpa_nan(self._ref, sort)
        bits = struct.unpack("<Q", struct.pack("<d", value))[0]
        width = z3.SortRef(c.Z3_mk_bv_sort(self._ref, 64), self.context)
        vector = self._wrap(c.Z3_mk_numeral(self._ref, str(bits), width.ast))
        pattern = self._wrap(c.Z3_mk_fpa_to_fp_bv(self._ref, vector.ast, sort))
        return c.Z3_simplify(self._ref, pattern.ast)

    def _from_int(self, argument: Ast) -> Ast:
        real = self._wrap(c.Z3_mk_int2real(self._ref, argument))
        sort = self.sort(F64).ast
        return c.Z3_mk_fpa_to_fp_real(self._ref, self._rne.ast, real.ast, sort)

    def _quantifier(self, term: Term, binder: Binder) -> Ast:
        variables = [self(v) for v in binder.variables]
        patterns = []
        for trigger in binder.triggers:
            check_trigger(binder.variables, trigger)
            parts = self._array([self._made[p].ast for p in trigger])
            pattern = c.Z3_mk_pattern(self._ref, len(trigger), parts)
            patterns.append(z3.PatternRef(pattern, self.context))
        return c.Z3_mk_quantifier_const(
            self._ref,
            term.op == "forall",
            1,
            len(variables),
            self._array([v.ast for v in variables]),
            len(patterns),
            (c.Pattern * len(patterns))(*[p.ast for p in patterns]),
            self._made[term.args[0]].ast,
        )
