"""Numbers read off environments: the int terms of a loop, and their values in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.shape import Shape, assigned_names, entry_value
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir
from verify_agent.verifier.ir.walk import walk

MOST = 9


@dataclass(frozen=True)
class Measure:
    """An int term, whether the loop changes it, and its value in every environment."""

    term: n.Expr
    changes: bool
    values: tuple[int, ...]


def measures(shape: Shape) -> list[Measure]:
    """The int terms that facts may be about: changed ones first; constant ones left out."""
    found: list[Measure] = []
    for term in _terms(shape):
        values = _values(shape, term)
        if values is None or any(m.values == values for m in found):
            continue
        changes = shape.changes(term)
        if changes or len(set(values)) > 1:
            found.append(Measure(term, changes, values))
    found.sort(key=lambda m: not m.changes)
    return found[:MOST]


def _terms(shape: Shape) -> list[n.Expr]:
    lengths = [r.length(x) for x in shape.sequences]
    entry = [
        entry_value(p)
        for p in shape.context.function.parameters
        if p.name in shape.rebound and p.type == ir.INT
    ]
    bound = assigned_names(shape.loop.target) if isinstance(shape.loop, n.For) else set()
    own = [x for x in shape.changed_ints if x.name not in bound]
    used = {x.name for x in r.variables((shape.context.function.body, _promises(shape)))}
    outer = {x.name for at, _ in shape.outer for x in r.variables(at)}
    rest = [x for x in shape.ints if x not in shape.changed_ints and x.name in used | outer]
    rest.sort(key=lambda x: x.name not in outer)
    return [*own, *(x for x in lengths if shape.changes(x)), *entry, *rest, *_fixed(shape, lengths)]


def _fixed(shape: Shape, lengths: Sequence[n.Expr]) -> list[n.Expr]:
    return [x for x in lengths if not shape.changes(x)]


def _promises(shape: Shape) -> tuple[n.Expr, ...]:
    return tuple(c.expr for c in shape.context.function.ensures)


def _values(shape: Shape, term: n.Expr) -> tuple[int, ...] | None:
    """The term's values; None where it is no int somewhere."""
    found = []
    for environment in shape.context.environments:
        match term:
            case n.Var(name=name):
                value = environment.get(name)
            case n.Old(name=name):
                value = environment.get(name)
            case n.Builtin(name="len", args=(n.Var(name=name),)):
                inner = environment.get(name)
                value = len(inner) if isinstance(inner, list | str | tuple) else None
            case _:
                value = None
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        found.append(value)
    return tuple(found)


def literals(shape: Shape) -> list[int]:
    """The int literals of the function and its promises."""
    places = (shape.context.function.body, _promises(shape))
    found = {x.value: None for x in walk(places) if isinstance(x, n.Const) and _is_int(x.value)}
    return [int(str(x)) for x in found]


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
