"""What all strategies see: the compiled contract, the examples so far, and what is allowed."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from typing import Any

from verify_agent.agent.synth.contract import forbidden
from verify_agent.agent.synth.contract.inputs import (
    Sampler,
    answer_constants,
    contract_constants,
    example_pairs,
)
from verify_agent.agent.synth.contract.interpret import Machine
from verify_agent.agent.synth.contract.specification import Case, Specification
from verify_agent.agent.synth.meter import Means, Meter
from verify_agent.agent.synth.problem import Input, SynthesisProblem
from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.ir.types import Type

ACTIVE = 24
POOL = 260
MAX_TRIES = 6000
FILLING = 400_000
"""Units of work to look for allowed inputs."""
FRESH = 300
DRAW = 15
"""Units of work to draw an input."""
CORNERS = 150
"""A sampler's first inputs are corner cases, which the pool has already."""


class Context:
    """The examples that strategies work on (`active`) and the pool that checks what they find.

    A found body that fails on the pool makes the failing case active and raises `version`:
    strategies start afresh then.
    """

    def __init__(self, problem: SynthesisProblem) -> None:
        self.problem = problem
        self.meter = Meter()
        self.spec = Specification(problem, self.meter)
        self.constants = contract_constants(problem)
        self.means = Means(tuple(answer_constants(problem)), problem.forbid, self.meter)
        self.types: list[Type] = list(problem.types.values())
        self.local = frozenset(problem.signature.names)
        self.pool: list[Case] = []
        self.active: list[Case] = []
        self.version = 0
        self._draws = 0
        self._fill()

    def _fill(self) -> None:
        sampler = Sampler(self.constants, self.problem.seed)
        examples = example_pairs(self.problem)
        drawn = itertools.islice(sampler.inputs(self.types), MAX_TRIES)
        seen: set[str] = set()
        for values in itertools.chain(examples, drawn):
            if repr(values) in seen or len(self.pool) >= POOL or self.meter.spent > FILLING:
                continue
            self.meter.spend(DRAW)
            seen.add(repr(values))
            case = self.spec.case(values)
            if case is not None:
                self.pool.append(case)
        normal = [case for case in self.pool if case.raised is None]
        head = normal[: len(examples)]
        step = max(1, len(normal) // max(1, ACTIVE - len(head)))
        self.active = head + [c for c in normal[len(head) :: step] if c not in head][:ACTIVE]

    def add(self, values: Input) -> bool:
        """Make a counterexample active; False where the contract does not allow the input."""
        case = self.spec.case(values)
        if case is None:
            return False
        self.pool.append(case)
        if case.raised is None:
            self.active.append(case)
        self.version += 1
        return True

    def function(self, node: ast.FunctionDef) -> Callable[..., Any] | None:
        """A candidate as a callable of the safe evaluator; None outside of its subset."""
        machine = Machine(self.spec.machine.budget.steps)
        machine.budget = self.spec.machine.budget
        machine.functions = {
            name: function
            for name, function in self.spec.machine.functions.items()
            if name in self.problem.expose
        }
        try:
            found = machine.function(node)
        except Unsupported:
            return None
        machine.functions[node.name] = found
        return found

    def passes(self, node: ast.FunctionDef, *, learn: bool = True) -> bool:
        """Whether a candidate meets the contract on all known cases.

        With `learn`, cases of the pool where it fails become active.
        """
        function = self.function(node)
        if function is None:
            return False
        failed: list[Case] = []
        self.spec.undecided = 0
        for case in itertools.chain(self.active, self.pool):
            if not self.spec.meets(function, case):
                failed.append(case)
                if case in self.active or len(failed) >= 3 or not learn:
                    break
        if not failed:
            failed = self._fails_afresh(function) if learn else []
            if not failed:
                return self.spec.meets_calls(function)
            self.pool += failed
        fresh = [c for c in failed if c not in self.active and c.raised is None]
        if learn and fresh:
            self.active += fresh
            self.version += 1
        return False

    def _fails_afresh(self, function: Callable[..., Any]) -> list[Case]:
        """Cases where a body that passed all known ones fails, of inputs that are new."""
        self._draws += 1
        sampler = Sampler(self.constants, self.problem.seed + 7919 * self._draws)
        failed: list[Case] = []
        for values in itertools.islice(sampler.inputs(self.types), CORNERS, CORNERS + FRESH):
            self.meter.spend(DRAW)
            case = self.spec.case(values)
            if case is not None and not self.spec.meets(function, case):
                failed.append(case)
                if len(failed) >= 3:
                    break
        return failed

    def uses_allowed(self, nodes: list[ast.stmt] | list[ast.expr]) -> bool:
        """Whether syntax uses nothing forbidden and calls no hidden definition."""
        used = forbidden.used(nodes)
        hidden = set(self.spec.machine.functions) - self.problem.expose
        return not used & (self.problem.forbid | hidden | {"OLD", "result"})
