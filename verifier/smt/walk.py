"""Walks over terms without recursion: order, symbols, substitution, and a flat form to send.

A term is a graph whose nodes may be shared, and may be deeper than Python's stack; so every walk
visits a node once and keeps its own stack.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Binder, Function, Sort, Term


class IllFormed(TypeError):
    """A term that has no meaning: unknown operator, wrong sorts, clashing names, bad trigger."""


def children(term: Term) -> tuple[Term, ...]:
    """The arguments, and for a quantifier the terms of its triggers after them."""
    if isinstance(term.payload, Binder):
        return (*term.args, *(p for trigger in term.payload.triggers for p in trigger))
    return term.args


def postorder(roots: Iterable[Term]) -> Iterator[Term]:
    """Each node under the roots once, arguments (and triggers) before what is made of them.

    >>> x = t.var("x", t.INT)
    >>> [n.op for n in postorder([t.lt(x, t.add(x, t.integer(1)))])]
    ['var', 'const', '+', '<']
    """
    done: set[Term] = set()
    for root in roots:
        stack: list[tuple[Term, Iterator[Term]]] = []
        if root not in done:
            done.add(root)
            stack.append((root, iter(children(root))))
        while stack:
            node, rest = stack[-1]
            child = next((c for c in rest if c not in done), None)
            if child is None:
                stack.pop()
                yield node
            else:
                done.add(child)
                stack.append((child, iter(children(child))))


@dataclass(frozen=True)
class Symbols:
    """What occurs in some terms: free variables, functions, uninterpreted sorts, quantifiers."""

    variables: tuple[Term, ...]
    functions: tuple[Function, ...]
    sorts: tuple[Sort, ...]
    quantified: bool


def symbols(roots: Iterable[Term]) -> Symbols:
    """The symbols of some terms, each in the order in which a walk meets it first."""
    roots = tuple(roots)
    nodes = list(postorder(roots))
    free = free_variables(roots)
    functions = dict.fromkeys(n.payload for n in nodes if isinstance(n.payload, Function))
    sorts: dict[Sort, None] = {}
    bound = [v for n in nodes if isinstance(n.payload, Binder) for v in n.payload.variables]
    for sort in dict.fromkeys(n.sort for n in (*nodes, *bound)):
        sorts.update(dict.fromkeys(_uninterpreted(sort)))
    for function in functions:
        for sort in (*function.domain, function.range):
            sorts.update(dict.fromkeys(_uninterpreted(sort)))
    return Symbols(
        tuple(v for v in nodes if v.op == "var" and v in free),
        tuple(functions),
        tuple(sorts),
        any(n.op in ("forall", "exists") for n in nodes),
    )


def _uninterpreted(sort: Sort) -> Iterator[Sort]:
    if sort.name == "Array":
        for part in sort.args:
            yield from _uninterpreted(part)
    elif sort not in (t.BOOL, t.INT, t.REAL, t.F64):
        yield sort


def free_variables(roots: Iterable[Term]) -> frozenset[Term]:
    """The variables with an occurrence that no quantifier binds.

    >>> k, n = t.var("k", t.INT), t.var("n", t.INT)
    >>> free_variables([t.forall([k], t.lt(k, n))])
    frozenset({n})
    """
    roots = list(roots)
    free = free_by_node(roots)
    return frozenset().union(*(free[r] for r in roots))


def free_by_node(roots: Iterable[Term]) -> dict[Term, frozenset[Term]]:
    """The free variables of every node under the roots."""
    found: dict[Term, frozenset[Term]] = {}
    for node in postorder(roots):
        if node.op == "var":
            found[node] = frozenset((node,))
            continue
        parts = [found[c] for c in children(node)]
        largest = max(parts, key=len, default=frozenset[Term]())
        # Shared where possible: most nodes add no variable to their largest argument's.
        whole = largest if all(p <= largest for p in parts) else largest.union(*parts)
        if isinstance(node.payload, Binder):
            whole = whole.difference(node.payload.variables)
        found[node] = whole
    return found


def rebuild(term: Term, args: Sequence[Term]) -> Term:
    """The same operator over other arguments, simplified as the constructors of `terms` do."""
    match term.op:
        case "const" | "var":
            return term
        case "not":
            return t.negate(args[0])
        case "and":
            return t.conj(*args)
        case "or":
            return t.disj(*args)
        case "implies":
            return t.implies(args[0], args[1])
        case "ite":
            return t.ite(args[0], args[1], args[2])
        case "=":
            return t.eq(args[0], args[1])
        case "distinct":
            return t.distinct(*args)
        case "+":
            return t.add(*args)
        case "neg":
            return t.neg(args[0])
        case "*" | "div" | "mod" | "<=" | "<" | "select":
            return _BINARY[term.op](args[0], args[1])
        case "store":
            return t.store(args[0], args[1], args[2])
        case _:
            return Term(term.op, args, term.sort, term.payload)


_BINARY = {"*": t.mul, "div": t.div, "mod": t.mod, "<=": t.le, "<": t.lt, "select": t.select}


def substitute(term: Term, replacements: Mapping[Term, Term]) -> Term:
    """The term with free variables replaced, all at once.

    Raises `IllFormed` where a replacement would be captured by a quantifier (rename first) or
    has another sort than the variable. A variable that a quantifier binds is left alone there.
    """
    for old, new in replacements.items():
        if old.op != "var" or old.sort != new.sort:
            raise IllFormed(f"can't replace {old} of {old.sort} by a term of {new.sort}")
    return _substitute(term, replacements, free_by_node([term]))


def _substitute(
    term: Term, replacements: Mapping[Term, Term], free: Mapping[Term, frozenset[Term]]
) -> Term:
    made: dict[Term, Term] = {}
    stack = [term]
    while stack:
        node = stack[-1]
        if node in made:
            stack.pop()
            continue
        if free[node].isdisjoint(replacements):
            made[node] = node
        elif node.op == "var":
            made[node] = replacements[node]
        elif isinstance(node.payload, Binder):
            made[node] = _substitute_under(node, node.payload, replacements, free)
        elif waiting := [a for a in node.args if a not in made]:
            stack.extend(waiting)
            continue
        else:
            made[node] = rebuild(node, [made[a] for a in node.args])
        stack.pop()
    return made[term]


def _substitute_under(
    node: Term,
    binder: Binder,
    replacements: Mapping[Term, Term],
    free: Mapping[Term, frozenset[Term]],
) -> Term:
    inner = {old: new for old, new in replacements.items() if old in free[node]}
    if captured := free_variables(inner.values()).intersection(binder.variables):
        raise IllFormed(f"the quantifier would capture {sorted(map(str, captured))}")
    triggers = tuple(
        tuple(_substitute(p, inner, free) for p in trigger) for trigger in binder.triggers
    )
    body = _substitute(node.args[0], inner, free)
    if body.op == "const":
        return body
    return Term(node.op, (body,), t.BOOL, replace(binder, triggers=triggers))


# -- a flat form -------------------------------------------------------------------------------

Row = tuple[str, tuple[int, ...], Sort, object]


@dataclass(frozen=True)
class Packed:
    """Terms as rows that refer to earlier rows; what `pickle` sees of a term."""

    rows: tuple[Row, ...]
    roots: tuple[int, ...]


@dataclass(frozen=True)
class _PackedBinder:
    variables: tuple[int, ...]
    triggers: tuple[tuple[int, ...], ...]


def pack(roots: Sequence[Term]) -> Packed:
    """Several terms in one flat table, shared nodes once."""
    at: dict[Term, int] = {}
    rows: list[Row] = []

    def place(node: Term) -> int:
        if node not in at:
            payload = node.payload
            if isinstance(payload, Binder):
                payload = _PackedBinder(
                    tuple(place(v) for v in payload.variables),
                    tuple(tuple(at[p] for p in trigger) for trigger in payload.triggers),
                )
            row: Row = (node.op, tuple(at[a] for a in node.args), node.sort, payload)
            at[node] = len(rows)
            rows.append(row)
        return at[node]

    for node in postorder(roots):
        place(node)
    return Packed(tuple(rows), tuple(at[r] for r in roots))


def unpack(packed: Packed) -> tuple[Term, ...]:
    """What `pack` took; the very same objects within one process."""
    made: list[Term] = []
    for op, args, sort, payload in packed.rows:
        if isinstance(payload, _PackedBinder):
            payload = Binder(
                tuple(made[i] for i in payload.variables),
                tuple(tuple(made[i] for i in trigger) for trigger in payload.triggers),
            )
        made.append(Term(op, [made[i] for i in args], sort, payload))
    return tuple(made[i] for i in packed.roots)


def unpack_one(packed: Packed) -> Term:
    """The first term of `pack`."""
    return unpack(packed)[0]
