"""The least natural number that meets a postcondition: count up until it holds."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.specification import mentions
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.rules.boolean import negated
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.verifier.ir.types import INT


class SearchLoop:
    """`result = 0; while not condition: result += 1; return result`."""

    name = "search loop"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where an int is returned under postconditions that speak of it."""
        problem = context.problem
        ints = bool(context.types) and all(t == INT for t in context.types)
        return 4.2 if ints and problem.returns == INT and problem.contract.ensures else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """One loop for each postcondition."""
        names = fresh_names(context, ("result",))
        for condition in context.problem.contract.ensures:
            try:
                node = ast.parse(condition.text.strip(), mode="eval").body
            except SyntaxError:
                continue
            for part in _conjuncts(node):
                if not mentions(part, "result") or not context.local & _names(part):
                    continue
                going = ast.unparse(_while_not(copy.deepcopy(part)))
                for start in ("0", "1"):
                    source = f"result = {start}\nwhile {going}:\n    result += 1\nreturn result"
                    yield Body(tuple(_renamed(ast.parse(source), names["result"])))


def _while_not(part: ast.expr) -> ast.expr:
    """The negation; a comparison is turned round, which is exact for the ints compared here."""
    opposite = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}
    match part:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in opposite:
            return ast.Compare(left, [opposite[type(op)]()], [right])
    return negated(part, {})


def _conjuncts(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return [part for value in values for part in _conjuncts(value)]
        case ast.Compare(left=left, ops=ops, comparators=comparators) if len(ops) > 1:
            sides = [left, *comparators]
            return [ast.Compare(sides[i], [op], [sides[i + 1]]) for i, op in enumerate(ops)]
    return [node]


def _names(node: ast.expr) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _renamed(module: ast.Module, name: str) -> list[ast.stmt]:
    for node in ast.walk(module):
        if isinstance(node, ast.Name) and node.id == "result":
            node.id = name
    return module.body
