"""What a loop looks like: what it walks over, how far it is, what its variables began as."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import LoopContext, entry_name
from verify_agent.verifier.invariants.walks import ZERO, Front, Walk, is_sequence, walk_of
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.statements import order_name
from verify_agent.verifier.ir.walk import walk

ONE = r.integer(1)
#: Stands for any position.
LAST = r.name("last!")


@dataclass(frozen=True)
class Shape:
    """The facts that sources share, of one loop."""

    context: LoopContext

    @property
    def loop(self) -> n.While | n.For:
        """The loop."""
        return self.context.loop

    @cached_property
    def rebound(self) -> frozenset[str]:
        """Parameters that the function assigns to."""
        names = {p.name for p in self.context.function.parameters}
        return frozenset(names & assigned_names(self.context.function.body))

    @cached_property
    def variables(self) -> tuple[n.Var, ...]:
        """The locals in scope, hidden indices of other loops left out."""
        hidden = {x.index for x in walk(self.context.function.body) if isinstance(x, n.For)}
        own = {x.index for x in (self.loop, *self.context.around) if isinstance(x, n.For)}
        hidden |= set(map(order_name, hidden))
        own |= set(map(order_name, own))
        types = declared_types(self.context.function)
        return tuple(
            n.Var(_known(type_, types.get(name)), r.NOWHERE, name)
            for name, type_ in self.context.variables.items()
            if name not in hidden - own
        )

    @cached_property
    def ints(self) -> tuple[n.Var, ...]:
        """Those of type int."""
        return tuple(x for x in self.variables if x.type == ir.INT)

    @cached_property
    def changed_ints(self) -> tuple[n.Var, ...]:
        """Those of them that the loop changes; the hidden index first."""
        return tuple(x for x in self.ints if x.name in self.context.changed)

    @cached_property
    def sequences(self) -> tuple[n.Var, ...]:
        """Lists and texts."""
        return tuple(x for x in self.variables if is_sequence(x.type))

    @cached_property
    def walk(self) -> Walk | None:
        """What the loop goes over, if it is a `for` of a known kind."""
        return walk_of(self.loop) if isinstance(self.loop, n.For) else None

    @cached_property
    def fronts(self) -> tuple[Front, ...]:
        """How far the loop, and those around it, may be: the likely ones first."""
        found: dict[Front, None] = {}
        if self.walk is not None:
            found.update(dict.fromkeys(self.walk.fronts))
        else:
            found.update(dict.fromkeys(self._fronts_of_counters()))
        for at, up in self.outer:
            found[Front(at, up)] = found[Front(r.plus(at, 1), up)] = None
        found.update(dict.fromkeys(self._from_the_end()))
        return tuple(found)

    def _from_the_end(self) -> Iterator[Front]:
        """Loops that count up may deal with a list that is stored into from its end."""
        stored = {
            x.base.name
            for x in walk(self.context.function.body)
            if isinstance(x, n.ItemTarget) and isinstance(x.base, n.Var)
        }
        own = [(f.at, f.up) for f in self.walk.fronts[:1]] if self.walk else []
        for base in self.sequences:
            for at, up in (*own, *self.outer):
                if base.name in stored and up:
                    yield Front(r.sub(r.length(base), at), False)

    @cached_property
    def outer(self) -> tuple[tuple[n.Expr, bool], ...]:
        """Where the loops around it are: positions of their present items, and whether they
        count up."""
        found: dict[tuple[n.Expr, bool], None] = {}
        for loop in self.context.around:
            if not isinstance(loop, n.For):
                counters = self._outer_counters(loop)
                found.update({(x, not _counts_down(loop, x.name)): None for x in counters})
                continue
            walk = walk_of(loop)
            if walk is None or not walk.fronts:
                continue
            front = walk.fronts[0]
            names = [x for x, value in walk.item(LAST).items() if value == LAST]
            usable = [x for x in names if x not in self.context.changed]
            before = r.plus(r.name(loop.index), -1)
            there = r.replaced(front.at, r.name(loop.index), before)
            found[(r.name(usable[0]) if usable else there, front.up)] = None
        return tuple(found)

    def _outer_counters(self, loop: n.While) -> list[n.Var]:
        names = {x.name for x in r.variables(loop.test)} & assigned_names(loop.body)
        return [x for x in self.ints if x.name in names - self.context.changed]

    def _fronts_of_counters(self) -> Iterator[Front]:
        for x in self.counters:
            start = self.starts.get(x.name, ZERO)
            begins = [ZERO, start] if isinstance(start, n.Const) and start != ZERO else [ZERO]
            for begin in begins:
                yield Front(x, True, begin)
            yield Front(x, False)
            yield Front(r.plus(x, 1), False)
            yield Front(r.plus(x, 1), True)

    @cached_property
    def counters(self) -> tuple[n.Var, ...]:
        """Changed ints that the test, or an index in the body, is about; at most four."""
        parts = self.loop.test if isinstance(self.loop, n.While) else ()
        used = {x.name for x in r.variables(parts)}
        for node in walk((parts, self.loop.body)):
            if isinstance(node, n.Index):
                used |= {x.name for x in r.variables(node.index)}
        own = [x for x in self.changed_ints if x.name in used]
        if not own:
            own = list(self.changed_ints)
        return tuple(own[:4])

    @cached_property
    def progress(self) -> tuple[n.Expr, ...]:
        """Ints that say how far the loop is, at their value at its head, and one off."""
        found: dict[n.Expr, None] = {}
        if self.walk is not None:
            assert isinstance(self.loop, n.For)
            for front in self.walk.fronts:
                found[front.at] = None
            found[r.name(self.loop.index)] = None
        found.update(dict.fromkeys(self.counters if self.walk is None else ()))
        for x in list(found):
            found[r.plus(x, -1)] = found[r.plus(x, 1)] = None
        for at, _ in self.outer:
            found[at] = found[r.plus(at, 1)] = None
        return tuple(found)

    @cached_property
    def starts(self) -> dict[str, n.Expr]:
        """What locals were given last before the loop, entry values for parameters."""
        found: dict[str, n.Expr] = {}
        for parameter in self.context.function.parameters:
            found[parameter.name] = entry_value(parameter)
        moving = assigned_names(tuple(loop.body for loop in self.context.around))
        for block in blocks_before(self.context.function.body, self.loop.label):
            for name, value in simple_assignments(block):
                fixed = isinstance(value, n.Var) and value.name not in moving
                given = found.get(value.name, value) if fixed else value  # type: ignore[union-attr]
                plain = isinstance(given, n.Const)
                found[name] = given if plain else r.with_variables(value, self._rebound_here(found))
        return found

    def _rebound_here(self, known: dict[str, n.Expr]) -> dict[str, n.Expr]:
        return {x: known[x] for x in self.rebound & self.context.changed if x in known}

    @cached_property
    def returned(self) -> tuple[n.Expr, ...]:
        """What may be returned after the loop, or in it, as far as it is in scope."""
        inside = {id(x) for x in walk(self.loop.body)}
        found: dict[n.Expr, None] = {}
        for node in walk(self.context.function.body):
            if isinstance(node, n.Return) and id(node) not in inside:
                found[node.value] = None
        for node in walk(self.loop.body):
            if isinstance(node, n.Return) and _endless(self.loop):
                found[node.value] = None
        return tuple(x for x in found if self.in_scope(x))

    def in_scope(self, expr: n.Expr) -> bool:
        """Whether all its free variables are bound at the loop's head."""
        free = {x.name for x in r.variables(expr)} - set(r.bound_names(expr))
        return free <= self.context.variables.keys() | self.context.program.constants.keys()

    def changes(self, expr: n.Expr) -> bool:
        """Whether the loop may change the expression's value."""
        return any(x.name in self.context.changed for x in r.variables(expr))

    def at_entry(self, expr: n.Expr) -> n.Expr:
        """A clause's expression with rebound parameters read as what was passed."""
        types = {p.name: p for p in self.context.function.parameters}
        return r.with_variables(expr, {x: entry_value(types[x]) for x in self.rebound})


def _counts_down(loop: n.While, name: str) -> bool:
    """Whether the loop's body takes something away from the variable."""
    for node in walk(loop.body):
        match node:
            case n.AugAssign(target=n.NameTarget(name=found), op="-") if found == name:
                return True
            case n.Assign(
                target=n.NameTarget(name=found), value=n.Binary(op="-", left=n.Var(name=left))
            ) if found == left == name:
                return True
            case _:
                continue
    return False


def entry_value(parameter: n.Var) -> n.Expr:
    """The value of a parameter on entry."""
    return n.Old(parameter.type, r.NOWHERE, entry_name(parameter.name))


def _known(type_: ir.Type, declared: ir.Type | None) -> ir.Type:
    """A list's type; what the function says of the variable where `[]` alone does not tell."""
    match type_:
        case ir.ListType(item) if item is None or item == ir.UnionType(()):
            return declared or type_
        case _:
            return type_


def declared_types(function: n.Function) -> dict[str, ir.Type]:
    """The types that assignments give to locals."""
    found: dict[str, ir.Type] = {}
    for node in walk(function.body):
        if isinstance(node, n.NameTarget):
            found[node.name] = node.type
    return found


def assigned_names(part: object) -> set[str]:
    """Names that statements bind."""
    return {x.name for x in walk(part) if isinstance(x, n.NameTarget | n.Walrus)}


def _endless(loop: n.While | n.For) -> bool:
    return isinstance(loop, n.While) and isinstance(loop.test, n.Const)


def blocks_before(block: n.Block, label: str) -> Iterator[n.Block]:
    """The statements before the loop, in each block around it, outermost first."""
    for position, statement in enumerate(block):
        if isinstance(statement, n.While | n.For) and statement.label == label:
            yield block[:position]
            return
        if any(isinstance(x, n.While | n.For) and x.label == label for x in walk(statement)):
            yield block[:position]
            for inner in inner_blocks(statement):
                yield from blocks_before(inner, label)
            return


def inner_blocks(statement: n.Stmt) -> tuple[n.Block, ...]:
    """The blocks of a compound statement."""
    match statement:
        case n.If(then=then, orelse=orelse):
            return (then, orelse)
        case n.While(body=body, orelse=orelse) | n.For(body=body, orelse=orelse):
            return (body, orelse)
        case n.Try(body=body, handlers=handlers, orelse=orelse, final=final):
            return (body, *(h.body for h in handlers), orelse, final)
        case _:
            return ()


def simple_assignments(block: n.Block) -> Iterator[tuple[str, n.Expr]]:
    """Names and what they are given, in order."""
    for statement in block:
        match statement:
            case n.Assign(target=n.NameTarget(name), value=value):
                yield name, value
            case n.Assign(target=n.TupleTarget(items, None), value=n.TupleExpr(items=values)):
                for target, value in zip(items, values, strict=False):
                    if isinstance(target, n.NameTarget):
                        yield target.name, value


def is_empty(expr: n.Expr | None) -> bool:
    """Whether it is `[]`."""
    return isinstance(expr, n.ListExpr) and not expr.items
