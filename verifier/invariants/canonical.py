"""A key that is the same for formulas that say the same in plainly different words.

Bound variables have no names, `a < b` is `b > a`, comparisons of ints are compared by the
polynomial of their difference.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from math import gcd
from typing import Any

from verify_agent.verifier.evidence import Span
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir

_MIRRORED = {">": "<", ">=": "<="}
_COMMUTATIVE = ("==", "!=")
#: Of the monomials, each a sorted tuple of keys of atoms, the coefficients that are not 0.
Polynomial = dict[tuple[Any, ...], int]
ALWAYS, NEVER = ("always",), ("never",)


def canonical(expr: n.Expr) -> object:
    """The key; `ALWAYS` and `NEVER` for comparisons of ints that nothing can change.

    >>> from verify_agent.verifier.invariants import rewrite as r
    >>> i, j = r.name("i"), r.name("j")
    >>> canonical(r.compare("<", i, j)) == canonical(r.compare(">=", r.sub(j, r.integer(1)), i))
    True
    >>> canonical(r.compare("<=", i, r.plus(i, 1)))
    ('always',)
    """
    return _key(expr, {})


def _key(root: Any, names: dict[str, str]) -> Any:
    match root:
        case tuple():
            return tuple(_key(x, names) for x in root)
        case n.Var(name=name):
            return ("var", names.get(name, name))
        case n.Const(value=value):
            return ("const", type(value).__name__, value)
        case n.Compare(op=op) if op in _MIRRORED:
            return _compared(_MIRRORED[op], root.right, root.left, names)
        case n.Compare(op=op, left=left, right=right):
            return _compared(op, left, right, names)
        case n.Binary(op="+" | "-" | "*") if root.type == ir.INT:
            parts = _polynomial(root, names)
            return ("polynomial", *sorted(parts.items(), key=repr))
        case n.Builtin(name="all", args=(n.Comprehension() as inner,)):
            made = _comprehension(inner, names)
            return ALWAYS if made[-1] == ALWAYS else ("all", made)
        case n.Comprehension():
            return _comprehension(root, names)
        case ir.IntType() | ir.BoolType() | Span():
            return None
        case _ if is_dataclass(root) and not isinstance(root, ir.Type):
            keys = [f.name for f in fields(root) if f.name not in ("type", "span")]
            return (type(root).__name__, *(_key(getattr(root, k), names) for k in keys))
        case _:
            return root


def _compared(op: str, left: n.Expr, right: n.Expr, names: dict[str, str]) -> Any:
    if op in ("<", "<=", "==", "!=") and left.type == ir.INT and right.type == ir.INT:
        return _difference(op, left, right, names)
    sides = [_key(left, names), _key(right, names)]
    if sides[0] == sides[1] and op in ("==", "!=", "<", "<="):
        return ALWAYS if op in ("==", "<=") else NEVER
    if op in _COMMUTATIVE:
        sides.sort(key=repr)
    return ("compare", op, *sides)


def _difference(op: str, left: n.Expr, right: n.Expr, names: dict[str, str]) -> Any:
    parts = _added(_polynomial(right, names), _polynomial(left, names), -1)
    if op == "<":
        op, parts = "<=", _added(parts, {(): 1}, -1)
    constant = parts.pop((), 0)
    if not parts:
        holds = {"<=": constant >= 0, "==": constant == 0, "!=": constant != 0}[op]
        return ALWAYS if holds else NEVER
    common = gcd(*parts.values())
    if op == "<=":
        constant //= common
    elif constant % common:
        return NEVER if op == "==" else ALWAYS
    else:
        ordered = sorted(parts.items(), key=repr)
        common = -common if ordered[0][1] < 0 else common
        constant //= common
    rows = sorted(((m, c // common) for m, c in parts.items()), key=repr)
    return ("compare ints", op, constant, *rows)


def _polynomial(expr: n.Expr, names: dict[str, str]) -> Polynomial:
    match expr:
        case n.Const(value=int(value)) if not isinstance(value, bool):
            return {(): value} if value else {}
        case n.Unary(op="-", operand=operand):
            return _added({}, _polynomial(operand, names), -1)
        case n.Binary(op="+", left=left, right=right):
            return _added(_polynomial(left, names), _polynomial(right, names), 1)
        case n.Binary(op="-", left=left, right=right):
            return _added(_polynomial(left, names), _polynomial(right, names), -1)
        case n.Binary(op="*", left=left, right=right):
            return _multiplied(_polynomial(left, names), _polynomial(right, names))
        case n.Binary(op="%", left=left) if not _polynomial(left, names):
            return {}
        case _:
            return {(_key(expr, names),): 1}


def _added(a: Polynomial, b: Polynomial, factor: int) -> Polynomial:
    made = dict(a)
    for monomial, coefficient in b.items():
        made[monomial] = made.get(monomial, 0) + factor * coefficient
    return {m: c for m, c in made.items() if c}


def _multiplied(a: Polynomial, b: Polynomial) -> Polynomial:
    made: Polynomial = {}
    for x, c in a.items():
        for y, d in b.items():
            both = tuple(sorted((*x, *y), key=repr))
            made[both] = made.get(both, 0) + c * d
    return {m: c for m, c in made.items() if c}


def _comprehension(root: n.Comprehension, names: dict[str, str]) -> tuple[Any, ...]:
    inner = dict(names)
    parts: list[object] = []
    for generator in root.generators:
        domain = _key(generator.iterable, inner)
        _bind(generator.target, inner)
        parts.append((domain, _key(generator.conditions, inner)))
    return ("comprehension", root.kind, tuple(parts), _key(root.element, inner))


def _bind(target: n.Target, names: dict[str, str]) -> None:
    match target:
        case n.NameTarget(name):
            names[name] = f"bound {len(names)}"
        case n.TupleTarget(items):
            for item in items:
                _bind(item, names)
        case _:
            raise TypeError(f"a comprehension binds names, not {target}")
