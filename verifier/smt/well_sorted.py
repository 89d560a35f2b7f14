"""The sorts that each operator takes, checked before a term reaches a solver.

Solvers' bindings coerce silently (a truth value into 0 or 1, for one), so this is ours to check.
"""

from __future__ import annotations

from fractions import Fraction

from verify_agent.verifier.smt.terms import BOOL, F64, INT, REAL, Binder, Function, Sort, Term
from verify_agent.verifier.smt.walk import IllFormed, free_variables

_FIXED: dict[str, tuple[tuple[Sort, ...], Sort]] = {
    "not": ((BOOL,), BOOL),
    "implies": ((BOOL, BOOL), BOOL),
    "neg": ((INT,), INT),
    "*": ((INT, INT), INT),
    "div": ((INT, INT), INT),
    "mod": ((INT, INT), INT),
    "<=": ((INT, INT), BOOL),
    "<": ((INT, INT), BOOL),
    "fp.add": ((F64, F64), F64),
    "fp.sub": ((F64, F64), F64),
    "fp.mul": ((F64, F64), F64),
    "fp.div": ((F64, F64), F64),
    "fp.sqrt": ((F64,), F64),
    "fp.neg": ((F64,), F64),
    "fp.abs": ((F64,), F64),
    "fp.lt": ((F64, F64), BOOL),
    "fp.leq": ((F64, F64), BOOL),
    "fp.eq": ((F64, F64), BOOL),
    "fp.isNaN": ((F64,), BOOL),
    "fp.isInfinite": ((F64,), BOOL),
    "fp.from_int": ((INT,), F64),
    "real.add": ((REAL, REAL), REAL),
    "real.mul": ((REAL, REAL), REAL),
    "real.div": ((REAL, REAL), REAL),
    "real.neg": ((REAL,), REAL),
    "real.le": ((REAL, REAL), BOOL),
    "real.lt": ((REAL, REAL), BOOL),
    "real.from_int": ((INT,), REAL),
}
_ANY_NUMBER = {"and": BOOL, "or": BOOL, "+": INT}
_CONSTANTS: dict[Sort, type] = {BOOL: bool, INT: int, REAL: Fraction, F64: float}


def check_node(term: Term) -> None:
    """Raise `IllFormed` unless the operator is known and fits its arguments (not theirs)."""
    if not _fits(term, tuple(a.sort for a in term.args)):
        sorts = ", ".join(str(a.sort) for a in term.args)
        raise IllFormed(f"no meaning: `{term.op}` of ({sorts}) as {term.sort}: {term!r:.200}")


def _fits(term: Term, sorts: tuple[Sort, ...]) -> bool:
    payload = term.payload
    match term.op:
        case "const":
            return not sorts and type(payload) is _CONSTANTS.get(term.sort)
        case "var":
            return not sorts and isinstance(payload, str)
        case "app":
            return isinstance(payload, Function) and (
                (payload.domain, payload.range) == (sorts, term.sort)
            )
        case "and" | "or" | "+":
            sort = _ANY_NUMBER[term.op]
            return len(sorts) > 0 and set(sorts) == {sort} and term.sort == sort
        case "=" | "distinct":
            count = len(sorts) == 2 if term.op == "=" else len(sorts) >= 2
            return count and len(set(sorts)) == 1 and term.sort == BOOL
        case "ite":
            return len(sorts) == 3 and sorts == (BOOL, term.sort, term.sort)
        case "select":
            return len(sorts) == 2 and sorts[0] == Sort("Array", (sorts[1], term.sort))
        case "store":
            return len(sorts) == 3 and sorts[0] == term.sort == Sort("Array", sorts[1:])
        case "constarray":
            return term.sort.name == "Array" and sorts == term.sort.args[1:]
        case "forall" | "exists":
            return sorts == (BOOL,) and term.sort == BOOL and _binds(payload)
        case _:
            return _FIXED.get(term.op) == (sorts, term.sort)


def _binds(payload: object) -> bool:
    if not isinstance(payload, Binder) or not payload.variables:
        return False
    distinct = len(set(payload.variables)) == len(payload.variables)
    return distinct and all(v.op == "var" for v in payload.variables)


def check_trigger(variables: tuple[Term, ...], trigger: tuple[Term, ...]) -> None:
    """Raise `IllFormed` unless a multi-pattern mentions every variable of its quantifier."""
    if not free_variables(trigger).issuperset(variables):
        raise IllFormed(f"the trigger {trigger} leaves out some of {variables}")
