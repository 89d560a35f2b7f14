"""Folds over one list: `f(p + [x]) = step(f(p), x)` learned from results on prefixes.

The prefix relation turns a loop into input-output rows of its step, so that the step is learned
as an expression. The state may see the index as well.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.outputs import UNKNOWN, Outputs
from verify_agent.agent.synth.contract.specification import mentions
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.rules.simplify import simplify
from verify_agent.agent.synth.strategies.fold_idioms import folded
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.bank import Term
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.types import INT, ListType, StrType, Type

MAX_ROWS = 40
MAX_LENGTH = 6
LATEST = 8
"""Cases that were made active last, where earlier answers failed: they are always looked at."""


@dataclass(frozen=True)
class Row:
    """One step: the result before, the element, its index, the sum of the elements up to it,
    the other arguments, the result."""

    before: Any
    item: Any
    index: int
    total: int
    others: tuple[Any, ...]
    after: Any
    prefix: Any = ()


@dataclass(frozen=True)
class Sequence:
    """Which parameter is walked along, and the types that the step sees."""

    position: int
    name: str
    item: Type
    others: tuple[tuple[str, Type], ...]


def sequences(context: Context) -> list[Sequence]:
    """The list or str parameters that a loop may walk along."""
    found = []
    types = context.problem.types
    for position, (name, type_) in enumerate(types.items()):
        if isinstance(type_, (ListType, StrType)):
            item = type_.item if isinstance(type_, ListType) else type_
            others = tuple((n, t) for n, t in types.items() if n != name)
            found.append(Sequence(position, name, item, others))
    return found


def walk(context: Context, sequence: Sequence, outputs: Outputs) -> tuple[list[Row], list[Any]]:
    """The rows of all known steps, and the results for the empty sequence."""
    rows: list[Row] = []
    starts: list[Any] = []
    cases = sorted(context.active + context.pool[:60], key=lambda c: len(repr(c.input)))
    latest = context.active[: -LATEST - 1 : -1]
    for number, case in enumerate([*latest, *cases]):
        values = case.input[sequence.position]
        others = tuple(v for i, v in enumerate(case.input) if i != sequence.position)
        before: Any = UNKNOWN
        for length in range(min(len(values), MAX_LENGTH) + 1):
            prefix = values[:length]
            args = (*case.input[: sequence.position], prefix, *case.input[sequence.position + 1 :])
            after = outputs.of(args, before)
            if after is UNKNOWN:
                before = UNKNOWN
                continue
            if length == 0:
                starts.append((others, after))
            elif before is not UNKNOWN:
                total = sum(prefix) if sequence.item == INT else 0
                row = Row(before, values[length - 1], length - 1, total, others, after, prefix)
                if row not in rows:
                    rows.append(row)
            before = after
        if len(rows) >= MAX_ROWS and number >= LATEST:
            break
    return rows, starts


def step_variables(rows: list[Row], sequence: Sequence, names: dict[str, str]) -> list[Term]:
    """The leaves that a step may read, apart from the state."""
    item = variable(names["item"], sequence.item, [row.item for row in rows])
    others = [
        variable(name, type_, [row.others[i] for row in rows])
        for i, (name, type_) in enumerate(sequence.others)
    ]
    return [item, *others]


class Fold:
    """`result = start; for item in items: result = step; return result`."""

    waits = False

    def __init__(self, auxiliary: str = "") -> None:
        self.auxiliary = auxiliary
        self.name = f"fold with {auxiliary}" if auxiliary else "fold"

    def price(self, context: Context) -> float | None:
        """Applies where a list or str is read and a scalar returned."""
        problem = context.problem
        if problem.modifies or not sequences(context) or isinstance(problem.returns, ListType):
            return None
        if self.auxiliary == "sum" and not any(s.item == INT for s in sequences(context)):
            return None
        return 5.0 if self.auxiliary else 4.0

    def search(self, context: Context) -> Iterator[Body | None]:
        """A body for every step that explains all rows, for each sequence in turn."""
        outputs = Outputs(context)
        for sequence in sequences(context):
            yield None
            yield from self._along(context, sequence, outputs)

    def _along(
        self, context: Context, sequence: Sequence, outputs: Outputs
    ) -> Iterator[Body | None]:
        rows, starts = walk(context, sequence, outputs)
        if len(rows) < 4:
            return
        names = fresh_names(context, ("result", "item", "i", "running"), sequence.name)
        state = variable(names["result"], context.problem.returns, [row.before for row in rows])
        variables = [state, *step_variables(rows, sequence, names)]
        if self.auxiliary == "index":
            variables.append(variable(names["i"], INT, [row.index for row in rows]))
            variables += _element_at_state(context, sequence, rows, names["result"])
        elif self.auxiliary == "sum":
            variables.append(variable(names["running"], INT, [row.total for row in rows]))
        steps = learn(
            variables,
            context.problem.returns,
            lambda i, value: bool(value == rows[i].after),
            context.means,
        )
        values = {repr(after) for _, after in starts}
        firsts = sorted({repr(row.before) for row in rows if row.index == 1})
        for step in steps:
            if step is None:
                yield None
                continue
            types = {ast.unparse(leaf.tree()): leaf.type for leaf in variables}
            step = simplify(step, types, context.problem.forbid)
            needed = {"index": names["i"], "sum": names["running"]}.get(self.auxiliary)
            if needed and not mentions(step, needed):
                continue
            if len(values) == 1:
                yield _loop(sequence, names, step, repr(starts[0][1]), auxiliary=self.auxiliary)
                yield folded(step, repr(starts[0][1]), names, sequence.name, self.auxiliary)
            elif not values and self.auxiliary == "index" and len(firsts) == 1:
                yield _loop(sequence, names, step, firsts[0], auxiliary=self.auxiliary)
            elif not values and not self.auxiliary:
                yield _loop(sequence, names, step, f"{sequence.name}[0]", rest="[1:]")


def _element_at_state(
    context: Context, sequence: Sequence, rows: list[Row], result: str
) -> list[Term]:
    """The leaf `xs[result]`, where the state is always an index of the elements seen."""
    if context.problem.returns != INT:
        return []
    if not all(0 <= row.before < row.index for row in rows):
        return []
    leaf = ast.parse(f"{sequence.name}[{result}]", mode="eval").body
    values = tuple(row.prefix[row.before] for row in rows)
    return [Term(sequence.item, 1, values, leaf=leaf)]


def _loop(
    sequence: Sequence,
    names: dict[str, str],
    step: ast.expr,
    start: str,
    *,
    rest: str = "",
    auxiliary: str = "",
) -> Body:
    result, running = names["result"], names["running"]
    body = "\n".join(f"    {line}" for line in update(result, step).split("\n"))
    items = f"{sequence.name}{rest}"
    if auxiliary == "sum":
        start += f"\n{running} = 0"
        body = f"    {running} += {names['item']}\n{body}"
    if auxiliary == "index":
        head = f"for {names['i']}, {names['item']} in enumerate({items}):"
    else:
        head = f"for {names['item']} in {items}:"
    source = f"{result} = {start}\n{head}\n{body}\nreturn {result}"
    return Body(tuple(ast.parse(source).body))


def update(name: str, step: ast.expr) -> str:
    """The statement that gives a variable its next value, as a person would put it."""
    match step:
        case ast.IfExp(test=test, body=body, orelse=ast.Name(id=same)) if same == name:
            inner = update(name, body).replace("\n", "\n    ")
            return f"if {ast.unparse(test)}:\n    {inner}"
        case ast.IfExp(test=test, body=ast.Name(id=same), orelse=orelse) if same == name:
            return update(name, ast.IfExp(_not(test), orelse, ast.Name(id=name)))
        case ast.BinOp(left=ast.Name(id=same), op=op, right=right) if same == name:
            symbol = ast.unparse(ast.BinOp(ast.Name("a"), op, ast.Name("b")))[2:-2]
            return f"{name} {symbol}= {ast.unparse(right)}"
        case ast.BinOp(left=left, op=(ast.Add() | ast.Mult()) as op, right=ast.Name(id=same)) if (
            same == name and not isinstance(left, ast.Constant)
        ):
            return update(name, ast.BinOp(ast.Name(id=name), op, left))
    return f"{name} = {ast.unparse(step)}"


def _not(test: ast.expr) -> ast.expr:
    from verify_agent.agent.synth.rules.boolean import negated

    return negated(test, {})
