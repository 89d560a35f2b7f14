"""Ranges of counters, their order among each other, steps, and what has not changed yet."""

from __future__ import annotations

from collections.abc import Iterator

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.shape import Shape, is_empty
from verify_agent.verifier.invariants.simplify import simplified
from verify_agent.verifier.invariants.walks import ZERO, is_sequence
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.walk import walk

SOURCE = "bounds"


def bounds(context: LoopContext) -> Iterator[Candidate]:
    """Candidates about ints alone."""
    shape = Shape(context)
    for expr, cost in (
        *_of_test(shape),
        *_of_range(shape),
        *_against_start(shape),
        *_sizes(shape),
        *_known_before(shape),
        *_steps(shape),
    ):
        yield Candidate(expr, SOURCE, cost=cost)


Found = Iterator[tuple[n.Expr, int]]


def _of_test(shape: Shape) -> Found:
    """The test, relaxed by a step: `i < n` is `i <= n` at the head, also the last time."""
    if not isinstance(shape.loop, n.While):
        return
    for part in r.conjuncts(shape.loop.test):
        match part:
            case n.Compare(op="<" | ">" as op, left=left, right=right) if _int(left, right):
                yield r.compare(op + "=", left, right), 1
            case n.Compare(op="<=", left=left, right=right) if _int(left, right):
                for slack in (1, 2):
                    yield r.compare("<=", left, r.plus(right, slack)), 1 + slack
            case n.Compare(op=">=", left=left, right=right) if _int(left, right):
                for slack in (1, 2):
                    yield r.compare(">=", r.plus(left, slack), right), 1 + slack
            case n.Compare(op="!=", left=left, right=right) if _int(left, right):
                yield r.compare("<=", left, right), 1
                yield r.compare(">=", left, right), 1
            case _:
                continue


def _int(left: n.Expr, right: n.Expr) -> bool:
    return left.type == ir.INT and right.type == ir.INT


def _of_range(shape: Shape) -> Found:
    """The next item of a range is at most its end, where the range is not empty."""
    if shape.walk is None or not isinstance(shape.loop, n.For):
        return
    domain = shape.loop.iterable
    if isinstance(domain, n.Builtin) and domain.name == "range":
        end = domain.args[0] if len(domain.args) == 1 else domain.args[1]
        at = shape.walk.fronts[0].at
        if not shape.changes(end):
            yield r.compare("<=", at, end), 1
            yield r.compare(">=", at, end), 1
    for sequence in shape.walk.sequences:
        if not shape.changes(sequence):
            yield r.compare("<=", r.name(shape.loop.index), r.length(sequence)), 1


def _against_start(shape: Shape) -> Found:
    """A counter that only grows or only falls is on one side of what it began as."""
    for x in shape.changed_ints:
        start = shape.starts.get(x.name)
        if start is None or r.number(start) is not None or shape.changes(start):
            continue
        if start.type == ir.INT:
            yield r.compare("<=", x, start), 2
            yield r.compare(">=", x, start), 2


def _sizes(shape: Shape) -> Found:
    """Lengths of what the loop builds."""
    for x in shape.sequences:
        if x.name not in shape.context.changed:
            continue
        start = shape.starts.get(x.name)
        if start is not None and is_sequence(start.type) and not shape.changes(start):
            yield r.compare("==", r.length(x), r.length(start)), 2
        entry = [p for p in shape.context.function.parameters if p.name == x.name]
        for parameter in entry:
            old = shape.starts[parameter.name]
            yield r.compare("==", r.length(x), r.length(old)), 2
        for at in shape.progress:
            yield r.compare("==", r.length(x), at), 1
        for other in shape.sequences:
            if other != x:
                yield r.compare("==", r.length(x), r.length(other)), 2


def _known_before(shape: Shape) -> Found:
    """What the preconditions and the tests before the loop say of changed variables."""
    for x in shape.variables:
        start = shape.starts.get(x.name)
        if x.name not in shape.context.changed or start is None or shape.changes(start):
            continue
        if r.number(start) is not None or isinstance(start, n.Const) or is_empty(start):
            continue
        for index in _first_round(shape):
            begins = r.compare("==", x, start)
            yield r.disjunction(r.compare(">", index, ZERO), begins), 4
    for clause in shape.context.function.requires:
        for part in r.conjuncts(clause.expr):
            yield simplified(part), 3


def _first_round(shape: Shape) -> list[n.Expr]:
    return [r.name(shape.loop.index)] if isinstance(shape.loop, n.For) else []


def _steps(shape: Shape) -> Found:
    """`i % 2 == 0` for a counter that moves by two."""
    for node in walk(shape.loop.body):
        if not isinstance(node, n.AugAssign) or not isinstance(node.target, n.NameTarget):
            continue
        step = r.number(node.value)
        if step is None or step < 2 or node.op not in "+-" or node.target.type != ir.INT:
            continue
        x = r.name(node.target.name)
        start = shape.starts.get(node.target.name)
        for rest in range(min(step, 4)):
            mod = n.Binary(ir.INT, r.NOWHERE, "%", x, r.integer(step))
            yield r.compare("==", mod, r.integer(rest)), 3
        if start is not None and not shape.changes(start) and r.number(start) is None:
            gone = n.Binary(ir.INT, r.NOWHERE, "%", r.sub(x, start), r.integer(step))
            yield r.compare("==", gone, ZERO), 3
