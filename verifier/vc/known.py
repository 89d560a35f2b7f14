"""What is plainly known on a path about the sign of a number, without a solver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory.rewrite import linear, subterms

Form = frozenset[tuple[Term, int]]
MOST = 80


def known_nonnegative(term: Term, path: Iterable[Term]) -> bool:
    """Whether term >= 0 by at most two of the path's inequalities.

    >>> k, n = t.var("k", t.INT), t.var("n", t.INT)
    >>> known_nonnegative(t.sub(t.sub(n, k), t.integer(1)), [t.lt(k, n)])
    True
    """
    parts, constant = linear(term)
    wanted: Form = frozenset(parts.items())
    if not wanted:
        return constant >= 0
    known: dict[Form, int] = {}
    for form, rest in _inequalities(path, term):
        known[form] = min(known.get(form, rest), rest)
    if wanted in known and known[wanted] <= constant:
        return True
    for form, rest in known.items():
        missing = dict(parts)
        for part, factor in form:
            missing[part] = missing.get(part, 0) - factor
        other = frozenset((p, c) for p, c in missing.items() if c)
        least = known.get(other, 0 if not other else None)
        if least is not None and rest + least <= constant:
            return True
    return False


def _inequalities(path: Iterable[Term], term: Term) -> Iterator[tuple[Form, int]]:
    """Forms F and constants c with F + c >= 0 known."""
    atoms = [a for entry in path for a in (entry.args if entry.op == "and" else (entry,))]
    for atom in atoms[-MOST:]:
        negated = atom.op == "not"
        inner = atom.args[0] if negated else atom
        if inner.op == "=" and not negated and inner.args[0].sort == t.INT:
            yield _difference(inner.args[0], inner.args[1], 0)
            yield _difference(inner.args[1], inner.args[0], 0)
        if inner.op not in ("<", "<="):
            continue
        a, b = inner.args[::-1] if negated else inner.args
        yield _difference(b, a, 1 if (inner.op == "<") != negated else 0)
    for part in subterms([term, *atoms[-MOST:]]):
        if part.op == "div" and part.args[1].op == "const":
            divisor = part.args[1].payload
            if isinstance(divisor, int) and divisor > 1:
                yield _difference(part.args[0], t.mul(part.args[1], part), 0)
        if part.op == "mod":
            yield _difference(part, t.integer(0), 0)


def _difference(b: Term, a: Term, strict: int) -> tuple[Form, int]:
    parts, constant = linear(t.sub(b, a))
    return frozenset(parts.items()), constant - strict
