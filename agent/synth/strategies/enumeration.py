"""Bottom-up enumeration of the whole result, over the parameters."""

from __future__ import annotations

from collections.abc import Iterator

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.specification import Case
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.terms.bank import Term
from verify_agent.agent.synth.terms.components import Component, components_for
from verify_agent.agent.synth.terms.harvest import contract_terms
from verify_agent.agent.synth.terms.learner import Learner, constants, variable
from verify_agent.verifier.ir.types import INT, STR, Type

PROFILES = {
    "lattice": frozenset({"min({0}, {1})", "max({0}, {1})"}),
    "contract": frozenset(
        ("min({0}, {1})", "max({0}, {1})", "{0} + {1}", "{0} - {1}", "{0} < {1}", "{0} <= {1}")
    ),
    "arithmetic": frozenset({"{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} // {1}"}),
}
"""Subsets of the components that are worth a deep search of their own."""


def leaf_terms(context: Context, cases: list[Case], wanted: Type) -> list[Term]:
    """Parameters, constants and closed subexpressions of the contract, as terms."""
    found = [
        variable(name, type_, [case.input[i] for case in cases])
        for i, (name, type_) in enumerate(context.problem.types.items())
    ]
    words = STR in {*context.types, wanted}
    found += constants(wanted, context.means.constants, len(cases), words=words)
    return found + contract_terms(context, cases)


class Enumeration:
    """Terms by cost; after each cost, decision lists over the terms that are right in places."""

    waits = False

    def __init__(self, profile: str = "") -> None:
        self.profile = profile
        self.name = f"enumerate {profile}".strip()

    def price(self, context: Context) -> float | None:
        """Applies to functions that return something without changing an argument."""
        if not context.active or context.problem.modifies:
            return None
        if self.profile:
            components = self._components(context)
            known = context.problem.returns == INT
            if self.profile == "contract":
                known = known and bool(contract_terms(context, context.active, cost=1))
            else:
                known = known and INT in context.types
            return 3.0 if known and components else None
        return 2.0

    def _components(self, context: Context) -> list[Component]:
        problem = context.problem
        found = components_for([*context.types, problem.returns], problem.forbid)
        kept = PROFILES.get(self.profile)
        return [c for c in found if kept is None or c.template in kept]

    def search(self, context: Context) -> Iterator[Body | None]:
        """Bodies of one expression; starts over when a body taught a new example."""
        version = -1
        while version != context.version:
            version = context.version
            yield from self._search(context, version)

    def _search(self, context: Context, version: int) -> Iterator[Body | None]:
        cases = list(context.active)
        wanted = context.problem.returns
        accepts = context.spec.accepts
        if self.profile == "contract":
            leaves = [t for t in contract_terms(context, cases, cost=1) if t.type == INT]
            leaves += constants(wanted, context.means.constants, len(cases), words=False)
        else:
            leaves = leaf_terms(context, cases, wanted)
        learner = Learner(
            self._components(context),
            leaves,
            wanted,
            lambda row, value: accepts(cases[row], value),
            len(cases),
            context.meter,
        )
        for expression in learner.solutions():
            yield None if expression is None else Body.of(expression)
            if context.version != version:
                return
