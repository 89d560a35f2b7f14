"""What a round of a loop may change, and the loop's head in any round: all that is forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.statements import order_name
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.theory import values as v
from verify_agent.verifier.theory.convert import choose, havoc, well_formed
from verify_agent.verifier.theory.rewrite import tidy
from verify_agent.verifier.vc.aliasing import is_object
from verify_agent.verifier.vc.effects import assigned, bound_by_comprehensions
from verify_agent.verifier.vc.iteration import Source as Items
from verify_agent.verifier.vc.state import State

if TYPE_CHECKING:
    from verify_agent.verifier.vc.machine import Machine

ZERO, ONE = t.integer(0), t.integer(1)


def round_of(node: n.While | n.For) -> object:
    if isinstance(node, n.While):
        return (node.test, node.body)
    return (node.target, node.body)


def names_changed(node: n.While | n.For) -> dict[str, ir.Type]:
    """Locals that a round may bind, the hidden index among them."""
    found = assigned(round_of(node))
    if isinstance(node, n.For):
        found[node.index] = ir.INT
    inner = bound_by_comprehensions(round_of(node))
    return {name: type_ for name, type_ in found.items() if name not in inner}


def object_type(entry: State, id_: int) -> ir.Type:
    """The type of an object that is to be forgotten; of an untyped `[]` or `{}`, its variable's."""
    contents = entry.heap[id_]
    if isinstance(contents, v.SetV | v.DictV):
        known = (x.type for x in entry.locals.values() if isinstance(x, v.Ref) and x.id == id_)
        return next((x for x in known if x != contents.type), contents.type)
    return ir.ListType(_item_type(entry, id_, contents.item))


def _item_type(entry: State, id_: int, item: ir.Type) -> ir.Type:
    """The item type of a list that is to be forgotten; of an untyped `[]`, its variable's."""
    for value in entry.locals.values():
        if isinstance(value, v.Ref) and value.id == id_ and isinstance(value.type, ir.ListType):
            known = value.type.item
            return item if known == ir.UnionType(()) or known is None else known
    return item


def forget(m: Machine, entry: State, head: State, name: str, type_: ir.Type) -> None:
    """Any value of the variable's type; maybe bound, where it was not bound before."""
    if is_object(type_) and type_.name not in m.contained:
        raise Unsupported(f"values of type {type_.name}")
    unknown = havoc(m.theory, name, type_)
    head.locals[name] = unknown
    assume_all(head, well_formed(m.theory, unknown))
    before = entry.bound_when.get(name, t.TRUE) if name in entry.locals else t.FALSE
    head.bound_when.pop(name, None)
    if before is not t.TRUE:
        head.bound_when[name] = t.disj(before, m.theory.fresh("bound", t.BOOL))


def assume_all(state: State, facts: Sequence[Term]) -> None:
    for fact in facts:
        state.assume(fact)


def bind_order(m: Machine, state: State, node: n.For, items: Items) -> None:
    """The hidden list of the keys that a loop over a dict or set goes over."""
    from verify_agent.verifier.vc.tables import in_order

    if items.key is not None:
        state.locals[order_name(node.index)] = in_order(m, items.size, items.key)


def head_of_for(
    m: Machine, entry: State, head: State, node: n.For, items: Items | None, exact: bool
) -> None:
    """The count of items taken, and the target as the item taken last."""
    from verify_agent.verifier.vc.machine import Mode
    from verify_agent.verifier.vc.targets import bind_target

    count = m.theory.fresh(node.index, t.INT)
    head.locals[node.index] = v.IntV(count)
    head.assume(t.le(ZERO, count))
    if items is None:
        return
    at_most = t.le(tidy(t.add(items.lower, count)), items.upper)
    head.assume(t.disj(t.eq(count, ZERO), at_most))
    if not exact:
        return
    last = head.copy()
    some = t.lt(ZERO, count)
    last.decide(some)
    position = tidy(t.sub(t.add(items.lower, count), ONE))
    with m.using(Mode(m.mode.key, ignore=True)):
        bind_target(m, last, node.target, items.at(position))
    for name in assigned(node.target):
        value = last.locals[name]
        if name not in entry.locals:
            head.locals[name] = value
            head.bound_when[name] = some
            continue
        head.locals[name] = choose(m.theory, some, value, entry.locals[name])
        if name in entry.bound_when:
            head.bound_when[name] = t.disj(some, entry.bound_when[name])


def check_frame(
    head: State, ends: Sequence[State], node: n.While | n.For, forgotten: frozenset[int]
) -> None:
    """What was not forgotten is as it was: else the rule would be wrong, so it is refused."""
    names = names_changed(node)
    for end in ends:
        changed = {k for k, seq in head.heap.items() if end.heap.get(k) != seq}
        rebound = [
            name
            for name, value in head.locals.items()
            if name not in names and end.locals.get(name) != value
        ]
        if rebound or changed - forgotten:
            raise Unsupported("a loop whose effects are not seen in its text")
