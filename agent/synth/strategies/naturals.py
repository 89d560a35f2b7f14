"""Loops that count: `f(n) = step(f(n - 1), n)` from the results for 0, 1, 2, ..."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.outputs import UNKNOWN, Outputs
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.strategies.folds import update
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.types import INT

LENGTH = 9


class Count:
    """`result = start; for k in range(first, n + 1): result = step; return result`."""

    name = "count"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where one natural number is read and an int returned."""
        problem = context.problem
        one = len(context.types) == 1 and context.types[0] == INT
        return 4.0 if one and problem.returns == INT and context.spec.functional else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """Steps over the last result, then over the last two."""
        outputs = Outputs(context)
        first = next((n for n in (0, 1) if outputs.of((n,)) is not UNKNOWN), None)
        if first is None:
            return
        values = [outputs.of((n,)) for n in range(first, first + LENGTH)]
        if any(value is UNKNOWN for value in values):
            return
        yield from self._one(context, first, values)
        yield from self._two(context, first, values)

    def _one(self, context: Context, first: int, values: list[int]) -> Iterator[Body | None]:
        names = fresh_names(context, ("result", "k"))
        n = context.problem.signature.names[0]
        steps = learn(
            [
                variable(names["result"], INT, values[:-1]),
                variable(names["k"], INT, range(first + 1, first + LENGTH)),
            ],
            INT,
            lambda i, value: bool(value == values[i + 1]),
            context.means,
            tests=1,
            max_cost=6,
        )
        for step in steps:
            if step is None:
                yield None
                continue
            change = update(names["result"], step).replace("\n", "\n    ")
            start = first + 2 if values[0] == values[1] else first + 1
            yield Body(
                tuple(
                    ast.parse(
                        f"{names['result']} = {values[0]}\n"
                        f"for {names['k']} in range({start}, {n} + 1):\n    {change}\n"
                        f"return {names['result']}"
                    ).body
                )
            )

    def _two(self, context: Context, first: int, values: list[int]) -> Iterator[Body | None]:
        names = fresh_names(context, ("result", "next_result", "k"))
        n = context.problem.signature.names[0]
        steps = learn(
            [
                variable(names["result"], INT, values[:-2]),
                variable(names["next_result"], INT, values[1:-1]),
            ],
            INT,
            lambda i, value: bool(value == values[i + 2]),
            context.means,
            tests=0,
            max_cost=6,
        )
        for step in steps:
            if step is None:
                yield None
                continue
            now, later = names["result"], names["next_result"]
            count = n if first == 0 else f"{n} - {first}"
            yield Body(
                tuple(
                    ast.parse(
                        f"{now}, {later} = {values[0]}, {values[1]}\n"
                        f"for _ in range({count}):\n"
                        f"    {now}, {later} = {later}, {ast.unparse(step)}\n"
                        f"return {now}"
                    ).body
                )
            )
