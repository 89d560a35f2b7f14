"""Triggers of universal assumptions, and the lemma that lifts neighbours to pairs.

Solvers match terms, not arithmetic: `A[k + c]` as a trigger finds almost nothing. So a universal
is restated with the variable shifted until a read is plainly `A[j]`, once for each array; reads
of one array at several distances get a variable each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Binder, Function, Term
from verify_agent.verifier.smt.walk import substitute
from verify_agent.verifier.theory.rewrite import (
    free_variables,
    from_linear,
    height,
    linear,
    subterms,
)

MOST_VERSIONS = 4
#: What solvers refuse to match on.
_NO_PATTERN = frozenset(["ite", "and", "or", "not", "implies", "=", "distinct", "<", "<="])


def with_triggers(formula: Term) -> list[Term]:
    """The formula, if it is a universal as equivalent ones with triggers, and what it lifts to."""
    if formula.op != "forall" or not isinstance(formula.payload, Binder):
        return [formula]
    if formula.payload.triggers:
        return [formula]
    variables, body = formula.payload.variables, formula.args[0]
    choice = _choice(body, variables)
    if choice is not None:
        return [
            version
            for part in _split_on(choice, variables, body)
            for version in with_triggers(part)
        ]
    if len(variables) == 1:
        made = _versions_of_one(variables[0], body)
        made += _lifted(variables[0], body)
    else:
        made = _version_of_several(variables, body)
    return made or [_by_hint(variables, body)]


def bound_in(body: Term) -> set[Term]:
    """The variables that quantifiers in a formula bind."""
    binders = (s.payload for s in subterms([body]) if isinstance(s.payload, Binder))
    return {variable for binder in binders for variable in binder.variables}


def _choice(body: Term, variables: Sequence[Term]) -> Term | None:
    """A conditional term over a bound variable inside a read or an argument."""
    inner = bound_in(body)
    for term in subterms([body]):
        if term.op not in ("select", "app"):
            continue
        for part in subterms(term.args):
            free = free_variables(part)
            chooses = part.op == "ite" and part.sort == t.INT
            if chooses and not free.isdisjoint(variables) and free.isdisjoint(inner):
                return part
    return None


def _split_on(choice: Term, variables: Sequence[Term], body: Term) -> list[Term]:
    condition, then, otherwise = choice.args
    cases = (
        t.disj(t.negate(condition), _replaced(body, {choice: then})),
        t.disj(condition, _replaced(body, {choice: otherwise})),
    )
    return [t.forall(variables, tidied(case)) for case in cases if case is not t.TRUE]


def _by_hint(variables: Sequence[Term], body: Term) -> Term:
    seen = [t.apply(Function(f"hint<{v.sort}>", (v.sort,), t.BOOL), v) for v in variables]
    return t.forall(variables, body, [seen])


def _patterns(body: Term, variables: Sequence[Term]) -> Iterator[Term]:
    """Reads and applications that hold a variable and nothing bound inside."""
    inner = bound_in(body)
    for term in subterms([body]):
        free = free_variables(term)
        if free.isdisjoint(variables) or not free.isdisjoint(inner) or height(term):
            continue
        if any(part.op in _NO_PATTERN for part in subterms(list(term.args))):
            continue
        if term.op == "select" or (term.op == "app" and "~" not in str(term.payload)):
            yield term


def _versions_of_one(k: Term, body: Term) -> list[Term]:
    groups: dict[object, list[Term]] = {}
    for term in _patterns(body, [k]):
        place = _place(term, k)
        if place is not None:
            groups.setdefault(_without(term, place), []).append(term)
    made: list[Term] = []
    for group in groups.values():
        version = _single(k, body, group[0]) if len(group) == 1 else _multiple(k, body, group)
        if version is not None and version not in made:
            made.append(version)
    return sorted(made, key=lambda f: f.payload.triggers[0][0].op != "select")[:MOST_VERSIONS]  # type: ignore[attr-defined]


def _place(term: Term, k: Term) -> int | None:
    """The argument that holds the variable, if only one does and it is k plus or minus others."""
    holding = [n for n, a in enumerate(term.args) if k in free_variables(a)]
    if len(holding) != 1:
        return None
    argument = term.args[holding[0]]
    if argument.sort != t.INT:
        return holding[0] if argument is k else None
    parts, _ = linear(argument)
    elsewhere = any(k in free_variables(p) for p in parts if p is not k)
    return holding[0] if abs(parts.get(k, 0)) == 1 and not elsewhere else None


def _without(term: Term, place: int) -> object:
    return (term.op, term.payload, place, *(a for n, a in enumerate(term.args) if n != place))


def _solved(argument: Term, k: Term, j: Term) -> Term:
    """k, where the argument is j."""
    parts, constant = linear(argument)
    sign = parts.pop(k)
    rest = from_linear({p: -c for p, c in parts.items()}, -constant)
    moved = t.add(j, rest)
    return moved if sign == 1 else t.neg(moved)


def _single(k: Term, body: Term, term: Term) -> Term | None:
    place = _place(term, k)
    if place is None:
        return None
    argument = term.args[place]
    if argument is k:
        return t.forall([k], body, [[term]])
    j = t.var("j!", t.INT)
    trigger = _with_argument(term, place, j)
    moved = substitute(body, {k: _tidy(_solved(argument, k, j))})
    return t.forall([j], _replaced(tidied(moved), {}), [[trigger]])


def _multiple(k: Term, body: Term, group: list[Term]) -> Term | None:
    """A variable for each distance; all are matched together."""
    group = sorted(group, key=lambda x: len(repr(x)))[:3]
    mapping: dict[Term, Term] = {}
    variables, triggers, ties = [], [], []
    for number, term in enumerate(group):
        place = _place(term, k)
        assert place is not None
        j = t.var(f"j!{number}", t.INT)
        fresh = _with_argument(term, place, j)
        ties.append(t.eq(j, term.args[place]))
        variables.append(j)
        triggers.append(fresh)
        mapping[term] = fresh
    first = _place(group[0], k)
    assert first is not None
    value = _tidy(_solved(group[0].args[first], k, variables[0]))
    replaced = _replaced(body, mapping)
    whole = t.disj(*(t.negate(tie) for tie in ties[1:]), replaced)
    return t.forall(variables, tidied(substitute(whole, {k: value})), [triggers])


def _with_argument(term: Term, place: int, argument: Term) -> Term:
    args = [argument if n == place else a for n, a in enumerate(term.args)]
    return Term(term.op, args, term.sort, term.payload)


def _replaced(term: Term, mapping: dict[Term, Term]) -> Term:
    """The term with some of its subterms replaced."""
    if term in mapping:
        return mapping[term]
    if not term.args:
        return term
    args = [_replaced(a, mapping) for a in term.args]
    if all(a is b for a, b in zip(term.args, args, strict=True)):
        return term
    return Term(term.op, args, term.sort, term.payload)


def _tidy(term: Term) -> Term:
    return from_linear(*linear(term))


def tidied(term: Term) -> Term:
    """The term with like parts gathered in the indices of its reads and arguments."""
    if not term.args:
        return term
    args = [tidied(a) for a in term.args]
    if term.op in ("select", "app"):
        args = [_tidy(a) if a.sort == t.INT and a.op in ("+", "neg", "*") else a for a in args]
    if all(a is b for a, b in zip(term.args, args, strict=True)):
        return term
    return Term(term.op, args, term.sort, term.payload)


def _version_of_several(variables: Sequence[Term], body: Term) -> list[Term]:
    patterns = sorted(_patterns(body, variables), key=lambda x: len(repr(x)))
    plain = [p for p in patterns if all(_matches(a, variables) for a in p.args)]
    whole = [p for p in plain if set(variables) <= free_variables(p)]
    if whole:
        return [t.forall(variables, body, [[p] for p in whole[:2]])]
    chosen: list[Term] = []
    covered: set[Term] = set()
    for pattern in plain:
        new = (free_variables(pattern) & set(variables)) - covered
        if new:
            chosen.append(pattern)
            covered |= new
    if covered == set(variables):
        return [t.forall(variables, body, [chosen])]
    return []


def _matches(argument: Term, variables: Sequence[Term]) -> bool:
    """Whether an argument of a pattern is matched without arithmetic."""
    if argument in variables or argument.op == "select":
        return True
    return free_variables(argument).isdisjoint(variables)


# -- from neighbours to pairs -------------------------------------------------------------------


def _lifted(k: Term, body: Term) -> list[Term]:
    """`A[k] <= A[k + 1]` for lo <= k < hi gives `A[p] <= A[q]` for lo <= p < q <= hi.

    By induction on q, as the relation is transitive; likewise for <, = and the reverse.
    """
    parts = list(_disjuncts(body))
    relation = [p for p in parts if p.op in ("<=", "<", "=") and _two_reads(p)]
    if len(relation) != 1:
        return []
    low: Term | None = None
    high: Term | None = None
    others: list[Term] = []
    for part in parts:
        if part is relation[0]:
            continue
        bound = _bound(part, k)
        if bound is None:
            if k in free_variables(part):
                return []
            others.append(part)
        elif bound[0] == "low" and low is None:
            low = bound[1]
        elif bound[0] == "high" and high is None:
            high = bound[1]
        else:
            return []
    if low is None or high is None:
        return []
    return _pairs(k, relation[0], low, high, others)


def _disjuncts(body: Term) -> Iterator[Term]:
    """The parts of a disjunction, implications read as such."""
    if body.op == "or":
        for part in body.args:
            yield from _disjuncts(part)
    elif body.op == "implies":
        yield from _denials(body.args[0])
        yield from _disjuncts(body.args[1])
    elif body.op == "not" and body.args[0].op == "and":
        yield from _denials(body.args[0])
    else:
        yield body


def _denials(condition: Term) -> Iterator[Term]:
    if condition.op == "and":
        for part in condition.args:
            yield from _denials(part)
    else:
        yield t.negate(condition)


def _two_reads(relation: Term) -> bool:
    a, b = relation.args
    return a.op == b.op == "select" and a.args[0] is b.args[0]


def _bound(part: Term, k: Term) -> tuple[str, Term] | None:
    """What a part of a disjunction says of k when it fails: k >= low, or k < high."""
    negated = part.op == "not"
    atom = part.args[0] if negated else part
    if atom.op not in ("<=", "<"):
        return None
    a, b = atom.args
    if negated:
        if a is k and k not in free_variables(b):
            return "high", b if atom.op == "<" else t.add(b, t.integer(1))
        if b is k and k not in free_variables(a):
            return "low", a if atom.op == "<=" else t.add(a, t.integer(1))
        return None
    if b is k and k not in free_variables(a):
        return "high", a if atom.op == "<=" else t.add(a, t.integer(1))
    if a is k and k not in free_variables(b):
        return "low", b if atom.op == "<" else t.add(b, t.integer(1))
    return None


def _pairs(k: Term, relation: Term, low: Term, high: Term, others: list[Term]) -> list[Term]:
    a, b = relation.args
    first, second = (linear(x.args[1]) for x in (a, b))
    if first[0].get(k) != 1 or second[0].get(k) != 1 or k in free_variables(a.args[0]):
        return []
    shifts = [({p: c for p, c in f[0].items() if p is not k}, f[1]) for f in (first, second)]
    if shifts[0][0] != shifts[1][0] or abs(shifts[0][1] - shifts[1][1]) != 1:
        return []
    if any(k in free_variables(p) for p in shifts[0][0]):
        return []
    rising = shifts[0][1] < shifts[1][1]
    offset = from_linear(shifts[0][0], min(shifts[0][1], shifts[1][1]))
    p, q = t.var("p!!", t.INT), t.var("q!!", t.INT)
    array = a.args[0]
    here, there = t.select(array, p), t.select(array, q)
    ordered = Term(relation.op, (here, there) if rising else (there, here))
    inside = (
        t.lt(p, _tidy(t.add(low, offset))),
        t.le(q, p),
        t.lt(_tidy(t.add(high, offset)), q),
    )
    body = t.disj(*inside, *others, ordered)
    return [t.forall([p, q], body, [[here, there]])]
