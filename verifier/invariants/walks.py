"""What a `for` goes over: which items, and how far it has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.statements import order_name

ZERO = r.integer(0)


@dataclass(frozen=True)
class Front:
    """How far the loop is: positions from `start` to before `at` are done, or, where it comes
    from the other end, those from `at` on. `exact` fronts are known from the loop's head."""

    at: n.Expr
    up: bool
    start: n.Expr = ZERO
    exact: bool = False

    def done(self, size: n.Expr) -> tuple[n.Expr, n.Expr]:
        """The bounds of the range that is done, of a sequence of that size."""
        return (self.start, self.at) if self.up else (self.at, size)

    def left(self, size: n.Expr) -> tuple[n.Expr, n.Expr]:
        """The bounds of the range that is still to come."""
        return (self.at, size) if self.up else (ZERO, self.at)

    def part(self, sequence: n.Expr) -> n.Expr:
        """The part of a sequence that is done."""
        return r.prefix(sequence, self.at) if self.up else r.suffix(sequence, self.at)


@dataclass(frozen=True)
class Walk:
    """What a `for` goes over: the items bound at a position, those bound in the round of a
    number, and the sequences walked."""

    item: Callable[[n.Expr], dict[str, n.Expr]]
    nth: Callable[[n.Expr], dict[str, n.Expr]]
    sequences: tuple[n.Expr, ...]
    fronts: tuple[Front, ...]


def is_sequence(type_: ir.Type) -> bool:
    """Whether it is a list, a text or a tuple of unknown length."""
    return isinstance(type_, ir.ListType | ir.StrType | ir.VariadicTupleType)


def walk_of(loop: n.For) -> Walk | None:
    """What a `for` goes over, for ranges, sequences, enumerate, zip and reversed."""
    k = r.name(loop.index)
    made = _domain(loop.iterable, k)
    if made is None:
        return None
    item, sequences, fronts = made

    def bound(q: n.Expr) -> dict[str, n.Expr]:
        return _matched(loop.target, item(q))

    def in_round(q: n.Expr) -> dict[str, n.Expr]:
        return bound(r.replaced(_next(fronts[0]), k, q))

    return Walk(bound, in_round, sequences, fronts)


def _next(front: Front) -> n.Expr:
    """The position of the item that comes next."""
    return front.at if front.up else r.plus(front.at, -1)


Item = Callable[[n.Expr], n.Expr]
_Domain = tuple[Item, tuple[n.Expr, ...], tuple[Front, ...]]


def _domain(iterable: n.Expr, k: n.Expr) -> _Domain | None:
    match iterable:
        case n.Builtin(name="range", args=args):
            return _range(args, k)
        case n.Builtin(name="enumerate", args=args):
            inner = _domain(args[0], k)
            start = args[1] if len(args) > 1 else ZERO
            return None if inner is None else (_pair(inner[0], start), *inner[1:])
        case n.Builtin(name="zip", args=args):
            parts = [_domain(a, k) for a in args]
            known = [p for p in parts if p is not None]
            if len(known) < len(parts) or not known:
                return None
            sequences = tuple(s for p in known for s in p[1])
            return _tuple([p[0] for p in known]), sequences, (Front(k, True, ZERO, True),)
        case n.Builtin(name="reversed", args=args) if is_sequence(args[0].type):
            at = r.sub(r.length(args[0]), k)
            front = Front(at, False, ZERO, True)
            return (lambda q: r.item(args[0], q)), (args[0],), (front,)
        case n.Slice(base=base, lower=n.Const(value=int(skipped)), upper=None, step=None) if (
            is_sequence(base.type) and skipped >= 0
        ):
            return _rest(base, skipped, k)
        case n.Method(base=n.Node(type=ir.DictType()) as table, name="keys" | "values" | "items"):
            return _table(table, iterable.name, k)
        case n.Node(type=ir.DictType() | ir.SetType()) as table:
            return _table(table, "keys", k)
        case n.Node() if is_sequence(iterable.type):
            return (lambda q: r.item(iterable, q)), (iterable,), (Front(k, True, ZERO, True),)
        case _:
            return None


def _table(table: n.Expr, view: str, k: n.Expr) -> _Domain | None:
    """A dict or set, told by the hidden list of its keys."""
    type_ = table.type
    if not isinstance(k, n.Var) or not isinstance(type_, ir.DictType | ir.SetType):
        return None
    key = type_.key if isinstance(type_, ir.DictType) else type_.item
    order = n.Var(ir.ListType(key), r.NOWHERE, order_name(k.name))

    def item(q: n.Expr) -> n.Expr:
        mine = r.item(order, q)
        if view == "keys" or not isinstance(type_, ir.DictType):
            return mine
        held = n.Index(type_.value, r.NOWHERE, table, mine)
        return held if view == "values" else _display([mine, held])

    return item, (order,), (Front(k, True, ZERO, True),)


def _rest(base: n.Expr, skipped: int, k: n.Expr) -> _Domain:
    """`base[skipped:]`, told by positions in the base itself."""
    at = r.plus(k, skipped)
    fronts = (Front(at, True, ZERO, True), Front(at, True, r.integer(skipped), True))
    return (lambda q: r.item(base, q)), (base,), fronts


def _pair(item: Item, start: n.Expr) -> Item:
    return lambda q: _display([r.add(start, q), item(q)])


def _tuple(items: list[Item]) -> Item:
    return lambda q: _display([x(q) for x in items])


def _display(items: list[n.Expr]) -> n.Expr:
    return n.TupleExpr(ir.TupleType(tuple(x.type for x in items)), r.NOWHERE, tuple(items))


def _range(args: tuple[n.Expr, ...], k: n.Expr) -> _Domain | None:
    start = args[0] if len(args) > 1 else ZERO
    step = r.number(args[2]) if len(args) > 2 else 1
    if step is None or step == 0:
        return None
    at = (
        r.add(start, r.mul(r.integer(step), k))
        if step > 0
        else r.sub(start, r.mul(r.integer(-step), k))
    )
    if step > 0:
        fronts = [Front(at, True, start, True)]
        if start != ZERO:
            fronts.append(Front(at, True, ZERO, True))
        return (lambda q: q), (), tuple(fronts)
    return (lambda q: q), (), (Front(r.plus(at, 1), False, ZERO, True),)


def _matched(target: n.Target, value: n.Expr) -> dict[str, n.Expr]:
    match target:
        case n.NameTarget(name):
            return {name: value}
        case n.TupleTarget(items, None):
            parts = value.items if isinstance(value, n.TupleExpr) else None
            found: dict[str, n.Expr] = {}
            for number, item in enumerate(items):
                inner = parts[number] if parts else _component(value, number)
                found |= _matched(item, inner)
            return found
        case _:
            return {}


def _component(value: n.Expr, number: int) -> n.Expr:
    types = value.type.items if isinstance(value.type, ir.TupleType) else ()
    type_ = types[number] if number < len(types) else ir.INT
    return n.Index(type_, r.NOWHERE, value, r.integer(number))
