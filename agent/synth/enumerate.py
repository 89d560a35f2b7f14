"""Bottom-up enumeration of typed terms, joined by decision lists."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify_agent.agent.synth.components import LEAF_WEIGHTS, SPARE_CONSTANTS, components_for
from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.decide import Decider
from verify_agent.agent.synth.harvest import contract_terms
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.specification import Case
from verify_agent.agent.synth.terms import UNDEFINED, Bank, Term
from verify_agent.verifier.ir.types import BOOL, INT, STR, Type

MAX_TERMS = 120_000
MAX_COST = 14
MAX_TESTS = 5


def leaf_terms(context: Context, cases: list[Case], wanted: Type) -> list[Term]:
    """Parameters, constants and closed subexpressions of the contract, as terms."""
    found: list[Term] = []
    for i, (name, type_) in enumerate(context.problem.types.items()):
        values = tuple(case.input[i] for case in cases)
        leaf = ast.Name(id=name, ctx=ast.Load())
        found.append(Term(type_, LEAF_WEIGHTS["parameter"], values, leaf=leaf))
    types = {*context.types, wanted}
    ints = [c for c in context.constants if type(c) is int]
    words = [c for c in context.constants if type(c) is str]
    for value in ints:
        found.append(_constant(INT, value, "constant", cases))
    for value in SPARE_CONSTANTS:
        if value not in ints:
            kind = "constant" if value in (0, 1) else "spare constant"
            found.append(_constant(INT, value, kind, cases))
    if STR in types or words:
        found += [_constant(STR, w, "constant", cases) for w in dict.fromkeys([*words, ""])]
    if wanted == BOOL:
        found += [_constant(BOOL, b, "constant", cases) for b in (False, True)]
    return found + contract_terms(context, cases)


def _constant(type_: Type, value: object, kind: str, cases: list[Case]) -> Term:
    leaf: ast.expr = ast.Constant(value=value)
    if isinstance(value, int) and value < 0:
        leaf = ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=-value))
    return Term(type_, LEAF_WEIGHTS[kind], (value,) * len(cases), leaf=leaf)


class Enumeration:
    """Terms by cost; after each cost, decision lists over the terms that are right in places."""

    name = "enumerate"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies to functions that return something without changing an argument."""
        return 2.0 if context.active and not context.problem.modifies else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """Bodies of one expression; starts over when a body taught a new example."""
        version = -1
        while version != context.version:
            version = context.version
            yield from self._search(context, version)

    def _search(self, context: Context, version: int) -> Iterator[Body | None]:
        cases = list(context.active)
        wanted = context.problem.returns
        bank = Bank(
            components_for([*context.types, wanted], context.problem.forbid),
            leaf_terms(context, cases, wanted),
            MAX_TERMS,
        )
        decider = Decider((1 << len(cases)) - 1)
        while bank.cost < MAX_COST and bank.count < MAX_TERMS:
            for term in bank.grow():
                if term is None:
                    yield None
                    continue
                if term.type == wanted and self._leaf(context, cases, decider, term):
                    yield Body.of(term.tree())
                if term.type == BOOL and not term.partial:
                    decider.add_branch(_mask(term), term)
                if context.version != version:
                    return
            yield from self._lists(decider, bank.cost)
            if context.version != version:
                return

    def _leaf(self, context: Context, cases: list[Case], decider: Decider, term: Term) -> bool:
        """Record where a term is right; True where it is right everywhere."""
        accepts = context.spec.accepts
        mask = 0
        for i, (case, value) in enumerate(zip(cases, term.values, strict=True)):
            if value is not UNDEFINED and accepts(case, value):
                mask |= 1 << i
        if mask == decider.full:
            return True
        decider.add_leaf(mask, term)
        return False

    def _lists(self, decider: Decider, cost: int) -> Iterator[Body | None]:
        for tests in range(1, min(MAX_TESTS, cost) + 1):
            yield None
            tree = decider.solve(tests)
            if tree is not None:
                yield Body.of(tree.tree())
                return


def _mask(term: Term) -> int:
    return sum(1 << i for i, value in enumerate(term.values) if value)
