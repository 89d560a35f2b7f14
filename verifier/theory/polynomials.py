"""Integer terms as polynomials over their non-arithmetic parts, expanded."""

from __future__ import annotations

from collections.abc import Mapping

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Binder, Term
from verify_agent.verifier.smt.walk import rebuild

Monomial = tuple[Term, ...]
MOST_TERMS = 60


def polynomial(term: Term) -> dict[Monomial, int]:
    """Coefficients by monomial; the empty monomial is the constant."""
    if term.op == "const" and isinstance(term.payload, int):
        return {(): term.payload} if term.payload else {}
    if term.op == "+":
        total: dict[Monomial, int] = {}
        for arg in term.args:
            _add(total, polynomial(arg), 1)
        return total
    if term.op == "neg":
        return {m: -c for m, c in polynomial(term.args[0]).items()}
    if term.op == "*":
        a, b = map(polynomial, term.args)
        if len(a) * len(b) <= MOST_TERMS:
            return _product(a, b)
    return {(term,): 1}


def _add(total: dict[Monomial, int], more: Mapping[Monomial, int], factor: int) -> None:
    for monomial, coefficient in more.items():
        total[monomial] = total.get(monomial, 0) + factor * coefficient
        if not total[monomial]:
            del total[monomial]


def _product(a: Mapping[Monomial, int], b: Mapping[Monomial, int]) -> dict[Monomial, int]:
    total: dict[Monomial, int] = {}
    for x, c in a.items():
        for y, d in b.items():
            _add(total, {tuple(sorted((*x, *y), key=repr)): c * d}, 1)
    return total


def term_of(parts: Mapping[Monomial, int]) -> Term:
    """The term of a polynomial."""
    made = []
    for monomial, coefficient in sorted(parts.items(), key=lambda p: repr(p[0])):
        product = t.integer(coefficient)
        whole: Term | None = None
        for factor in monomial:
            whole = factor if whole is None else t.mul(whole, factor)
        made.append(product if whole is None else t.mul(product, whole))
    return t.add(*made)


def expanded(term: Term) -> Term:
    """The term with products multiplied out and plain divisions by constants carried out."""
    if isinstance(term.payload, Binder) or not term.args:
        return term
    term = rebuild(term, [expanded(a) for a in term.args])
    if term.op in ("div", "mod") and term.args[1].op == "const":
        return _divided(term)
    if term.op in ("<=", "<", "=") and term.args[0].sort == t.INT:
        return _compared(term)
    return term_of(polynomial(term)) if term.op in ("+", "*", "neg") else term


def _divided(term: Term) -> Term:
    """(d * p + r) div d is p, and the remainder r, for a constant 0 <= r < d."""
    divisor = term.args[1].payload
    assert isinstance(divisor, int)
    if divisor <= 0:
        return term
    parts = polynomial(term.args[0])
    if any(c % divisor for m, c in parts.items() if m):
        return term
    rest = parts.get((), 0) % divisor
    if term.op == "mod":
        return t.integer(rest)
    return term_of({m: c // divisor for m, c in parts.items() if c // divisor})


def _compared(term: Term) -> Term:
    """A comparison with all on one side, where that makes it plain."""
    difference = polynomial(term.args[0])
    _add(difference, polynomial(term.args[1]), -1)
    if any(difference):
        return term
    constant = difference.get((), 0)
    match term.op:
        case "=":
            return t.boolean(constant == 0)
        case "<":
            return t.boolean(constant < 0)
        case _:
            return t.boolean(constant <= 0)
