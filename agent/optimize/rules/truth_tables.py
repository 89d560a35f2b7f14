"""Nested conditions as truth tables over what they test, and the shortest formula for each.

The tests at the leaves (a flag, a comparison) are taken as independent; formulas are found by
enumeration, smallest first, over the tables that they make.
"""

from __future__ import annotations

import ast
import copy
import itertools
from collections.abc import Iterator, Mapping, Sequence

from verify_agent.agent.optimize.model import Known, Rewrite
from verify_agent.agent.synth.rules.boolean import negated
from verify_agent.verifier.ir.types import BoolType, Type

MOST_TESTS = 4
MOST_COST = 14
#: Tables kept in an enumeration.
MOST_TABLES = 4_000

Atoms = dict[str, ast.expr]
Row = Mapping[str, bool]


def rewrites(known: Known) -> Iterator[Rewrite]:
    """The function's nested conditions as one formula, or as one condition between two results."""
    atoms: Atoms = {}
    if not _decides(known.body) or not _collect(known.body, atoms):
        return
    if not 1 <= len(atoms) <= MOST_TESTS:
        return
    rows = [
        dict(zip(atoms, row, strict=True))
        for row in itertools.product((False, True), repeat=len(atoms))
    ]
    results = [_result(known.body, row) for row in rows]
    if any(r is None for r in results):
        return
    kinds = {ast.dump(r): r for r in results if r is not None}
    if isinstance(known.returns, BoolType):
        yield from _formula(known, atoms, rows, results)
    elif len(kinds) == 2:
        yield from _either(known, atoms, rows, results, list(kinds.values()))
    elif len(kinds) == 1:
        yield Rewrite((ast.Return(results[0]),), "one result")


def _formula(
    known: Known, atoms: Atoms, rows: Sequence[Row], results: Sequence[ast.expr | None]
) -> Iterator[Rewrite]:
    table = tuple(_truth(r, row) for r, row in zip(results, rows, strict=True))
    if any(t is None for t in table):
        return
    found = shortest(atoms, rows, tuple(bool(t) for t in table), known.types)
    if found is not None:
        yield Rewrite((ast.Return(found),), "shortest formula")


def _either(
    known: Known,
    atoms: Atoms,
    rows: Sequence[Row],
    results: Sequence[ast.expr | None],
    kinds: list[ast.expr],
) -> Iterator[Rewrite]:
    for first, second in (kinds, kinds[::-1]):
        table = tuple(r is not None and ast.dump(r) == ast.dump(first) for r in results)
        test = shortest(atoms, rows, table, known.types)
        if test is not None:
            one, other = ast.Return(copy.deepcopy(first)), ast.Return(copy.deepcopy(second))
            yield Rewrite((ast.If(test, [one], []), other), "one condition")


def shortest(
    atoms: Atoms, rows: Sequence[Row], table: tuple[bool, ...], types: Mapping[str, Type]
) -> ast.expr | None:
    """The smallest formula with that table; None where none was found in bounds.

    A negation costs one where it is no part of a comparison, a connective one.
    """
    levels: list[dict[tuple[bool, ...], ast.expr]] = [{}]
    known: set[tuple[bool, ...]] = set()

    def enter(level: dict[tuple[bool, ...], ast.expr], key: tuple[bool, ...], e: ast.expr) -> None:
        if key not in known and len(known) < MOST_TABLES:
            known.add(key)
            level[key] = e

    enter(levels[0], (True,) * len(rows), ast.Constant(True))
    enter(levels[0], (False,) * len(rows), ast.Constant(False))
    for cost in range(1, MOST_COST + 1):
        if table in known:
            return next(level[table] for level in levels if table in level)
        level: dict[tuple[bool, ...], ast.expr] = {}
        if cost == 1:
            for key, atom in atoms.items():
                column = tuple(row[key] for row in rows)
                enter(level, column, atom)
                opposite = negated(atom, types)
                if not isinstance(opposite, ast.UnaryOp):
                    enter(level, tuple(not v for v in column), opposite)
        for key_, inner in levels[cost - 1].items():
            enter(level, tuple(not v for v in key_), _negation(inner, types))
        for left_cost in range(1, cost - 1):
            _combine(levels[left_cost], levels[cost - 1 - left_cost], level, enter)
        levels.append(level)
    return None


def _combine(left: object, right: object, level: object, enter: object) -> None:
    assert isinstance(left, dict)
    assert isinstance(right, dict)
    assert callable(enter)
    for (a, x), (b, y) in itertools.product(left.items(), right.items()):
        enter(level, tuple(p or q for p, q in zip(a, b, strict=True)), _joined(ast.Or(), x, y))
        enter(level, tuple(p and q for p, q in zip(a, b, strict=True)), _joined(ast.And(), x, y))


def _joined(op: ast.boolop, left: ast.expr, right: ast.expr) -> ast.expr:
    parts: list[ast.expr] = []
    for side in (left, right):
        alike = isinstance(side, ast.BoolOp) and type(side.op) is type(op)
        parts += side.values if alike and isinstance(side, ast.BoolOp) else [side]
    return ast.BoolOp(op, parts)


def _negation(node: ast.expr, types: Mapping[str, Type]) -> ast.expr:
    return (
        negated(node, types) if not isinstance(node, ast.Constant) else ast.Constant(not node.value)
    )


def _decides(body: Sequence[ast.stmt]) -> bool:
    """Whether the body only tests and returns, on every path."""
    for position, statement in enumerate(body):
        match statement:
            case ast.Return(value=ast.expr()):
                return position == len(body) - 1
            case ast.If(body=yes, orelse=no):
                last = position == len(body) - 1
                if not _tests_only(yes) or (no and not _tests_only(no)):
                    return False
                if last:
                    return bool(no) and _decides(yes) and _decides(no)
            case _:
                return False
    return False


def _tests_only(body: Sequence[ast.stmt]) -> bool:
    return all(
        isinstance(s, ast.Return)
        or (isinstance(s, ast.If) and _tests_only(s.body) and _tests_only(s.orelse))
        for s in body
    )


def _collect(body: Sequence[ast.stmt], atoms: Atoms) -> bool:
    """Enter every leaf that is tested; False where a test is of another kind."""
    for statement in body:
        match statement:
            case ast.Return(value=ast.expr() as value):
                if _is_formula(value):
                    _leaves(value, atoms)
            case ast.If(test=test, body=yes, orelse=no):
                if not _is_formula(test):
                    return False
                _leaves(test, atoms)
                if not (_collect(yes, atoms) and _collect(no, atoms)):
                    return False
    return True


def _is_formula(node: ast.expr) -> bool:
    match node:
        case ast.BoolOp(values=values):
            return all(map(_is_formula, values))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _is_formula(inner)
        case ast.IfExp(test=test, body=yes, orelse=no):
            return all(map(_is_formula, (test, yes, no)))
        case ast.Compare(ops=[_]) | ast.Name():
            return True
        case ast.Constant(value=bool()):
            return True
        case _:
            return False


def _leaves(node: ast.expr, atoms: Atoms) -> None:
    match node:
        case ast.BoolOp(values=values):
            for value in values:
                _leaves(value, atoms)
        case ast.UnaryOp(operand=inner):
            _leaves(inner, atoms)
        case ast.IfExp(test=test, body=yes, orelse=no):
            for part in (test, yes, no):
                _leaves(part, atoms)
        case ast.Constant():
            pass
        case _:
            key, _, atom = _normal(node)
            atoms.setdefault(key, atom)


def _normal(node: ast.expr) -> tuple[str, bool, ast.expr]:
    """A test's key, whether it is the key's own sense, and the expression in that sense."""
    match node:
        case ast.Compare(left=left, ops=[ast.NotEq()], comparators=[right]):
            made = ast.Compare(left, [ast.Eq()], [right])
            return ast.dump(made), False, made
        case ast.Compare(left=left, ops=[ast.Gt()], comparators=[right]):
            key = ast.dump(ast.Compare(right, [ast.Lt()], [left]))
            return key, True, node
        case ast.Compare(left=left, ops=[ast.GtE()], comparators=[right]):
            made = ast.Compare(left, [ast.Lt()], [right])
            return ast.dump(made), False, made
        case ast.Compare(left=left, ops=[ast.LtE()], comparators=[right]):
            made = ast.Compare(left, [ast.Gt()], [right])
            return ast.dump(ast.Compare(right, [ast.Lt()], [left])), False, made
        case _:
            return ast.dump(node), True, node


def _truth(node: ast.expr | None, row: Row) -> bool | None:
    match node:
        case ast.Constant(value=bool() as value):
            return value
        case ast.BoolOp(op=op, values=values):
            parts = [_truth(v, row) for v in values]
            if None in parts:
                return None
            return all(parts) if isinstance(op, ast.And) else any(parts)
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            found = _truth(inner, row)
            return None if found is None else not found
        case ast.IfExp(test=test, body=yes, orelse=no):
            found = _truth(test, row)
            return None if found is None else _truth(yes if found else no, row)
        case ast.expr():
            key, own, _ = _normal(node)
            return row[key] is own if key in row else None
        case _:
            return None


def _result(body: Sequence[ast.stmt], row: Row) -> ast.expr | None:
    """What is returned in a row; None where the row does not decide it."""
    for statement in body:
        match statement:
            case ast.Return(value=value):
                return value
            case ast.If(test=test, body=yes, orelse=no):
                found = _truth(test, row)
                if found is None:
                    return None
                branch = yes if found else no
                inner = _result(branch, row)
                if inner is not None:
                    return inner
    return None
