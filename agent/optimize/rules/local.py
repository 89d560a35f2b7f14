"""Single expressions and statements that cost less in another spelling."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Any

from verify_agent.agent.optimize.model import Known, Rewrite, expression, same
from verify_agent.agent.synth.rules.local_types import local_types
from verify_agent.agent.synth.rules.simplify import simplify
from verify_agent.verifier.errors import Unsupported

Rule = Callable[[ast.expr], str | None]


def rewrites(known: Known) -> Iterator[Rewrite]:
    """The body with every rule applied at one place, and with all expressions simplified."""
    for position, node in enumerate(_expressions(known)):
        for rule in RULES:
            text = rule(node)
            if text is not None:
                yield Rewrite(
                    _put(known, position, text), rule.__name__.strip("_").replace("_", " ")
                )
    yield from _simplified(known)
    yield from _tails(known)


def _expressions(known: Known) -> list[ast.expr]:
    return [n for s in known.body for n in ast.walk(s) if isinstance(n, ast.expr)]


def _put(known: Known, position: int, text: str) -> tuple[ast.stmt, ...]:
    body = copy.deepcopy(known.body)
    target = [n for s in body for n in ast.walk(s) if isinstance(n, ast.expr)][position]
    new = expression(text)

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            return new if node is target else self.generic_visit(node)

    return tuple(Put().visit(s) for s in body)


def _simplified(known: Known) -> Iterator[Rewrite]:
    try:
        types = local_types(known.body, known.types)
    except (Unsupported, KeyError):
        return

    class Put(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> Any:
            reads = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
            if isinstance(node, ast.expr) and reads:
                return simplify(node, types)
            return self.generic_visit(node)

    yield Rewrite(tuple(Put().visit(copy.deepcopy(s)) for s in known.body), "simplified")


def _tails(known: Known) -> Iterator[Rewrite]:
    """Branches: both alike; `return True` or `False` by a test; a value that is only returned."""
    body = known.body
    for index, statement in enumerate(body):
        rest = body[index + 1 :]
        match statement:
            case ast.If(body=yes, orelse=no) if [ast.dump(s) for s in yes] == [
                ast.dump(s) for s in no
            ]:
                yield Rewrite((*body[:index], *yes, *rest), "branches alike")
            case ast.If(body=[ast.Return() as one], orelse=[]) if rest and same(one, rest[0]):
                yield Rewrite((*body[:index], *rest), "branches alike")
            case ast.If(test=test, body=[ast.Return(value=ast.Constant(value=bool() as first))],
                        orelse=no):  # fmt: skip
                match no or rest:
                    case [ast.Return(value=ast.Constant(value=bool() as second))] if (
                        first is not second
                    ):
                        text = ast.unparse(test) if first else f"not ({ast.unparse(test)})"
                        made = ast.Return(expression(text))
                        yield Rewrite((*body[:index], made), "the test itself")
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                match rest:
                    case [ast.Return(value=ast.Name(id=found))] if found == name:
                        yield Rewrite((*body[:index], ast.Return(value)), "returned at once")


def _power_as_product(node: ast.expr) -> str | None:
    match node:
        case ast.BinOp(left=ast.Name(id=name), op=ast.Pow(), right=ast.Constant(value=2)):
            return f"{name} * {name}"
        case ast.BinOp(left=ast.Name(id=name), op=ast.Pow(), right=ast.Constant(value=3)):
            return f"{name} * {name} * {name}"
    return None


def _end_of_order(node: ast.expr) -> str | None:
    """`sorted(xs)[0]` is `min(xs)`, `sorted(xs)[-1]` is `max(xs)`."""
    match node:
        case ast.Subscript(
            value=ast.Call(func=ast.Name(id="sorted"), args=[items], keywords=[]),
            slice=position,
        ):
            name = {"0": "min", "-1": "max"}.get(ast.unparse(position))
            return f"{name}({ast.unparse(items)})" if name else None
    return None


def _branch_for_two(node: ast.expr) -> str | None:
    """`max(a, b)` and `min(a, b)` of two names without a call."""
    match node:
        case ast.Call(
            func=ast.Name(id="min" | "max" as chosen),
            args=[ast.Name(id=a), ast.Name(id=b)],
            keywords=[],
        ):
            return f"{b} if {b} {'>' if chosen == 'max' else '<'} {a} else {a}"
    return None


def _without_a_list(node: ast.expr) -> str | None:
    """A list that is built only to be gone over, or to be counted with its items."""
    match node:
        case ast.Call(func=ast.Name(id="any" | "all" | "sum" | "min" | "max" as name),
                      args=[ast.ListComp() as inner], keywords=[]):  # fmt: skip
            return f"{name}({ast.unparse(inner)[1:-1]})"
        case ast.Call(func=ast.Name(id="sorted" | "sum" | "min" | "max" | "len" as name),
                      args=[ast.Call(func=ast.Name(id="list" | "sorted"), args=[inner],
                                     keywords=[])], keywords=[]):  # fmt: skip
            return f"{name}({ast.unparse(inner)})"
    return None


def _built_as_a_list(node: ast.expr) -> str | None:
    """`sum(f(x) for x in xs)` is quicker over a list."""
    match node:
        case ast.Call(func=ast.Name(id="sum" as name), args=[ast.GeneratorExp() as inner],
                      keywords=[]):  # fmt: skip
            return f"{name}([{ast.unparse(inner)[1:-1]}])"
    return None


def _membership(node: ast.expr) -> str | None:
    """`any(x == k for x in xs)` is `k in xs`; `xs.count(k) > 0` too."""
    match node:
        case ast.Call(func=ast.Name(id="any"), args=[ast.GeneratorExp(
                elt=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]),
                generators=[ast.comprehension(target=ast.Name(id=item), iter=items, ifs=[])],
        )]):  # fmt: skip
            for one, other in ((left, right), (right, left)):
                read = {n.id for n in ast.walk(other) if isinstance(n, ast.Name)}
                if ast.unparse(one) == item and item not in read:
                    return f"{ast.unparse(other)} in {ast.unparse(items)}"
        case ast.Compare(
            left=ast.Call(func=ast.Attribute(value=items, attr="count"), args=[wanted]),
            ops=[ast.Gt()],
            comparators=[ast.Constant(value=0)],
        ):
            return f"{ast.unparse(wanted)} in {ast.unparse(items)}"
    return None


RULES: tuple[Rule, ...] = (
    _power_as_product,
    _end_of_order,
    _branch_for_two,
    _without_a_list,
    _built_as_a_list,
    _membership,
)
