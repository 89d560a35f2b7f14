"""A key that is the same for formulas that differ in the names of bound variables only."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from verify_agent.verifier.evidence import Span
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir import types as ir

_MIRRORED = {">": "<", ">=": "<="}
_COMMUTATIVE = ("==", "!=")


def canonical(expr: n.Expr) -> object:
    """The key; `a < b` is `b > a`, and `==` has no order."""
    return _key(expr, {})


def _key(root: Any, names: dict[str, str]) -> Any:
    match root:
        case tuple():
            return tuple(_key(x, names) for x in root)
        case n.Var(name=name):
            return ("var", names.get(name, name))
        case n.Const(value=value):
            return ("const", type(value).__name__, value)
        case n.Compare(op=op, left=left, right=right) if op in _MIRRORED:
            return ("compare", _MIRRORED[op], _key(right, names), _key(left, names))
        case n.Compare(op=op, left=left, right=right) if op in _COMMUTATIVE:
            sides = sorted((_key(left, names), _key(right, names)), key=repr)
            return ("compare", op, *sides)
        case n.Compare(op=op, left=left, right=right):
            return ("compare", op, _key(left, names), _key(right, names))
        case n.Comprehension():
            return _comprehension(root, names)
        case ir.IntType() | ir.BoolType() | Span():
            return None
        case _ if is_dataclass(root) and not isinstance(root, ir.Type):
            parts = [f.name for f in fields(root) if f.name not in ("type", "span")]
            return (type(root).__name__, *(_key(getattr(root, p), names) for p in parts))
        case _:
            return root


def _comprehension(root: n.Comprehension, names: dict[str, str]) -> object:
    inner = dict(names)
    parts: list[object] = []
    for generator in root.generators:
        domain = _key(generator.iterable, inner)
        _bind(generator.target, inner)
        parts.append((domain, _key(generator.conditions, inner)))
    return ("comprehension", root.kind, tuple(parts), _key(root.element, inner))


def _bind(target: n.Target, names: dict[str, str]) -> None:
    match target:
        case n.NameTarget(name):
            names[name] = f"bound {len(names)}"
        case n.TupleTarget(items):
            for item in items:
                _bind(item, names)
        case _:
            raise TypeError(f"a comprehension binds names, not {target}")
