"""Two lists walked side by side: `[value for x, y in zip(xs, ys)]` and folds over the pairs."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.outputs import UNKNOWN, Outputs
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.strategies.folds import Sequence, sequences, update
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.types import ListType, Type

MAX_ROWS = 40
MAX_LENGTH = 4


@dataclass(frozen=True)
class Row:
    """The result before a pair, the pair, the result after it."""

    before: Any
    first: Any
    second: Any
    after: Any


class Zipped:
    """Learns the step from results on prefixes of both lists."""

    name = "zip"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies to two parameters that are lists or texts."""
        two = len(context.types) == 2 and len(sequences(context)) == 2
        return 4.6 if two and not context.problem.modifies else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """A comprehension where the result is a list, else a loop."""
        first, second = sequences(context)
        rows, start = _walk(context)
        yield None
        if len(rows) < 4:
            return
        returns = context.problem.returns
        names = fresh_names(context, ("result",))
        left, right = _item_names(context, first, second)
        variables = [
            variable(left, first.item, [row.first for row in rows]),
            variable(right, second.item, [row.second for row in rows]),
        ]
        head = f"for {left}, {right} in zip({first.name}, {second.name})"
        if isinstance(returns, ListType):
            if any(row.after[:-1] != row.before for row in rows):
                return
            for value in _learn(context, variables, returns.item, [r.after[-1] for r in rows]):
                text = None if value is None else f"[{ast.unparse(value)} {head}]"
                yield None if text is None else Body.of(ast.parse(text, mode="eval").body)
            return
        result = names["result"]
        state = variable(result, returns, [row.before for row in rows])
        for step in _learn(context, [state, *variables], returns, [r.after for r in rows]):
            if step is None:
                yield None
                continue
            change = update(result, step).replace("\n", "\n    ")
            source = f"{result} = {start!r}\n{head}:\n    {change}\nreturn {result}"
            yield Body(tuple(ast.parse(source).body))


def _item_names(context: Context, first: Sequence, second: Sequence) -> tuple[str, str]:
    left = fresh_names(context, ("item",), first.name)["item"]
    right = fresh_names(context, ("item",), second.name)["item"]
    return (left, right) if left != right else (left, f"other_{right}")


def _learn(
    context: Context, variables: list[Any], wanted: Type, results: list[Any]
) -> Iterator[ast.expr | None]:
    return learn(
        variables,
        wanted,
        lambda i, value: bool(value == results[i]),
        context.means,
    )


def _walk(context: Context) -> tuple[list[Row], Any]:
    """Steps over prefixes of equal length, and the result for two empty sequences."""
    outputs = Outputs(context)
    rows: list[Row] = []
    start: Any = outputs.of(tuple(case_type([]) for case_type in _makers(context)))
    for case in sorted(context.active + context.pool[:80], key=lambda c: len(repr(c.input))):
        first, second = case.input
        before = start
        for length in range(1, min(len(first), len(second), MAX_LENGTH) + 1):
            after = outputs.of((first[:length], second[:length]), before)
            if before is UNKNOWN or after is UNKNOWN:
                break
            row = Row(before, first[length - 1], second[length - 1], after)
            if row not in rows:
                rows.append(row)
            before = after
        if len(rows) >= MAX_ROWS:
            break
    return rows, start


def _makers(context: Context) -> list[Any]:
    return [list if isinstance(t, ListType) else lambda _: "" for t in context.types]
