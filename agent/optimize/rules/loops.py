"""Loops that builtins do: sums, counts, extremes, membership, comprehensions; early exits."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator, Sequence

from verify_agent.agent.optimize.model import Known, Rewrite, name_of, same, statements
from verify_agent.verifier.ir.types import BoolType


def rewrites(known: Known) -> Iterator[Rewrite]:
    """Every loop at the body's own level, as a builtin or with an end that comes earlier."""
    body = known.body
    for index, statement in enumerate(body):
        if not isinstance(statement, ast.For) or statement.orelse:
            continue
        before, after = body[:index], body[index + 1 :]
        for head, made, tail, strategy in _replaced(known, before, statement, after):
            yield Rewrite((*head, *made, *tail), strategy)


def _replaced(
    known: Known, before: list[ast.stmt], loop: ast.For, after: list[ast.stmt]
) -> Iterator[tuple[Sequence[ast.stmt], Sequence[ast.stmt], Sequence[ast.stmt], str]]:
    item, items = ast.unparse(loop.target), ast.unparse(loop.iter)
    over = f"for {item} in {items}"
    direct = _by_items(known, loop)
    if direct is not None:
        yield before, [direct], after, "loop over the items"
    match [_augmented(s) for s in loop.body]:
        case [ast.AugAssign(target=ast.Name(id=total), op=ast.Add(), value=value)]:
            yield from _sum(before, after, total, ast.unparse(value), item, items, "")
        case [ast.If(test=test, body=[ast.AugAssign(target=ast.Name(id=total), op=ast.Add(),
                                                    value=value)], orelse=[])]:  # fmt: skip
            yield from _sum(
                before, after, total, ast.unparse(value), item, items, f" if {ast.unparse(test)}"
            )
            yield from _count(before, after, total, value, test, item, items)
        case [ast.If(test=test, body=[ast.Return(value=ast.Constant(value=bool() as found))],
                     orelse=[])]:  # fmt: skip
            yield from _exists(before, after, test, found, over, item, items)
        case [ast.If(test=test, body=[ast.Assign(targets=[ast.Name(id=flag)], value=value)],
                     orelse=[])]:  # fmt: skip
            yield from _flag(known, before, loop, after, flag, value)
            yield from _extreme(before, after, test, flag, value, item, items)
        case [ast.Assign(targets=[ast.Name(id=best)], value=ast.Call(
                func=ast.Name(id="min" | "max" as chosen), args=[_, _]) as call)]:  # fmt: skip
            if {best, item} == {name_of(a) for a in call.args}:
                yield from _initial(before, after, best, f"{chosen}({items})", items)
        case [ast.Expr(value=ast.Call(func=ast.Attribute(
                value=ast.Name(id=made), attr="append"), args=[value]))]:  # fmt: skip
            yield from _comprehension(before, after, made, value, item, items, "")
        case [ast.If(test=test, body=[ast.Expr(value=ast.Call(func=ast.Attribute(
                value=ast.Name(id=made), attr="append"), args=[value]))], orelse=[])]:  # fmt: skip
            condition = f" if {ast.unparse(test)}"
            yield from _comprehension(before, after, made, value, item, items, condition)


def _augmented(statement: ast.stmt) -> ast.stmt:
    """`t = t + e` as `t += e`, also under a condition: equal for numbers, and proved after."""
    match statement:
        case ast.Assign(
            targets=[ast.Name(id=name) as target],
            value=ast.BinOp(left=ast.Name(id=left), op=op, right=right),
        ) if name == left:
            return ast.AugAssign(target, op, right)
        case ast.If(test=test, body=[ast.Assign() as inner], orelse=[]):
            return ast.If(test, [_augmented(inner)], [])
        case _:
            return statement


Found = Iterator[tuple[Sequence[ast.stmt], Sequence[ast.stmt], Sequence[ast.stmt], str]]


def _start(before: Sequence[ast.stmt], name: str) -> tuple[list[ast.stmt], ast.expr] | None:
    """The statements without the last one that gives the name its first value, and that value."""
    for index in range(len(before) - 1, -1, -1):
        match before[index]:
            case (
                ast.Assign(targets=[ast.Name(id=found)], value=value)
                | ast.AnnAssign(target=ast.Name(id=found), value=ast.expr() as value)
            ) if found == name:
                rest = [*before[:index], *before[index + 1 :]]
                used = {n.id for s in before[index + 1 :] for n in ast.walk(s)
                        if isinstance(n, ast.Name)}  # fmt: skip
                return None if name in used else (rest, value)
    return None


def _ended(
    name: str, value: str, after: Sequence[ast.stmt]
) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """The value put into a `return` of the name, else assigned to it."""
    match after:
        case [ast.Return(value=ast.Name(id=found))] if found == name:
            return list(statements(f"return {value}")), []
    return list(statements(f"{name} = {value}")), list(after)


def _sum(
    before: list[ast.stmt], after: list[ast.stmt], total: str, value: str, item: str, items: str,
    condition: str,
) -> Found:  # fmt: skip
    start = _start(before, total)
    if start is None:
        return
    head, first = start
    terms = (
        items if value == item and not condition else f"{value} for {item} in {items}{condition}"
    )
    nothing = isinstance(first, ast.Constant) and first.value == 0
    whole = f"sum({terms})" if nothing else f"{ast.unparse(first)} + sum({terms})"
    made, tail = _ended(total, whole, after)
    yield head, made, tail, "sum"


def _count(
    before: list[ast.stmt], after: list[ast.stmt], total: str, value: ast.expr, test: ast.expr,
    item: str, items: str,
) -> Found:  # fmt: skip
    start = _start(before, total)
    if start is None or not (isinstance(value, ast.Constant) and value.value == 1):
        return
    wanted = _equal_to(test, item)
    if wanted is None or not isinstance(start[1], ast.Constant) or start[1].value != 0:
        return
    made, tail = _ended(total, f"{items}.count({wanted})", after)
    yield start[0], made, tail, "count"


def _exists(
    before: list[ast.stmt], after: list[ast.stmt], test: ast.expr, found: bool, over: str,
    item: str, items: str,
) -> Found:  # fmt: skip
    match after:
        case [ast.Return(value=ast.Constant(value=bool() as other))] if other is not found:
            pass
        case _:
            return
    wanted = _equal_to(test, item)
    if wanted is not None:
        told = f"{wanted} in {items}" if found else f"{wanted} not in {items}"
        yield before, statements(f"return {told}"), [], "membership"
    some = f"any({ast.unparse(test)} {over})"
    yield before, statements(f"return {some}" if found else f"return not {some}"), [], "any"


def _flag(
    known: Known, before: list[ast.stmt], loop: ast.For, after: list[ast.stmt], flag: str,
    value: ast.expr,
) -> Found:  # fmt: skip
    """A constant that is assigned under a condition stays: the loop may end there."""
    if not isinstance(value, ast.Constant) or _reads(loop.body, flag):
        return
    ended = copy.deepcopy(loop)
    branch = ended.body[0]
    assert isinstance(branch, ast.If)
    branch.body.append(ast.Break())
    yield before, [ended], after, "early exit"
    start = _start(before, flag)
    if start is None or [ast.dump(s) for s in after] != [
        ast.dump(s) for s in statements(f"return {flag}")
    ]:
        return
    early = copy.deepcopy(loop)
    branch = early.body[0]
    assert isinstance(branch, ast.If)
    branch.body = [ast.Return(value)]
    yield start[0], [early], [ast.Return(start[1])], "early return"
    if isinstance(known.returns, BoolType) and isinstance(start[1], ast.Constant):
        over = f"for {ast.unparse(loop.target)} in {ast.unparse(loop.iter)}"
        yield from _exists(
            start[0], [ast.Return(start[1])], branch.test, bool(value.value), over,
            ast.unparse(loop.target), ast.unparse(loop.iter),
        )  # fmt: skip


def _extreme(
    before: list[ast.stmt], after: list[ast.stmt], test: ast.expr, best: str, value: ast.expr,
    item: str, items: str,
) -> Found:  # fmt: skip
    if name_of(value) != item:
        return
    match test:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            pair = (name_of(left), name_of(right))
        case _:
            return
    larger = isinstance(op, ast.Gt | ast.GtE)
    if pair == (best, item):
        larger = not larger
    elif pair != (item, best) or not isinstance(op, ast.Gt | ast.GtE | ast.Lt | ast.LtE):
        return
    chosen = "max" if larger else "min"
    yield from _initial(before, after, best, f"{chosen}({items})", items)


def _initial(
    before: list[ast.stmt], after: list[ast.stmt], best: str, whole: str, items: str
) -> Found:
    """An extreme that starts at an item of the list, or at another value."""
    start = _start(before, best)
    if start is None:
        return
    source = items.split("[")[0]
    base = ast.unparse(start[1])
    if base == f"{source}[0]":
        whole = f"{whole.split('(')[0]}({source})"
    else:
        whole = f"{whole.split('(')[0]}({base}, {whole.split('(')[0]}({items}, default={base}))"
    made, tail = _ended(best, whole, after)
    yield start[0], made, tail, "extreme"


def _comprehension(
    before: list[ast.stmt], after: list[ast.stmt], made: str, value: ast.expr, item: str,
    items: str, condition: str,
) -> Found:  # fmt: skip
    start = _start(before, made)
    if start is None or not (isinstance(start[1], ast.List) and not start[1].elts):
        return
    text = f"[{ast.unparse(value)} for {item} in {items}{condition}]"
    if name_of(value) == item and not condition:
        text = f"list({items})"
    body, tail = _ended(made, text, after)
    yield start[0], body, tail, "comprehension"


def _equal_to(test: ast.expr, item: str) -> str | None:
    """What the item is compared with."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]):
            for one, other in ((left, right), (right, left)):
                if name_of(one) == item and not _reads([ast.Expr(other)], item):
                    return ast.unparse(other)
    return None


def _by_items(known: Known, loop: ast.For) -> ast.For | None:
    """`for i in range(len(xs))` where only `xs[i]` is used, over the items themselves."""
    match loop.iter:
        case ast.Call(
            func=ast.Name(id="range"),
            args=[ast.Call(func=ast.Name(id="len"), args=[ast.Name(id=xs)])],
        ):
            pass
        case _:
            return None
    index = name_of(loop.target)
    item = next(n for n in ("item", "value", "element", "x_") if n not in known.names)
    wanted = ast.parse(f"{xs}[{index}]", mode="eval").body

    class Put(ast.NodeTransformer):
        def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
            return ast.Name(item, ast.Load()) if same(node, wanted) else self.generic_visit(node)

    made = copy.deepcopy(loop)
    made.body = [Put().visit(s) for s in made.body]
    if index is None or _reads(made.body, index) or _reads(made.body, xs):
        return None
    made.target, made.iter = ast.Name(item, ast.Store()), ast.Name(xs, ast.Load())
    return made


def _reads(body: Sequence[ast.stmt], name: str) -> bool:
    return any(
        isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)
        for s in body
        for n in ast.walk(s)
    )
