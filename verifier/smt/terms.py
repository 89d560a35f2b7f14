"""A small term language: immutable, shared, without any solver behind it.

Terms are built by the functions below, which simplify only what is plain (constants, units,
double negation). Equal terms are one object, so identity is equality and hashing is cheap.
Division and modulo are SMT-LIB's (Euclidean for a positive divisor): Python's meaning is made
of them in `theory/ints.py`, never here.
"""

from __future__ import annotations

import math
import struct
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Sort:
    """`Bool`, `Int`, `Real`, `F64` (IEEE double), `Array` of (index, element), or uninterpreted."""

    name: str
    args: tuple[Sort, ...] = ()

    def __str__(self) -> str:
        return f"({self.name} {' '.join(map(str, self.args))})" if self.args else self.name


BOOL = Sort("Bool")
INT = Sort("Int")
REAL = Sort("Real")
F64 = Sort("F64")


def array_sort(index: Sort, element: Sort) -> Sort:
    """The sort of total maps from `index` to `element`."""
    return Sort("Array", (index, element))


@dataclass(frozen=True)
class Function:
    """An uninterpreted function symbol."""

    name: str
    domain: tuple[Sort, ...]
    range: Sort


class Term:
    """A node: operator, arguments, sort, and a payload (a constant, a name, bound variables).

    Operators: `const` (payload bool, int or float), `var` (name), `app` (Function), `not and or
    implies ite = distinct`, `+ - * neg div mod <= <`, `select store constarray`, `forall exists`
    (payload `Binder`), `fp.*` for doubles, `real.*` for reals.
    """

    __slots__ = ("__weakref__", "args", "op", "payload", "sort")
    op: str
    args: tuple[Term, ...]
    sort: Sort
    payload: object

    _table: ClassVar[weakref.WeakValueDictionary[tuple[object, ...], Term]] = (
        weakref.WeakValueDictionary()
    )

    def __new__(
        cls, op: str, args: Sequence[Term] = (), sort: Sort = BOOL, payload: object = None
    ) -> Term:
        arguments = tuple(args)
        key = (op, tuple(map(id, arguments)), sort, type(payload), _hashable(payload))
        known = cls._table.get(key)
        if known is not None:
            return known
        term = object.__new__(cls)
        term.op, term.args, term.sort, term.payload = op, arguments, sort, payload
        cls._table[key] = term
        return term

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        # Flat, because pickle's own recursion would stop at a few hundred levels.
        from verify_agent.verifier.smt.walk import pack, unpack_one

        return unpack_one, (pack((self,)),)

    def __repr__(self) -> str:
        return self._text(12)

    def _text(self, levels: int) -> str:
        if self.op in ("const", "var"):
            return str(self.payload)
        if levels == 0:
            return "..."
        head = self.payload.name if isinstance(self.payload, Function) else self.op
        if isinstance(self.payload, Binder):
            names = " ".join(str(v.payload) for v in self.payload.variables)
            head = f"{self.op} ({names})"
        return f"({' '.join([head, *(a._text(levels - 1) for a in self.args)])})"


@dataclass(frozen=True, eq=False)
class Binder:
    """Bound variables (`var` terms) and triggers of a quantifier; compared by identity of parts."""

    variables: tuple[Term, ...]
    triggers: tuple[tuple[Term, ...], ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two binders the same."""
        return (
            tuple(map(id, self.variables)),
            tuple(tuple(map(id, trigger)) for trigger in self.triggers),
        )


def _hashable(payload: object) -> object:
    if isinstance(payload, Binder):
        return payload.key
    if isinstance(payload, float):
        return struct.pack("<d", payload)
    return payload


# -- leaves ------------------------------------------------------------------------------------

TRUE = Term("const", (), BOOL, True)
FALSE = Term("const", (), BOOL, False)


def integer(value: int) -> Term:
    """An integer constant (a bool is taken as the integer it equals)."""
    return Term("const", (), INT, int(value))


def boolean(value: bool) -> Term:
    """A truth value."""
    return TRUE if value else FALSE


def double(value: float) -> Term:
    """An IEEE double constant; infinities and the sign of zero are kept, all NaNs are one."""
    return Term("const", (), F64, math.nan if math.isnan(value) else float(value))


def var(name: str, sort: Sort) -> Term:
    """A free or bound variable; the caller keeps names apart."""
    return Term("var", (), sort, name)


def apply(function: Function, *args: Term) -> Term:
    """An uninterpreted function at some arguments."""
    if tuple(a.sort for a in args) != function.domain:
        raise TypeError(f"{function.name} takes {function.domain}, not {[a.sort for a in args]}")
    return Term("app", args, function.range, function)


# -- logic -------------------------------------------------------------------------------------


def negate(a: Term) -> Term:
    """Logical negation."""
    if a is TRUE or a is FALSE:
        return boolean(a is FALSE)
    return a.args[0] if a.op == "not" else Term("not", (a,))


def conj(*terms: Term | Iterable[Term]) -> Term:
    """Conjunction; flat, without repetition; `TRUE` for none."""
    parts = _flat("and", terms)
    if FALSE in parts or any(negate(p) in parts for p in parts if p.op == "not"):
        return FALSE
    kept = [p for p in parts if p is not TRUE]
    return TRUE if not kept else kept[0] if len(kept) == 1 else Term("and", kept)


def disj(*terms: Term | Iterable[Term]) -> Term:
    """Disjunction; flat, without repetition; `FALSE` for none."""
    parts = _flat("or", terms)
    if TRUE in parts or any(negate(p) in parts for p in parts if p.op == "not"):
        return TRUE
    kept = [p for p in parts if p is not FALSE]
    return FALSE if not kept else kept[0] if len(kept) == 1 else Term("or", kept)


def _flat(op: str, terms: Iterable[Term | Iterable[Term]]) -> dict[Term, None]:
    parts: dict[Term, None] = {}
    for term in terms:
        if not isinstance(term, Term):
            parts.update(_flat(op, term))
        elif term.op == op:
            parts.update(dict.fromkeys(term.args))
        else:
            parts[term] = None
    return parts


def implies(a: Term, b: Term) -> Term:
    """Implication."""
    if a is TRUE:
        return b
    if a is FALSE or b is TRUE or a is b:
        return TRUE
    return negate(a) if b is FALSE else Term("implies", (a, b))


def ite(condition: Term, then: Term, otherwise: Term) -> Term:
    """A conditional term; both branches have one sort."""
    if then.sort != otherwise.sort:
        raise TypeError(f"branches of different sorts: {then.sort}, {otherwise.sort}")
    if condition is TRUE or then is otherwise:
        return then
    if condition is FALSE:
        return otherwise
    if then is TRUE and otherwise is FALSE:
        return condition
    if then is FALSE and otherwise is TRUE:
        return negate(condition)
    return Term("ite", (condition, then, otherwise), then.sort)


def eq(a: Term, b: Term) -> Term:
    """Equality of two terms of one sort (for doubles: same bits up to NaN, not IEEE equality)."""
    if a.sort != b.sort:
        raise TypeError(f"equality of different sorts: {a.sort}, {b.sort}")
    if a is b:
        return TRUE
    if a.op == b.op == "const":
        # By payload and not by identity: two threads may have made one constant twice.
        return boolean(_hashable(a.payload) == _hashable(b.payload))
    for one, other in ((a, b), (b, a)):
        if one is TRUE:
            return other
        if one is FALSE:
            return negate(other)
    return Term("=", (a, b))


def ne(a: Term, b: Term) -> Term:
    """Inequality."""
    return negate(eq(a, b))


def distinct(*terms: Term) -> Term:
    """Pairwise inequality of terms of one sort; `TRUE` for fewer than two."""
    if len({t.sort for t in terms}) > 1:
        raise TypeError(f"distinct of different sorts: {[t.sort for t in terms]}")
    if len(set(terms)) < len(terms):
        return FALSE
    if len(terms) < 2:
        return TRUE
    return ne(*terms) if len(terms) == 2 else Term("distinct", terms)


# -- integers ----------------------------------------------------------------------------------


def _value(a: Term) -> int | None:
    return a.payload if a.op == "const" and isinstance(a.payload, int) else None


def add(*terms: Term) -> Term:
    """A sum; `0` for none."""
    constant, rest = 0, []
    for term in terms:
        for part in term.args if term.op == "+" else (term,):
            value = _value(part)
            if value is None:
                rest.append(part)
            else:
                constant += value
    if constant or not rest:
        rest.append(integer(constant))
    return rest[0] if len(rest) == 1 else Term("+", rest, INT)


def neg(a: Term) -> Term:
    """Arithmetic negation."""
    value = _value(a)
    if value is not None:
        return integer(-value)
    return a.args[0] if a.op == "neg" else Term("neg", (a,), INT)


def sub(a: Term, b: Term) -> Term:
    """A difference."""
    if a is b:
        return integer(0)
    value = _value(b)
    return add(a, integer(-value)) if value is not None else add(a, neg(b))


def mul(a: Term, b: Term) -> Term:
    """A product."""
    x, y = _value(a), _value(b)
    if x is not None and y is not None:
        return integer(x * y)
    for value, other in ((x, b), (y, a)):
        if value == 0:
            return integer(0)
        if value == 1:
            return other
    return Term("*", (a, b), INT)


def div(a: Term, b: Term) -> Term:
    """SMT-LIB's `div`: for b != 0, a == b * div + mod with 0 <= mod < |b|."""
    x, y = _value(a), _value(b)
    if x is not None and y is not None and y != 0:
        return integer(x // y if y > 0 else -(x // -y))
    return a if y == 1 else Term("div", (a, b), INT)


def mod(a: Term, b: Term) -> Term:
    """SMT-LIB's `mod`: never negative for b != 0."""
    x, y = _value(a), _value(b)
    if x is not None and y is not None and y != 0:
        return integer(x % abs(y))
    return Term("mod", (a, b), INT)


def le(a: Term, b: Term) -> Term:
    """a <= b over integers."""
    x, y = _value(a), _value(b)
    if x is not None and y is not None:
        return boolean(x <= y)
    return TRUE if a is b else Term("<=", (a, b))


def lt(a: Term, b: Term) -> Term:
    """a < b over integers."""
    x, y = _value(a), _value(b)
    if x is not None and y is not None:
        return boolean(x < y)
    return FALSE if a is b else Term("<", (a, b))


def ge(a: Term, b: Term) -> Term:
    """a >= b over integers."""
    return le(b, a)


def gt(a: Term, b: Term) -> Term:
    """a > b over integers."""
    return lt(b, a)


# -- arrays ------------------------------------------------------------------------------------


def select(array: Term, index: Term) -> Term:
    """The element at an index; reads over a store at a plainly equal index are resolved."""
    if array.sort.name != "Array" or array.sort.args[0] != index.sort:
        raise TypeError(f"select at {index.sort} from {array.sort}")
    if array.op == "store" and array.args[1] is index:
        return array.args[2]
    if array.op == "constarray":
        return array.args[0]
    return Term("select", (array, index), array.sort.args[1])


def store(array: Term, index: Term, value: Term) -> Term:
    """The array with one element changed."""
    if array.sort.args != (index.sort, value.sort):
        raise TypeError(f"store of {value.sort} at {index.sort} into {array.sort}")
    return Term("store", (array, index, value), array.sort)


def constarray(sort: Sort, element: Term) -> Term:
    """The array of `sort` that holds `element` everywhere."""
    if sort.name != "Array" or sort.args[1] != element.sort:
        raise TypeError(f"constant array of {element.sort} for {sort}")
    return Term("constarray", (element,), sort)


# -- quantifiers -------------------------------------------------------------------------------


def forall(variables: Sequence[Term], body: Term, triggers: Sequence[Sequence[Term]] = ()) -> Term:
    """For all; `triggers` are alternatives, each a multi-pattern."""
    return _quantified("forall", variables, body, triggers)


def exists(variables: Sequence[Term], body: Term, triggers: Sequence[Sequence[Term]] = ()) -> Term:
    """There is."""
    return _quantified("exists", variables, body, triggers)


def _quantified(
    op: str, variables: Sequence[Term], body: Term, triggers: Sequence[Sequence[Term]]
) -> Term:
    if body is TRUE or body is FALSE or not variables:
        return body
    binder = Binder(tuple(variables), tuple(tuple(t) for t in triggers))
    return Term(op, (body,), BOOL, binder)
