"""Folds that keep a companion beside their result."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.outputs import Outputs
from verify_agent.agent.synth.contract.specification import mentions
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.rules.simplify import simplify
from verify_agent.agent.synth.strategies.companions import COMPANIONS, Companion
from verify_agent.agent.synth.strategies.folds import (
    Row,
    Sequence,
    sequences,
    step_variables,
    update,
    walk,
)
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.types import INT, ListType


class CompanionFold:
    """Learns the step from the result, the element and the companion, before and after it."""

    name = "fold with companion"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where a list of ints or a text is read and a scalar returned."""
        problem = context.problem
        if problem.modifies or isinstance(problem.returns, ListType):
            return None
        return 5.5 if sequences(context) else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """All companions side by side, for each sequence in turn."""
        outputs = Outputs(context)
        for sequence in sequences(context):
            yield None
            rows, starts = walk(context, sequence, outputs)
            searches = [
                self._beside(context, sequence, rows, starts, companion, first=first)
                for companion in COMPANIONS
                for first in (False, True)
                if sequence.item == INT or companion.indexed
            ]
            while searches:
                for search in list(searches):
                    found = next(search, False)
                    if found is False:
                        searches.remove(search)
                    else:
                        yield found  # type: ignore[misc]

    def _beside(
        self,
        context: Context,
        sequence: Sequence,
        rows: list[Row],
        starts: list[Any],
        companion: Companion,
        *,
        first: bool,
    ) -> Iterator[Body | None]:
        """Bodies whose companion is brought up to date before (`first`) or after the result."""
        rows = [row for row in rows if row.index >= companion.first]
        empty = {repr(after) for _, after in starts}
        start = _start(rows, sequence, companion, empty)
        if len(rows) < 4 or start is None or len(empty) > 1:
            return
        names = fresh_names(context, ("result", "item", "i", companion.variable), sequence.name)
        beside = names[companion.variable]
        seen = [list(row.prefix if first else row.prefix[:-1]) for row in rows]
        variables = [
            variable(names["result"], context.problem.returns, [row.before for row in rows]),
            *step_variables(rows, sequence, names),
            variable(beside, INT, [companion.of(items) if items else 0 for items in seen]),
        ]
        types = {ast.unparse(leaf.tree()): leaf.type for leaf in variables}
        steps = learn(
            variables,
            context.problem.returns,
            lambda i, value: bool(value == rows[i].after),
            context.means,
        )
        for step in steps:
            if step is None:
                yield None
                continue
            step = simplify(step, types, context.problem.forbid)
            if mentions(step, beside):
                guard = next(iter(empty)) if companion.first and empty else ""
                yield _body(sequence, names, companion, step, start, guard, first=first)


def _start(
    rows: list[Row], sequence: Sequence, companion: Companion, empty: set[str]
) -> str | None:
    """The result where the loop begins: one constant, or the first element."""
    if not companion.first:
        return next(iter(empty), None)
    first = [row for row in rows if row.index == 1]
    constant = {repr(row.before) for row in first}
    if len(constant) == 1:
        return constant.pop()
    same = first and all(row.before == row.prefix[0] for row in first)
    return f"{sequence.name}[0]" if same else None


def _body(
    sequence: Sequence,
    names: dict[str, str],
    companion: Companion,
    step: ast.expr,
    start: str,
    guard: str,
    *,
    first: bool,
) -> Body:
    beside, item, items = names[companion.variable], names["item"], sequence.name
    places = {"c": beside, "x": item, "xs": items, "i": names["i"]}
    lines = [companion.update.format(**places), update(names["result"], step)]
    if not first:
        lines.reverse()
    over = f"{items}[1:]" if companion.first else items
    head = (
        f"{names['i']}, {item} in enumerate({over})" if companion.indexed else f"{item} in {over}"
    )
    inside = "\n".join(lines).replace("\n", "\n    ")
    before = f"if len({items}) == 0:\n    return {guard}\n" if guard else ""
    source = (
        f"{before}{names['result']} = {start}\n{beside} = {companion.start.format(**places)}\n"
        f"for {head}:\n    {inside}\nreturn {names['result']}"
    )
    return Body(tuple(ast.parse(source).body))
