"""Lists made from a list, element by element: map, filter, scan, and maps in place."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.outputs import Outputs, guesses
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.strategies.folds import Row, Sequence, sequences, step_variables, walk
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.types import BOOL, INT, ListType, Type


class Accumulate:
    """`result.append(value)` for every element, or for those that pass a test."""

    name = "accumulate"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where a list or str is read and a list returned."""
        made = isinstance(context.problem.returns, ListType)
        return 4.0 if made and sequences(context) and not context.problem.modifies else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """Comprehensions, then loops with the last appended value as their state."""
        outputs = Outputs(context)
        for sequence in sequences(context):
            rows, starts = walk(context, sequence, outputs)
            yield None
            if len(rows) < 4 or any(start != [] for _, start in starts):
                continue
            if any(row.after[: len(row.before)] != row.before for row in rows):
                continue
            if all(len(row.after) == len(row.before) + 1 for row in rows):
                yield from self._scan(context, sequence, rows)
            elif all(len(row.after) - len(row.before) in (0, 1) for row in rows):
                yield from self._filter(context, sequence, rows)

    def _item(self, context: Context) -> Type:
        assert isinstance(context.problem.returns, ListType)
        return context.problem.returns.item

    def _learn(
        self, context: Context, sequence: Sequence, rows: list[Row], *, state: bool
    ) -> Iterator[ast.expr | None]:
        names = fresh_names(context, ("result", "item", "i"), sequence.name)
        variables = step_variables(rows, sequence, names)
        if state and self._item(context) == INT and "last" not in context.local:
            last = [row.before[-1] if row.before else 0 for row in rows]
            variables.append(variable("last", INT, last))
            variables.append(variable(names["i"], INT, [row.index for row in rows]))
        yield from learn(
            variables,
            self._item(context),
            lambda i, value: bool(value == rows[i].after[-1]),
            context.means,
        )

    def _scan(self, context: Context, sequence: Sequence, rows: list[Row]) -> Iterator[Body | None]:
        names = fresh_names(context, ("result", "item", "i"), sequence.name)
        for value in self._learn(context, sequence, rows, state=True):
            if value is None:
                yield None
                continue
            yield _scan_body(context, sequence, names, value)

    def _filter(
        self, context: Context, sequence: Sequence, rows: list[Row]
    ) -> Iterator[Body | None]:
        names = fresh_names(context, ("result", "item", "i"), sequence.name)
        taken = [row for row in rows if len(row.after) > len(row.before)]
        tests = learn(
            step_variables(rows, sequence, names),
            BOOL,
            lambda i, value: value is (len(rows[i].after) > len(rows[i].before)),
            context.means,
            tests=0,
        )
        test = next((t for t in tests if t is not None), None)
        yield None
        if test is None or not taken:
            return
        for value in self._learn(context, sequence, taken, state=False):
            if value is None:
                yield None
                continue
            text = (
                f"[{ast.unparse(value)} for {names['item']} in {sequence.name} "
                f"if {ast.unparse(test)}]"
            )
            yield Body.of(ast.parse(text, mode="eval").body)


def _scan_body(
    context: Context, sequence: Sequence, names: dict[str, str], value: ast.expr
) -> Body:
    used = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
    items, item, index = sequence.name, names["item"], names["i"]
    head = f"for {item} in {items}"
    if index in used:
        head = f"for {index}, {item} in enumerate({items})"
    if "last" not in used:
        return Body.of(ast.parse(f"[{ast.unparse(value)} {head}]", mode="eval").body)
    from verify_agent.agent.synth.strategies.folds import update

    result = names["result"]
    summed = isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add)
    total = "total" if summed and "total" not in context.local else "last"
    step = re.sub(r"\blast\b", total, update("last", value)).replace("\n", "\n    ")
    annotation = context.problem.signature.returns
    source = (
        f"{result}: {annotation} = []\n{total} = 0\n{head}:\n    {step}\n"
        f"    {result}.append({total})\nreturn {result}"
    )
    return Body(tuple(ast.parse(source).body))


class MapInPlace:
    """`for i in range(len(xs)): xs[i] = value`, learned on lists of one element."""

    name = "map in place"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where exactly one list may be changed and nothing is returned."""
        return 3.0 if len(context.problem.modifies) == 1 and _changed(context) else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """Loops for every element expression that is right on lists of one element."""
        sequence = _changed(context)
        assert sequence is not None
        names = fresh_names(context, ("i",))
        rows = _singletons(context, sequence)
        if len(rows) < 3:
            return
        values = learn(
            [
                variable("item_", sequence.item, [row[0] for row in rows]),
                *(
                    variable(name, type_, [row[1][i] for row in rows])
                    for i, (name, type_) in enumerate(sequence.others)
                ),
            ],
            sequence.item,
            lambda i, value: value in rows[i][2],
            context.means,
        )
        place = f"{sequence.name}[{names['i']}]"
        for value in values:
            if value is None:
                yield None
                continue
            from verify_agent.agent.synth.strategies.folds import update

            statement = update("item_", value).replace("item_", place)
            source = f"for {names['i']} in range(len({sequence.name})):\n    " + statement.replace(
                "\n", "\n    "
            )
            yield Body(tuple(ast.parse(source).body))


def _changed(context: Context) -> Sequence | None:
    found = [s for s in sequences(context) if s.name in context.problem.modifies]
    return found[0] if len(found) == 1 else None


def _singletons(
    context: Context, sequence: Sequence
) -> list[tuple[Any, tuple[Any, ...], list[Any]]]:
    """Element, other arguments, and the values that the contract allows in its place."""
    found = []
    spec = context.spec
    for case in context.pool:
        items = case.input[sequence.position]
        if len(items) != 1 or case.raised is not None:
            continue
        others = tuple(v for i, v in enumerate(case.input) if i != sequence.position)
        tried = list(guesses(sequence.item, case.input, items[0]))
        right = [v for v in tried if spec.accepts_after(case, sequence.name, [v])]
        if right:
            found.append((items[0], others, right))
    return found[:25]
