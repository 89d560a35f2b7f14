"""Learns an expression over given variables from rows: enumeration joined by decision lists."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from verify_agent.agent.skills.registry import skill
from verify_agent.agent.synth.meter import Means, Meter
from verify_agent.agent.synth.terms.bank import UNDEFINED, Bank, Term
from verify_agent.agent.synth.terms.components import (
    SPARE_CONSTANTS,
    Component,
    components_for,
)
from verify_agent.agent.synth.terms.decide import Decider
from verify_agent.verifier.ir.types import BOOL, INT, STR, Type

Accept = Callable[[int, Any], bool]
"""Whether a value is right in the row of this number."""


class Learner:
    """Searches expressions of one type over leaves; `solutions` yields them by cost.

    `tests` is how many conditions a decision list may have.
    """

    def __init__(
        self,
        components: list[Component],
        leaves: list[Term],
        wanted: Type,
        accept: Accept,
        rows: int,
        meter: Meter,
        *,
        max_cost: int = 14,
        max_terms: int = 120_000,
        tests: int = 5,
    ) -> None:
        self.bank = Bank(components, leaves, max_terms, meter)
        self.meter = meter
        self.wanted = wanted
        self.accept = accept
        self.rows = rows
        self.max_cost = max_cost
        self.max_terms = max_terms
        self.tests = tests
        self.decider = Decider((1 << rows) - 1, meter)

    def solutions(self) -> Iterator[ast.expr | None]:
        """Expressions that are right in every row; None gives up the processor."""
        bank = self.bank
        while bank.cost < self.max_cost and bank.count < self.max_terms:
            for term in bank.grow():
                if term is None:
                    yield None
                    continue
                if term.type == self.wanted and self._right(term):
                    yield term.tree()
                if term.type == BOOL and not term.partial:
                    mask = sum(1 << i for i, value in enumerate(term.values) if value)
                    self.decider.add_branch(mask, term)
            yield from self._lists()

    def _right(self, term: Term) -> bool:
        """Record where a term is right; True where it is right everywhere."""
        mask = 0
        self.meter.spend(2 + self.rows // 2)
        for i, value in enumerate(term.values):
            if value is not UNDEFINED and self.accept(i, value):
                mask |= 1 << i
        if mask == self.decider.full:
            return True
        self.decider.add_leaf(mask, term)
        return False

    def _lists(self) -> Iterator[ast.expr | None]:
        for tests in range(1, min(self.tests, self.bank.cost) + 1):
            yield None
            tree = self.decider.solve(tests)
            if tree is not None:
                yield tree.tree()
                return


def constants(wanted: Type, known: Sequence[Any], rows: int, *, words: bool) -> list[Term]:
    """Leaves for the contract's constants and a few more."""
    found = []
    ints = [c for c in known if type(c) is int]
    for value in ints:
        found.append(_constant(INT, value, "constant", rows))
    for value in SPARE_CONSTANTS:
        if value not in ints:
            found.append(_constant(INT, value, "spare constant", rows))
    strings = [c for c in known if type(c) is str]
    if words or strings:
        found += [_constant(STR, w, "constant", rows) for w in dict.fromkeys([*strings, ""])]
    if wanted == BOOL:
        found += [_constant(BOOL, b, "spare constant", rows) for b in (False, True)]
    return found


def _constant(type_: Type, value: bool | int | str, kind: str, rows: int) -> Term:
    leaf: ast.expr = ast.Constant(value=value)
    if isinstance(value, int) and value < 0:
        leaf = ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=-value))
    return Term(type_, skill("leaf_cost", kind), (value,) * rows, leaf=leaf)


def variable(name: str, type_: Type, values: Sequence[Any]) -> Term:
    """The leaf of a variable with its value in each row."""
    leaf = ast.Name(id=name, ctx=ast.Load())
    return Term(type_, skill("leaf_cost", "parameter"), tuple(values), leaf=leaf)


def learn(
    variables: list[Term],
    wanted: Type,
    accept: Accept,
    means: Means,
    *,
    max_cost: int = 7,
    max_terms: int = 12_000,
    tests: int = 2,
) -> Iterator[ast.expr | None]:
    """Expressions over the variables and constants that `accept` takes in every row.

    >>> from verify_agent.verifier.ir.types import INT
    >>> x = variable("x", INT, (1, 2, 5))
    >>> found = learn([x], INT, lambda row, value: value == (2, 3, 6)[row], Means())
    >>> ast.unparse(next(e for e in found if e is not None))
    'x + 1'
    """
    rows = len(variables[0].values)
    types = list(dict.fromkeys([*(v.type for v in variables), wanted]))
    leaves = [*variables, *constants(wanted, means.constants, rows, words=STR in types)]
    learner = Learner(
        components_for(types, means.forbid),
        leaves,
        wanted,
        accept,
        rows,
        means.meter,
        max_cost=max_cost,
        max_terms=max_terms,
        tests=tests,
    )
    yield from learner.solutions()
