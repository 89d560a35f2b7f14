"""The postcondition, with the loop's progress put in for its end.

What must hold when the loop is over holds of the part that is done (Gries, "The Science of
Programming", 1981, chapter 16: replacing a constant by a variable, enlarging a range).
"""

from __future__ import annotations

from collections.abc import Iterator

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext, entry_name
from verify_agent.verifier.invariants.shape import Shape
from verify_agent.verifier.invariants.simplify import TRUE, items_of_displays, simplified
from verify_agent.verifier.invariants.walks import ZERO, Front, is_sequence
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.statements import order_name
from verify_agent.verifier.ir.walk import walk

SOURCE = "postcondition"


def postcondition(context: LoopContext) -> Iterator[Candidate]:
    """Candidates from the function's own promises and from asserts after the loop."""
    shape = Shape(context)
    for goal in goals(shape):
        yield Candidate(goal, SOURCE, cost=2)
        for expr, cost in variants(shape, goal):
            for part in r.conjuncts(simplified(expr)):
                yield Candidate(part, SOURCE, cost=cost)


def goals(shape: Shape) -> list[n.Expr]:
    """Conjuncts of what is promised, `result` replaced by what is returned."""
    found: dict[n.Expr, None] = {}
    for clause in shape.context.function.ensures:
        promised = shape.at_entry(clause.expr)
        mentions = any(x.name == "result" for x in r.variables(promised))
        for value in shape.returned if mentions else (None,):
            given = promised if value is None else r.with_variables(promised, {"result": value})
            for part in r.conjuncts(simplified(items_of_displays(given))):
                inner = simplified(part)
                if inner != TRUE and shape.in_scope(inner):
                    found.update(dict.fromkeys(r.conjuncts(inner)))
    for node in walk(shape.context.function.body):
        if isinstance(node, n.Assert):
            for part in r.conjuncts(node.test):
                if shape.in_scope(part):
                    found[part] = None
    return list(found)


def variants(shape: Shape, goal: n.Expr) -> Iterator[tuple[n.Expr, int]]:
    """What the goal may look like while the loop is under way."""
    whole = {x.name for x in shape.sequences if x.name not in shape.context.changed}
    walked = shape.walk.sequences if shape.walk is not None else ()
    choices = [{x.name for x in walked if isinstance(x, n.Var)}, whole, *({x} for x in whole)]
    for front in shape.fronts:
        for chosen in choices if len(whole) > 1 else (whole,):
            told = over_part(goal, front, chosen)
            yield told, 2
            if (uncut := over_part(goal, front, chosen, cut=False)) != told:
                yield uncut, 2
            inside = _in_element(goal, front, chosen)
            if inside is not None:
                yield inside, 2
    loop = shape.context.loop
    if isinstance(loop, n.For):
        told = _in_order(loop, goal)
        for front in shape.fronts if told != goal else ():
            yield over_part(told, front, {order_name(loop.index)}), 2
    if isinstance(loop, n.For) and isinstance(loop.iterable, n.Slice):
        yield r.replaced(goal, loop.iterable, r.prefix(loop.iterable, r.name(loop.index))), 2
    yield from _quantified(shape, goal)
    for changed in (goal, *_other_results(shape, goal)):
        cost = 2 if changed is goal else 4
        yield changed, cost
        for end in _ends(shape, changed):
            for at in shape.progress:
                yield r.replaced(changed, end, at), cost
            for start, x in _counted_down(shape, end):
                yield r.replaced(changed, end, r.sub(start, x)), cost + 1
    yield from _by_rest(shape, goal)
    yield from _bracketed(shape, goal)
    yield from _scaled(shape, goal)


def _in_order(loop: n.For, goal: n.Expr) -> n.Expr:
    """What is said of all keys of the dict or set that is walked, said of the list of them."""
    table = loop.iterable.base if isinstance(loop.iterable, n.Method) else loop.iterable
    if not isinstance(table, n.Var) or not isinstance(table.type, ir.DictType | ir.SetType):
        return goal
    names = (table.name, entry_name(table.name))

    def change(node: n.Expr) -> n.Expr | None:
        if not isinstance(node, n.Comprehension):
            return None
        first, *rest = node.generators
        match first.iterable:
            case n.Var(_, _, name) | n.Old(_, _, name) if name in names:
                key = first.target.type if isinstance(first.target, n.NameTarget) else None
            case _:
                return None
        if key is None:
            return None
        order = n.Var(ir.ListType(key), r.NOWHERE, order_name(loop.index))
        generators = (n.Generator(first.target, order, first.conditions), *rest)
        return n.Comprehension(node.type, node.span, node.kind, node.element, generators)

    made: n.Expr = r.rewritten(goal, change)
    return made


def over_part(goal: n.Expr, front: Front, chosen: set[str], *, cut: bool = True) -> n.Expr:
    """The chosen sequences replaced by the part of them that is done; slices too with `cut`."""

    def fixed(node: n.Expr) -> bool:
        return isinstance(node, n.Var) and node.name in chosen

    def change(node: n.Expr) -> n.Expr | None:
        match node:
            case n.Index(base=n.Var() | n.Old() as base, index=index):
                inner = r.rewritten(index, change)
                return n.Index(node.type, node.span, base, inner)
            case n.Builtin(name="len", args=(n.Var() | n.Old() as base,)) if fixed(base):
                return front.at if front.up else r.sub(r.length(base), front.at)
            case n.Slice():
                return _cut(node, front) if cut and fixed(node.base) else node
            case n.Var() | n.Old() if is_sequence(node.type) and fixed(node):
                return front.part(node)
            case _:
                return None

    made: n.Expr = r.rewritten(goal, change)
    return made


def _cut(part: n.Slice, front: Front) -> n.Slice:
    """A slice up to the sequence's end (or from its start) only as far as the loop is."""
    if part.step is not None:
        return part
    if front.up and part.upper is None:
        return n.Slice(part.type, part.span, part.base, part.lower, front.at, None)
    if not front.up and part.lower is None:
        return n.Slice(part.type, part.span, part.base, front.at, part.upper, None)
    return part


def _in_element(goal: n.Expr, front: Front, chosen: set[str]) -> n.Expr | None:
    """`all(f(ys, x) for x in xs)` with the part that is done in f alone; counts in lists that are
    joined are told apart."""
    match goal:
        case n.Builtin(name="all", args=(n.Comprehension(element=element) as inner,)):
            told = _counts_apart(over_part(element, front, chosen))
            if told == element:
                return None
            made = n.Comprehension(inner.type, inner.span, inner.kind, told, inner.generators)
            return n.Builtin(ir.BOOL, r.NOWHERE, "all", (made,))
        case _:
            return None


def _counts_apart(expr: n.Expr) -> n.Expr:
    def change(node: n.Expr) -> n.Expr | None:
        match node:
            case n.Method(base=n.Binary(op="+", left=left, right=right), name="count"):
                parts = [n.Method(ir.INT, r.NOWHERE, x, "count", node.args) for x in (left, right)]
                return r.add(*map(_counts_apart, parts))
            case _:
                return None

    made: n.Expr = r.rewritten(expr, change)
    return made


def _quantified(shape: Shape, goal: n.Expr) -> Iterator[tuple[n.Expr, int]]:
    """The outermost range of `all`, cut to what is done (or is still to come)."""
    match goal:
        case n.Builtin(name="all", args=(n.Comprehension(generators=(first, *rest)) as inner,)):
            domain = first.iterable
        case _:
            return
    if not isinstance(domain, n.Builtin) or domain.name != "range" or len(domain.args) > 2:
        return
    low, high = (ZERO, domain.args[0]) if len(domain.args) == 1 else domain.args
    for front in shape.fronts:
        start = front.start if front.start != ZERO else low
        parts = [(start, front.at), (low, front.at)] if front.up else [(front.at, high)]
        offsets = (0, -1) if front.up else (0,)
        for a, b in parts:
            for offset in offsets:
                yield _all(inner, first, rest, a, r.plus(b, offset) if front.up else b), 2
    for x in shape.sequences:
        if x.name in shape.context.changed:
            for offset in (0, -1):
                yield _all(inner, first, rest, low, r.plus(r.length(x), offset)), 2


def _all(
    inner: n.Comprehension, first: n.Generator, rest: list[n.Generator], a: n.Expr, b: n.Expr
) -> n.Expr:
    domain = n.Builtin(ir.RANGE, r.NOWHERE, "range", (a, b) if a != ZERO else (b,))
    generators = (n.Generator(first.target, domain, first.conditions), *rest)
    made = n.Comprehension(inner.type, r.NOWHERE, inner.kind, inner.element, generators)
    return n.Builtin(ir.BOOL, r.NOWHERE, "all", (made,))


def _ends(shape: Shape, goal: n.Expr) -> list[n.Expr]:
    """Int terms of the goal that the loop leaves alone: what it may be on its way to."""
    bound = set(r.bound_names(goal))
    found: dict[n.Expr, None] = {}
    for node in walk(goal):
        if not isinstance(node, n.Node) or node.type != ir.INT or isinstance(node, n.Const):
            continue
        names = {x.name for x in r.variables(node)}
        plain = isinstance(node, n.Var | n.Old) or (
            isinstance(node, n.Builtin) and node.name in ("len", "min")
        )
        if plain and not names & bound and not names & shape.context.changed:
            found[node] = None  # type: ignore[index]
    return list(found)


def _other_results(shape: Shape, goal: n.Expr) -> Iterator[n.Expr]:
    """The goal told of another changed int than the one that is returned."""
    for value in shape.returned:
        if not isinstance(value, n.Var) or value.type != ir.INT:
            continue
        for x in shape.changed_ints:
            if x != value and _uses(goal, value):
                yield r.replaced(goal, value, x)


def _uses(goal: n.Expr, part: n.Expr) -> bool:
    return any(x == part for x in walk(goal))


def _counted_down(shape: Shape, end: n.Expr) -> Iterator[tuple[n.Expr, n.Expr]]:
    """Counters that began at the end, or at another int: how much of it is done."""
    for x in shape.counters if shape.walk is None else ():
        start = shape.starts.get(x.name)
        if start is not None and not shape.changes(start) and start.type == ir.INT:
            yield start, x
            if start != end:
                yield end, x


def _by_rest(shape: Shape, goal: n.Expr) -> Iterator[tuple[n.Expr, int]]:
    """`result == f(a)` where `a` began in x: f(a) is f(x), or the result and f(x) together."""
    moved = {
        start: x
        for x in shape.variables
        if x.name in shape.context.changed
        and isinstance(start := shape.starts.get(x.name), n.Var | n.Old)
        and not shape.changes(start)
    }
    match goal:
        case n.Compare(op="==", left=left, right=right) if moved and left.type == right.type:
            for acc, whole in ((left, right), (right, left)):
                rest = whole
                for start, x in moved.items():
                    rest = r.replaced(rest, start, x)
                if rest == whole:
                    continue
                yield r.compare("==", whole, rest), 3
                if acc.type == ir.INT:
                    for op in "+*":
                        both = n.Binary(ir.INT, r.NOWHERE, op, acc, rest)
                        yield r.compare("==", whole, both), 3
        case _:
            pass
    for value in shape.returned:
        if value.type == ir.INT and isinstance(value, n.Var) and _uses(goal, value):
            for x in shape.changed_ints:
                if x != value:
                    yield r.replaced(goal, value, r.add(value, x)), 4


def _bracketed(shape: Shape, goal: n.Expr) -> Iterator[tuple[n.Expr, int]]:
    """`result + 1` replaced by another counter, as bisection has it."""
    for value in shape.returned:
        if value.type != ir.INT:
            continue
        for term in (r.plus(value, 1), r.plus(value, -1)):
            for x in shape.changed_ints:
                if x != value and _uses(goal, term):
                    yield r.replaced(goal, term, x), 3


def _scaled(shape: Shape, goal: n.Expr) -> Iterator[tuple[n.Expr, int]]:
    """`f(result) <= a` where x began as a and is divided: f(result) * x <= a, and with x + 1 for
    an upper bound, as what is divided away leaves a rest."""
    if not isinstance(goal, n.Compare) or goal.op not in ("<", "<=", ">", ">="):
        return
    for x in shape.changed_ints:
        start = shape.starts.get(x.name)
        if start is None or start not in (goal.left, goal.right):
            continue
        other = goal.left if start == goal.right else goal.right
        terms = {other: None, **dict.fromkeys(_one_less(shape, other))}
        for term in terms:
            for factor in (x, r.plus(x, 1)):
                scaled = r.mul(term, factor)
                for op in ("<=", "<"):
                    yield r.compare(op, scaled, start), 4
                    yield r.compare(op, start, scaled), 4


def _one_less(shape: Shape, term: n.Expr) -> Iterator[n.Expr]:
    for value in shape.returned:
        if value.type == ir.INT:
            yield r.replaced(term, r.plus(value, 1), value)
