"""Walks over terms: free variables, symbols, substitution, canonical quantifiers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Binder, Term
from verify_agent.verifier.smt.walk import substitute

#: No name of a program begins so.
EIGEN = "!i"


def subterms(roots: Iterable[Term]) -> Iterator[Term]:
    """Every subterm once, bodies of quantifiers included."""
    seen: set[Term] = set()
    stack = list(roots)
    while stack:
        term = stack.pop()
        if term in seen:
            continue
        seen.add(term)
        yield term
        stack.extend(term.args)


@lru_cache(maxsize=200_000)
def free_variables(term: Term) -> frozenset[Term]:
    """The variables of a term that no quantifier in it binds."""
    if term.op == "var":
        return frozenset((term,))
    found: frozenset[Term] = frozenset().union(*map(free_variables, term.args))
    if isinstance(term.payload, Binder):
        return found - frozenset(term.payload.variables)
    return found


def eigenvariables(term: Term) -> list[Term]:
    """The free constants that stand for a variable to be bound, in a fixed order."""
    found = (v for v in free_variables(term) if str(v.payload).startswith(EIGEN))
    return sorted(found, key=lambda v: int(str(v.payload)[len(EIGEN) :]))


@lru_cache(maxsize=200_000)
def height(term: Term) -> int:
    """How deep quantifiers are nested in a term."""
    return max(map(height, term.args), default=0) + isinstance(term.payload, Binder)


def bind(op: str, eigen: Sequence[Term], body: Term) -> Term:
    """`forall` or `exists` over eigenvariables; equal statements become one term.

    Bound variables are named after the height of the quantifier, so that neither the name of
    the constant that stood for them nor the order of evaluation can be seen.
    """
    level = height(body)
    bound = [t.var(f"k!{level}!{n}", v.sort) for n, v in enumerate(eigen)]
    inner = substitute(body, dict(zip(eigen, bound, strict=True)))
    return t.forall(bound, inner) if op == "forall" else t.exists(bound, inner)


def linear(term: Term) -> tuple[dict[Term, int], int]:
    """Coefficients of the non-arithmetic parts of an integer term, and its constant."""
    parts: dict[Term, int] = {}
    constant = _collect(term, 1, parts)
    return {k: c for k, c in parts.items() if c}, constant


def _collect(term: Term, factor: int, parts: dict[Term, int]) -> int:
    if term.op == "const" and isinstance(term.payload, int):
        return factor * term.payload
    if term.op == "+":
        return sum(_collect(a, factor, parts) for a in term.args)
    if term.op == "neg":
        return _collect(term.args[0], -factor, parts)
    if term.op == "*":
        for one, other in (term.args, term.args[::-1]):
            if one.op == "const" and isinstance(one.payload, int):
                return _collect(other, factor * one.payload, parts)
    parts[term] = parts.get(term, 0) + factor
    return 0


def from_linear(parts: Mapping[Term, int], constant: int) -> Term:
    """The integer term with those coefficients."""
    return t.add(*(t.mul(t.integer(c), p) for p, c in parts.items()), t.integer(constant))


def tidy(term: Term) -> Term:
    """An integer term with like parts gathered; constants folded.

    >>> x = t.var("x", t.INT)
    >>> tidy(t.sub(t.add(x, t.integer(1)), x))
    1
    """
    if term.op not in ("+", "neg", "*"):
        return term
    return from_linear(*linear(term))
