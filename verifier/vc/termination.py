"""Termination: measures that decrease, of loops and of recursive calls.

A measure is bounded below wherever another round (or call) follows, and less after it. Where one
alone does not do, pairs are compared lexicographically. `for` over a fixed iterable terminates
by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from verify_agent.verifier.evidence import Span
from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.vc.conditions import Condition, Key
from verify_agent.verifier.vc.houdini import Houdini
from verify_agent.verifier.vc.loop_head import names_changed
from verify_agent.verifier.vc.loops import Visit
from verify_agent.verifier.vc.state import State, Step

ZERO = t.integer(0)
VARIANT = Key("variant", "")
MOST_MEASURES = 12


@dataclass(frozen=True)
class Variant:
    """Measures, compared lexicographically, with the conditions that show it."""

    measures: tuple[n.Expr, ...]
    conditions: tuple[Condition, ...]


def is_fixed(visit: Visit) -> bool:
    """Whether a loop runs over what was fixed when it began."""
    return visit.fixed


def loop_variant(visit: Visit, houdini: Houdini, active: set[str]) -> Variant | None:
    """A variant for a loop as it was executed; None where none is found."""
    if not visit.ends:
        return Variant((), ())
    steps = [Step(visit.head, end, end.locals) for end in visit.ends]
    measures = list(_measures_of_loop(visit))[:MOST_MEASURES]
    return _search(measures, steps, visit.node.span, houdini, active)


def call_variant(
    function: n.Function, steps: Sequence[Step], houdini: Houdini, active: set[str]
) -> Variant | None:
    """A variant for the recursive calls of a function, over its parameters."""
    measures: list[n.Expr] = []
    numbers = [p for p in function.parameters if p.type == ir.INT]
    for p in function.parameters:
        if p.type == ir.INT:
            measures.append(p)
        elif isinstance(p.type, ir.ListType | ir.StrType | ir.VariadicTupleType):
            measures.append(r.length(p))
    measures += [r.sub(a, b) for a, b in permutations(numbers, 2)]
    return _search(measures[:MOST_MEASURES], steps, function.span, houdini, active)


def _measures_of_loop(visit: Visit) -> Iterator[n.Expr]:
    seen: set[n.Expr] = set()
    for measure in _proposed(visit):
        if measure not in seen:
            seen.add(measure)
            yield measure


def _proposed(visit: Visit) -> Iterator[n.Expr]:
    node = visit.node
    if isinstance(node, n.For):
        assert isinstance(node.iterable, n.Var)
        yield r.sub(r.length(node.iterable), r.name(node.index))
        return
    for atom in _atoms(node.test):
        yield from _of_atom(atom)
    for statement in node.body:
        if isinstance(statement, n.If):
            for atom in _atoms(statement.test):
                yield from _of_atom(atom)
    changed = [
        name
        for name, type_ in names_changed(node).items()
        if type_ == ir.INT and isinstance(visit.head.locals.get(name), v.IntV)
    ]
    for name in changed[:4]:
        yield r.name(name)
    for a, b in permutations(changed[:4], 2):
        yield r.sub(r.name(a), r.name(b))


def _atoms(test: n.Expr) -> Iterator[n.Expr]:
    match test:
        case n.Logic(operands=operands):
            for operand in operands:
                yield from _atoms(operand)
        case n.Unary(op="not", operand=operand):
            yield from _atoms(operand)
        case n.Chain():
            yield from r.conjuncts(test)
        case _:
            yield test


def _of_atom(atom: n.Expr) -> Iterator[n.Expr]:
    """What an atom of the test bounds."""
    if isinstance(atom, n.Compare) and atom.left.type == ir.INT and atom.right.type == ir.INT:
        match atom.op:
            case "<" | "<=":
                yield r.sub(atom.right, atom.left)
            case ">" | ">=":
                yield r.sub(atom.left, atom.right)
            case "!=" | "==":
                yield r.sub(atom.left, atom.right)
                yield r.sub(atom.right, atom.left)
    elif atom.type == ir.INT:
        yield atom
    elif isinstance(atom, n.Var) and isinstance(atom.type, ir.ListType | ir.StrType):
        yield r.length(atom)


def _search(
    measures: Sequence[n.Expr],
    steps: Sequence[Step],
    span: Span,
    houdini: Houdini,
    active: set[str],
) -> Variant | None:
    for measure in measures:
        found = _shown((measure,), steps, span, houdini, active)
        if found is not None:
            return found
    for first, second in list(permutations(measures[:5], 2)):
        if houdini.limit.expired():
            return None
        found = _shown((first, second), steps, span, houdini, active)
        if found is not None:
            return found
    return None


def _shown(
    measures: tuple[n.Expr, ...],
    steps: Sequence[Step],
    span: Span,
    houdini: Houdini,
    active: set[str],
) -> Variant | None:
    conditions: list[Condition] = []
    for step in steps:
        goal = _decreases(measures, step)
        if goal is None:
            return None
        condition = Condition(VARIANT, step.after.assumptions, goal, "the variant decreases", span)
        used = houdini.prove(condition, active)
        if used is None:
            return None
        houdini.uses[condition] = used
        conditions.append(condition)
    return Variant(measures, tuple(conditions))


def _decreases(measures: Iterable[n.Expr], step: Step) -> Term | None:
    """Lexicographically less after than before, and the one that decreases was not negative."""
    cases: list[Term] = []
    same: list[Term] = []
    for measure in measures:
        before = measured(measure, step.before.locals, step.before)
        after = measured(measure, step.values, step.after)
        if before is None or after is None:
            return None
        less = t.conj(t.lt(after, before), t.le(ZERO, before))
        cases.append(t.conj(*same, less))
        same.append(t.eq(after, before))
    return t.disj(*cases)


def measured(measure: n.Expr, values: dict[str, v.Value], state: State) -> Term | None:
    """A measure's value: sums, differences and lengths of variables and constants."""
    match measure:
        case n.Const(value=bool()):
            return None
        case n.Const(value=int(value)):
            return t.integer(value)
        case n.Var(name=name):
            found = values.get(name)
            return found.term if isinstance(found, v.IntV) else None
        case n.Binary(op="+" | "-" | "*" as op, left=left, right=right):
            a, b = measured(left, values, state), measured(right, values, state)
            if a is None or b is None:
                return None
            return t.add(a, b) if op == "+" else t.sub(a, b) if op == "-" else t.mul(a, b)
        case n.Builtin(name="len", args=(n.Var(name=name),)):
            held = values.get(name)
            if isinstance(held, v.Ref | v.ListV | v.StrV) and state.table(held) is None:
                return state.contents(held).length
            return None
        case _:
            return None
