"""A list changed at once: `xs[:] = expression`, learned over the list as it was on entry."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.terms.components import Component, components_for
from verify_agent.agent.synth.terms.learner import Learner, constants, variable
from verify_agent.verifier.ir.types import NONE, STR, ListType


class AssignWhole:
    """Enumerates the list that the parameter must hold at the end."""

    name = "assign whole"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where exactly one list may be changed and nothing is returned."""
        problem = context.problem
        if len(problem.modifies) != 1 or problem.returns != NONE or not context.active:
            return None
        return 5.0 if isinstance(problem.types.get(problem.modifies[0]), ListType) else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """Assignments of expressions by cost; starts over when one taught a new example."""
        version = -1
        while version != context.version:
            version = context.version
            for body in self._search(context):
                yield body
                if context.version != version:
                    break

    def _search(self, context: Context) -> Iterator[Body | None]:
        problem, spec = context.problem, context.spec
        cases = list(context.active)
        name = problem.modifies[0]
        wanted = problem.types[name]
        assert isinstance(wanted, ListType)
        leaves = [
            variable(n, t, [case.input[i] for case in cases])
            for i, (n, t) in enumerate(problem.types.items())
        ]
        words = STR in context.types
        single = Component("[{0}]", (wanted.item,), wanted)
        components = [*components_for([*context.types, wanted], problem.forbid), single]
        learner = Learner(
            components,
            leaves + constants(wanted, context.means.constants, len(cases), words=words),
            wanted,
            lambda row, value: spec.accepts_after(cases[row], name, value),
            len(cases),
            context.meter,
            max_cost=9,
            max_terms=20_000,
        )
        for expression in learner.solutions():
            yield None if expression is None else _assigned(name, expression)


def _assigned(name: str, expression: ast.expr) -> Body:
    match expression:
        case ast.BinOp(left=ast.Name(id=same), op=ast.Add(), right=ast.List(elts=[item])) if (
            same == name
        ):
            source = f"{name}.append({ast.unparse(item)})"
        case ast.BinOp(left=ast.Name(id=same), op=ast.Add(), right=right) if same == name:
            source = f"{name}.extend({ast.unparse(right)})"
        case _:
            source = f"{name}[:] = {ast.unparse(expression)}"
    return Body(tuple(ast.parse(source).body))
