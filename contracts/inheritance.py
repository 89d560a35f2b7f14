"""What a class inherits of contracts, as icontract's `DBC` has it.

Of a class that derives from `icontract.DBC` (or has its metaclass), invariants are those of the
base and its own; a method that overrides one demands that the base's preconditions hold *or* its
own, and promises what the base promises *and* its own (icontract, `_metaclass.py`). Constructors
inherit nothing. Without `DBC` icontract does not inherit contracts, and what it does instead
can't be told from the text of one method: then, and where a base is not in the module or there
are several, there is no lineage.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from verify_agent.contracts.expressions import argument_names
from verify_agent.contracts.model import Condition, Contract, Unread
from verify_agent.contracts.parse import Function, Reading, Scope, read_function, read_invariants
from verify_agent.contracts.spelling import own_level

Classes = Mapping[str, ast.ClassDef]

_INHERITING = "icontract.DBC"
_METACLASS = "icontract.DBCMeta"
_WITHOUT = frozenset({"__init__", "__new__"})


def lineage(node: ast.ClassDef, scope: Scope, classes: Classes) -> tuple[ast.ClassDef, ...] | None:
    """The class's ancestors in the module, nearest first; None where contracts are not inherited.

    The class itself, with no ancestor, has a lineage too if it derives from `DBC`.
    """
    found: list[ast.ClassDef] = []
    current = node
    while parents := _parents(current, classes):
        if len(parents) > 1 or parents[0] is node or parents[0] in found:
            return None
        current = parents[0]
        found.append(current)
    return tuple(found) if _is_root(current, scope) else None


def inherited_invariants(
    node: ast.ClassDef, ancestors: tuple[ast.ClassDef, ...], scope: Scope
) -> Reading:
    """The invariants of a class, those of the oldest ancestor first."""
    readings = [read_invariants(c, scope) for c in (*reversed(ancestors), node)]
    conditions = tuple(c for r in readings for c in r.contract.invariants)
    return Reading(Contract(invariants=conditions), tuple(u for r in readings for u in r.unread))


def inherited_contract(
    function: Function, ancestors: tuple[ast.ClassDef, ...], scope: Scope
) -> Reading:
    """The contract of a method, joined with that of the method it overrides."""
    own = read_function(function, scope)
    if function.name in _WITHOUT:
        return own
    for position, ancestor in enumerate(ancestors):
        above = _method(ancestor, function.name)
        if above is not None:
            base = inherited_contract(above, ancestors[position + 1 :], scope)
            return _joined(function, own, above, base)
    if own.contract.requires and hasattr(object, function.name):
        return _with(own, function, f"preconditions of `{function.name}`, which every object has")
    return own


def _joined(function: Function, own: Reading, above: Function, base: Reading) -> Reading:
    old, new = base.contract, own.contract
    both = Reading(
        replace(
            new,
            requires=_weakened(old.requires, new.requires),
            snapshots=(*old.snapshots, *new.snapshots),
            ensures=(*old.ensures, *new.ensures),
        ),
        (*base.unread, *own.unread),
    )
    if new.requires and not old.requires:
        return _with(both, function, "preconditions where the overridden method has none")
    names = [s.name for s in both.contract.snapshots]
    if len(set(names)) < len(names):
        return _with(both, function, "a snapshot named as one that is inherited")
    renamed = argument_names(above.args) - argument_names(function.args)
    if renamed and (old.requires or old.ensures or old.snapshots):
        return _with(both, function, f"no parameter `{min(renamed)}`, over which conditions are")
    if new.requires and any(c.error for c in (*old.requires, *new.requires)):
        return _with(both, function, "`error=` of preconditions that are weakened")
    return both


def _weakened(base: tuple[Condition, ...], own: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """Either all of the base's conditions hold or all of the method's own."""
    if not base or not own:
        return base or own
    first, second = _all_of(base), _all_of(own)
    shown = f"{_all_of(base, shown=True)} or {_all_of(own, shown=True)}"
    return (Condition(f"{first} or {second}", own[0].line, own[0].column, shown=shown),)


def _all_of(conditions: tuple[Condition, ...], *, shown: bool = False) -> str:
    texts = [f"({c.display if shown else c.text})" for c in conditions]
    return texts[0] if len(texts) == 1 else f"({' and '.join(texts)})"


def _with(reading: Reading, function: Function, construct: str) -> Reading:
    unread = Unread(construct, function.lineno, function.col_offset)
    return replace(reading, unread=(*reading.unread, unread))


def _method(node: ast.ClassDef, name: str) -> Function | None:
    found = [
        s
        for s in own_level(node.body)
        if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) and s.name == name
    ]
    return found[-1] if found else None


def _is_root(node: ast.ClassDef, scope: Scope) -> bool:
    direct = [scope.spelling.dotted(base) for base in node.bases]
    metaclasses = [scope.spelling.dotted(k.value) for k in node.keywords if k.arg == "metaclass"]
    return _INHERITING in direct or _METACLASS in metaclasses


def _parents(node: ast.ClassDef, classes: Classes) -> list[ast.ClassDef]:
    names = [b.value if isinstance(b, ast.Subscript) else b for b in node.bases]
    return [classes[b.id] for b in names if isinstance(b, ast.Name) and b.id in classes]
