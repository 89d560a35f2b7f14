"""Loops over neighbours in a list: differences, changes, longest runs.

As folds over prefixes, with the element before the present one in sight.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.outputs import Outputs
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.strategies.folds import Row, Sequence, sequences, update, walk
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.types import BOOL, INT, ListType, Type


class Neighbours:
    """Learns a step from an element, the one before it and the result so far."""

    name = "neighbours"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where a list or str is read and nothing changed."""
        return None if context.problem.modifies or not sequences(context) else 4.8

    def search(self, context: Context) -> Iterator[Body | None]:
        """A comprehension where the result is a list, else a loop."""
        outputs = Outputs(context)
        for sequence in sequences(context):
            yield None
            rows, _ = walk(context, sequence, outputs)
            rows = [row for row in rows if row.index >= 1]
            if len(rows) < 4:
                continue
            firsts = {repr(row.before) for row in rows if row.index == 1}
            returns = context.problem.returns
            if isinstance(returns, ListType):
                if all(row.after and row.after[:-1] == row.before for row in rows) and firsts == {
                    "[]"
                }:
                    yield from self._listed(context, sequence, rows, returns.item)
            elif len(firsts) == 1:
                yield from self._folded(context, sequence, rows, firsts.pop())

    def _listed(
        self, context: Context, sequence: Sequence, rows: list[Row], item: Type
    ) -> Iterator[Body | None]:
        wanted = [row.after[-1] for row in rows]
        for value in _learn(context, sequence, rows, [], item, wanted):
            if value is None:
                yield None
                continue
            i = fresh_names(context, ("i",))["i"]
            text = _placed(ast.unparse(value), sequence.name, f"{i} + 1", i)
            head = f"for {i} in range(len({sequence.name}) - 1)"
            yield Body.of(ast.parse(f"[{text} {head}]", mode="eval").body)

    def _folded(
        self, context: Context, sequence: Sequence, rows: list[Row], start: str
    ) -> Iterator[Body | None]:
        names = fresh_names(context, ("result", "i"))
        returns = context.problem.returns
        state = variable(names["result"], returns, [row.before for row in rows])
        for step in _learn(context, sequence, rows, [state], returns, [r.after for r in rows]):
            if step is None:
                yield None
                continue
            i = names["i"]
            change = _placed(update(names["result"], step), sequence.name, i, f"{i} - 1")
            change = change.replace("\n", "\n    ")
            source = (
                f"{names['result']} = {start}\nfor {i} in range(1, len({sequence.name})):\n"
                f"    {change}\nreturn {names['result']}"
            )
            yield Body(tuple(ast.parse(source).body))


HERE, BEFORE = "here_", "before_"


def _placed(text: str, items: str, here: str, before: str) -> str:
    return text.replace(HERE, f"{items}[{here}]").replace(BEFORE, f"{items}[{before}]")


def _learn(
    context: Context,
    sequence: Sequence,
    rows: list[Row],
    state: list[Any],
    wanted: Type,
    results: list[Any],
) -> Iterator[ast.expr | None]:
    """Expressions over the element, the one before it, the state and the other arguments."""
    variables = [
        variable(HERE, sequence.item, [row.prefix[-1] for row in rows]),
        variable(BEFORE, sequence.item, [row.prefix[-2] for row in rows]),
        *state,
        *(
            variable(name, type_, [row.others[i] for row in rows])
            for i, (name, type_) in enumerate(sequence.others)
        ),
    ]
    yield from learn(
        variables,
        wanted,
        lambda i, value: type(value) is type(results[i]) and bool(value == results[i]),
        context.means,
        tests=0 if wanted == BOOL else 1 if wanted != INT else 2,
    )
