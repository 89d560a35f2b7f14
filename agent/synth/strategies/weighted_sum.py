"""Sums whose terms know how many elements are left: `f([x] + rest) = f(rest) + term`.

What each element adds is learned from results on suffixes, as folds are from those on prefixes.
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
from verify_agent.agent.synth.strategies.folds import LATEST, MAX_LENGTH, Sequence, sequences
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.agent.synth.terms.bank import Term
from verify_agent.agent.synth.terms.learner import learn, variable
from verify_agent.verifier.ir.types import INT

MAX_ROWS = 40


@dataclass(frozen=True)
class Row:
    """An element, the length of the suffix that it begins, the other arguments, its term."""

    item: Any
    left: int
    others: tuple[Any, ...]
    term: int


class WeightedSum:
    """`sum(term for i, x in enumerate(xs))`, with `len(xs) - i` in the term."""

    name = "weighted sum"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where a list or text is read and an int returned."""
        problem = context.problem
        if problem.modifies or problem.returns != INT or "sum" in problem.forbid:
            return None
        return 4.9 if sequences(context) else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """One expression for every term that explains all rows."""
        outputs = Outputs(context)
        for sequence in sequences(context):
            yield None
            rows = _rows(context, sequence, outputs)
            if len(rows) < 4:
                continue
            names = fresh_names(context, ("item", "i"), sequence.name)
            left = ast.parse(f"len({sequence.name}) - {names['i']}", mode="eval").body
            leaves = [
                variable(names["item"], sequence.item, [row.item for row in rows]),
                Term(INT, 1, tuple(row.left for row in rows), leaf=left),
                *(
                    variable(name, type_, [row.others[i] for row in rows])
                    for i, (name, type_) in enumerate(sequence.others)
                ),
            ]
            for term in _terms(context, leaves, rows):
                # Without what is left in the term it is a plain fold, which others find.
                told = term is not None and mentions(term, names["i"])
                yield _body(sequence, names, term) if term is not None and told else None


def _terms(context: Context, leaves: list[Term], rows: list[Row]) -> Iterator[ast.expr | None]:
    yield from learn(leaves, INT, lambda i, value: bool(value == rows[i].term), context.means)


def _rows(context: Context, sequence: Sequence, outputs: Outputs) -> list[Row]:
    """Terms of suffixes of known inputs; none where the empty sequence does not give 0."""
    found: dict[str, Row] = {}
    latest = context.active[: -LATEST - 1 : -1]
    cases = sorted(context.active + context.pool[:60], key=lambda c: len(repr(c.input)))
    for case in (*latest, *cases):
        values = case.input[sequence.position][-MAX_LENGTH:]
        others = tuple(v for i, v in enumerate(case.input) if i != sequence.position)
        rest: Any = UNKNOWN
        for left in range(len(values) + 1):
            suffix = values[len(values) - left :]
            args = (*case.input[: sequence.position], suffix, *case.input[sequence.position + 1 :])
            whole = outputs.of(args, rest)
            if left == 0 and whole is not UNKNOWN and whole != 0:
                return []
            if rest is not UNKNOWN and whole is not UNKNOWN:
                row = Row(suffix[0], left, others, whole - rest)
                found[repr(row)] = row
            rest = whole
        if len(found) >= MAX_ROWS:
            break
    return list(found.values())


def _body(sequence: Sequence, names: dict[str, str], term: ast.expr) -> Body:
    used = {n.id for n in ast.walk(term) if isinstance(n, ast.Name)}
    head = f"{names['i']}, {names['item']} in enumerate({sequence.name})"
    if names["item"] not in used:
        head = f"{names['i']} in range(len({sequence.name}))"
    text = f"sum({ast.unparse(term)} for {head})"
    return Body.of(ast.parse(text, mode="eval").body)
