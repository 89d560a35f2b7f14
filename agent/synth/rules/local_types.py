"""The types of a body's locals, where every value that they get has one known type."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence

from verify_agent.agent.synth.rules.kinds import kind
from verify_agent.verifier.ir.types import INT, Type

Given = list[ast.expr | Type | None]
"""The values of a name: terms, types that are known at once, None for what is not known."""


def local_types(statements: Sequence[ast.stmt], types: Mapping[str, Type]) -> dict[str, Type]:
    """The types of parameters and locals; a name with mixed or unknown values is left out.

    Types are assumed and then kept only where they explain each other: by induction over the
    steps of a run, such a set is right.

    >>> body = ast.parse("best = a\\nfor v in (a, 2):\\n    best = v").body
    >>> sorted(local_types(body, {"a": INT})) == ["a", "best", "v"]
    True
    """
    values: dict[str, Given] = defaultdict(list)
    for statement in statements:
        for node in ast.walk(statement):
            _collect(node, values)
    for name in set(values) & set(types):
        values[name].append(types[name])
    assumed = {name: type_ for name, type_ in types.items() if name not in values}
    fixed = dict(assumed)
    for _ in range(len(values)):
        for name, given in values.items():
            known = {k for k in (_kind(v, assumed) for v in given) if k is not None}
            if len(known) == 1:
                assumed[name] = known.pop()
    while wrong := [
        name
        for name in assumed
        if name not in fixed and any(_kind(v, assumed) != assumed[name] for v in values[name])
    ]:
        for name in wrong:
            del assumed[name]
    return assumed


def _collect(node: ast.AST, values: dict[str, Given]) -> None:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            values[name].append(value)
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            left = ast.Name(id=name, ctx=ast.Load())
            values[name].append(ast.BinOp(left, op, value))
        case ast.For(target=target, iter=items) | ast.comprehension(target=target, iter=items):
            for bound, found in _walked(target, items):
                if isinstance(bound, ast.Name):
                    values[bound.id] += found
                else:
                    _unknown([bound], values)
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=given)) if len(
            names
        ) == len(given) and all(isinstance(bound, ast.Name) for bound in names):
            for bound, value in zip(names, given, strict=True):
                assert isinstance(bound, ast.Name)
                values[bound.id].append(value)
        case ast.Assign(targets=targets):
            _unknown(targets, values)
        case ast.AnnAssign(target=target) | ast.NamedExpr(target=target):
            _unknown([target], values)


def _unknown(targets: list[ast.expr], values: dict[str, Given]) -> None:
    for target in targets:
        for node in ast.walk(target):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                values[node.id].append(None)


def _walked(target: ast.expr, items: ast.expr) -> list[tuple[ast.expr, Given]]:
    """What a loop binds, each with the values that it gets."""
    match target, items:
        case ast.Tuple(elts=[index, item]), ast.Call(func=ast.Name(id="enumerate"), args=[whole]):
            return [(index, [INT]), (item, _items(whole))]
        case ast.Tuple(elts=parts), ast.Call(func=ast.Name(id="zip"), args=wholes):
            if len(parts) == len(wholes):
                return list(zip(parts, map(_items, wholes), strict=True))
    return [(target, _items(items) if isinstance(target, ast.Name) else [None])]


def _items(items: ast.expr) -> Given:
    match items:
        case ast.Call(func=ast.Name(id="range")):
            return [INT]
        case ast.Tuple(elts=elts):
            return list(elts)
        case ast.Name() as name:
            return [ast.Subscript(name, ast.Constant(value=0), ast.Load())]
        case ast.Subscript(value=ast.Name() as name, slice=ast.Slice()):
            return [ast.Subscript(name, ast.Constant(value=0), ast.Load())]
    return [None]


def _kind(value: ast.expr | Type | None, types: Mapping[str, Type]) -> Type | None:
    if isinstance(value, ast.expr):
        return kind(value, types)
    return value
