"""The greatest or least value of the rounds that are done, whatever a round's value is."""

from __future__ import annotations

from collections.abc import Iterator

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.invariants.folds import ITEM, Update, domains, updates
from verify_agent.verifier.invariants.shape import Shape
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.walk import walk

SOURCE = "extremes"


def extremes(context: LoopContext) -> Iterator[Candidate]:
    """Bounds of an int that takes a round's value where that is greater (or less)."""
    shape = Shape(context)
    for update in updates(context.loop.body):
        value = _offered(update)
        start = shape.starts.get(update.name)
        if value is None or context.variables.get(update.name) != ir.INT or start is None:
            continue
        acc = r.name(update.name)
        for domain, (told,) in domains(shape, (value,)):
            if any(x.name == ITEM for x in r.variables(told)):
                for expr in _bounds(shape, acc, start, domain, told):
                    yield Candidate(expr, SOURCE, cost=3)


def _offered(update: Update) -> n.Expr | None:
    """The value that competes with the variable's: of `max`, or of a test and an assignment."""
    if update.op != "=":
        return None
    match update.value:
        case n.Builtin(name="max" | "min", args=(one, other), keywords=()):
            for mine, value in ((one, other), (other, one)):
                if isinstance(mine, n.Var) and mine.name == update.name:
                    return value
            return None
        case value if _competes(update):
            return value
        case _:
            return None


def _competes(update: Update) -> bool:
    """Whether the condition compares the variable with the value that it is given."""
    return any(
        isinstance(x, n.Compare)
        and x.op in ("<", "<=", ">", ">=")
        and update.value in (x.left, x.right)
        and any(isinstance(y, n.Var) and y.name == update.name for y in (x.left, x.right))
        for x in walk(update.when)
    )


def _bounds(
    shape: Shape, acc: n.Expr, start: n.Expr, domain: n.Expr, told: n.Expr
) -> Iterator[n.Expr]:
    for op in ("<=", ">="):
        yield _over(domain, "all", r.compare(op, told, acc))
        if not shape.changes(start):
            yield r.compare(op, start, acc)
    taken = _over(domain, "any", r.compare("==", told, acc))
    yield taken
    if not shape.changes(start):
        yield r.disjunction(r.compare("==", acc, start), taken)


def _over(domain: n.Expr, name: str, body: n.Expr) -> n.Expr:
    generator = n.Generator(n.NameTarget(ITEM, ir.INT), domain, ())
    made = n.Comprehension(ir.BOOL, r.NOWHERE, "generator", body, (generator,))
    return n.Builtin(ir.BOOL, r.NOWHERE, name, (made,))
