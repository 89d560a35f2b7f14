"""One condition in a normal form that names, order and spelling do not change.

The form is for finding what was solved before, not for reasoning: what it takes to be the same is
checked by the engines afterwards like anything that is proposed. So it may be bold where Python
has an exception that hardly matters (`not a < b` for `b <= a`, which NaN tells apart).
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping, Sequence

_FLIPPED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_SYMMETRIC = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)
_BINDING = (ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp, ast.Lambda)

Clause = ast.expr


def conjuncts(condition: ast.expr) -> list[Clause]:
    """What must hold, one by one, negations pushed inwards.

    >>> [ast.unparse(c) for c in conjuncts(parsed("not (a < b or c) and 0 <= d < 9"))]
    ['b <= a', 'not c', '0 <= d', 'd < 9']
    """
    return _conjuncts(_negation_normal(condition, holds=True))


def spelled(clause: Clause, names: Mapping[str, str], *, numeric: bool) -> str:
    """The clause as text under other names; what may stand in any order stands sorted.

    `numeric` says that `+` adds numbers, so that its sides may be exchanged.
    """
    renamed = _Rename(names).visit(copy.deepcopy(_bound_apart(clause)))
    return _text(renamed, numeric)


def parsed(text: str) -> ast.expr:
    """An expression's tree."""
    return ast.parse(text.strip(), mode="eval").body


def _conjuncts(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BoolOp(ast.And(), values):
            return [c for v in values for c in _conjuncts(v)]
        case ast.BoolOp(ast.Or(), values):
            return _by_cases(values) or [node]
        case ast.Constant(True):
            return []
    return [node]


def _by_cases(values: Sequence[ast.expr]) -> list[ast.expr]:
    """`c and a or not c and b` is `not c or a` and `c or b`."""
    if len(values) != 2:
        return []
    left, right = map(_conjuncts, values)
    for condition in left:
        opposite = ast.dump(_negation_normal(condition, holds=False))
        others = [c for c in right if ast.dump(c) == opposite]
        if not others:
            continue
        then = [c for c in left if c is not condition]
        rest = [c for c in right if c is not others[0]]
        return [
            *(_or([others[0], c]) for c in then),
            *(_or([condition, c]) for c in rest),
        ]
    return []


def _negation_normal(node: ast.expr, *, holds: bool) -> ast.expr:
    """The node, or its negation, with `not` at its leaves only."""
    match node:
        case ast.UnaryOp(ast.Not(), operand):
            return _negation_normal(operand, holds=not holds)
        case ast.BoolOp(operator, values):
            parts = [_negation_normal(v, holds=holds) for v in values]
            return _and(parts) if isinstance(operator, ast.And) == holds else _or(parts)
        case ast.IfExp(test, body, orelse):
            return _choice(test, body, orelse, holds)
        case ast.Compare(left, ops, comparators):
            return _comparisons(left, ops, comparators, holds)
        case ast.Constant(bool(value)):
            return ast.Constant(value == holds)
        case ast.Call(ast.Name("all" | "any" as name), [ast.GeneratorExp() as made], []):
            inner = _negation_normal(made.elt, holds=holds)
            kept = name if holds else {"all": "any", "any": "all"}[name]
            return ast.Call(
                ast.Name(kept, ast.Load()), [ast.GeneratorExp(inner, made.generators)], []
            )
        case ast.Call(ast.Name("bool"), [value], []):
            return _negation_normal(value, holds=holds)
    return node if holds else ast.UnaryOp(ast.Not(), node)


def _choice(test: ast.expr, body: ast.expr, orelse: ast.expr, holds: bool) -> ast.expr:
    yes, no = (_negation_normal(test, holds=h) for h in (True, False))
    first = _or([no, _negation_normal(body, holds=holds)])
    second = _or([yes, _negation_normal(orelse, holds=holds)])
    return _and([part for part in (first, second) if not _is(part, True)])


def _comparisons(
    left: ast.expr, ops: Sequence[ast.cmpop], comparators: Sequence[ast.expr], holds: bool
) -> ast.expr:
    parts = []
    for op, right in zip(ops, comparators, strict=True):
        kind = type(op) if holds else _NEGATED[type(op)]
        sides = (right, left) if kind in _FLIPPED else (left, right)
        parts.append(ast.Compare(sides[0], [_FLIPPED.get(kind, kind)()], [sides[1]]))
        left = right
    if len(parts) == 1:
        return parts[0]
    return _and(list(parts)) if holds else _or(list(parts))


def _and(parts: list[ast.expr]) -> ast.expr:
    return _joined(ast.And(), parts, neutral=True)


def _or(parts: list[ast.expr]) -> ast.expr:
    return _joined(ast.Or(), parts, neutral=False)


def _joined(operator: ast.And | ast.Or, parts: list[ast.expr], *, neutral: bool) -> ast.expr:
    flat: list[ast.expr] = []
    for part in parts:
        match part:
            case ast.BoolOp(inner, values) if type(inner) is type(operator):
                flat.extend(values)
            case _:
                flat.append(part)
    if any(_is(part, not neutral) for part in flat):
        return ast.Constant(not neutral)
    kept = [part for part in flat if not _is(part, neutral)]
    if not kept:
        return ast.Constant(neutral)
    return kept[0] if len(kept) == 1 else ast.BoolOp(operator, kept)


def _is(node: ast.expr, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _text(node: ast.AST, numeric: bool) -> str:
    """A bracketed text; commutative operands in the order of their own texts."""

    def text(part: ast.AST) -> str:
        return _text(part, numeric)

    match node:
        case ast.Name(name):
            return name
        case ast.Constant(value):
            return repr(value)
        case ast.BoolOp(operator, values):
            word = " and " if isinstance(operator, ast.And) else " or "
            return f"({word.join(sorted(dict.fromkeys(map(text, values))))})"
        case ast.Compare() | ast.UnaryOp(ast.Not()) | ast.IfExp():
            return _truth(node, text)
        case ast.BinOp(left, ast.Mult() | ast.BitAnd() | ast.BitOr() | ast.BitXor() as op, right):
            return _chain(op, _operands(node, type(op)), text)
        case ast.BinOp(left, ast.Add() as op, right) if numeric:
            return _chain(op, _operands(node, type(op)), text)
        case ast.BinOp(left, op, right):
            return f"({text(left)} {type(op).__name__} {text(right)})"
        case ast.Call(ast.Name("min" | "max" as name), [_, _, *_] as values, []):
            return f"{name}({', '.join(sorted(map(text, values)))})"
    return _generic(node, text)


def _truth(node: ast.expr, text: Callable[[ast.AST], str]) -> str:
    match node:
        case ast.Compare(left, [op], [right]):
            kind = type(op)
            sides = [text(left), text(right)]
            if kind in _SYMMETRIC:
                sides.sort()
            elif kind in _FLIPPED:
                sides.reverse()
            return f"({sides[0]} {_FLIPPED.get(kind, kind).__name__} {sides[1]})"
        case ast.UnaryOp(ast.Not(), operand):
            return f"(not {text(operand)})"
    return _generic(node, text)


def _operands(node: ast.expr, kind: type[ast.operator]) -> list[ast.expr]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, kind):
        return [*_operands(node.left, kind), *_operands(node.right, kind)]
    return [node]


def _chain(op: ast.operator, operands: list[ast.expr], text: Callable[[ast.AST], str]) -> str:
    return f"({f' {type(op).__name__} '.join(sorted(map(text, operands)))})"


def _generic(node: ast.AST, text: Callable[[ast.AST], str]) -> str:
    parts = []
    for name, value in ast.iter_fields(node):
        if name in ("ctx", "type_comment", "kind"):
            continue
        match value:
            case ast.AST():
                parts.append(text(value))
            case list():
                shown = (text(v) if isinstance(v, ast.AST) else repr(v) for v in value)
                parts.append(f"[{', '.join(shown)}]")
            case _:
                parts.append(repr(value))
    return f"{type(node).__name__}({', '.join(parts)})"


def _bound_apart(clause: ast.expr) -> ast.expr:
    """The clause with the variables that it binds itself named by their order."""
    bound: dict[str, str] = {}
    for node in ast.walk(clause):
        if isinstance(node, ast.comprehension):
            for target in ast.walk(node.target):
                if isinstance(target, ast.Name):
                    bound.setdefault(target.id, f"b{len(bound)}")
        elif isinstance(node, ast.arg):
            bound.setdefault(node.arg, f"b{len(bound)}")
        elif isinstance(node, ast.NamedExpr):
            bound.setdefault(node.target.id, f"b{len(bound)}")
    return _Rename(bound).visit(copy.deepcopy(clause)) if bound else clause


class _Rename(ast.NodeTransformer):
    """Names under other names, wherever they stand."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.Name(self.names.get(node.id, node.id), node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.arg:
        return ast.arg(self.names.get(node.arg, node.arg))
