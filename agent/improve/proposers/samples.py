"""How a text behaves as a skill: its results on fixed arguments, in the safe evaluator."""

from __future__ import annotations

import ast
import itertools
from functools import cache, lru_cache
from typing import Any

from verify_agent.agent.skills.registry import SkillFailed, Skills, shipped_source
from verify_agent.agent.synth.contract.interpret import Machine
from verify_agent.agent.synth.terms.components import Component, components_for
from verify_agent.contracts.parse import parse_contract
from verify_agent.verifier.ir.types import BOOL, INT, STR, DictType, ListType, TupleType, Type

STRATEGIES = ("definition", "enumerate", "fold", "fold with index", "sketch", "unfold", "recursion")
KINDS = ("parameter", "constant", "spare constant", "contract term")
WORDS = (*STRATEGIES, *KINDS, "OPERATOR", "requires", "")
NUMBERS = (0, 1, 2, 7, 20, 60, 300, 1_000, 50_000)
MOST = 200


@cache
def all_components() -> tuple[Component, ...]:
    """The components over the types that tasks are about."""
    types: list[Type] = [INT, BOOL, STR, ListType(INT), ListType(STR), DictType(STR, INT)]
    types += [TupleType((INT, INT)), TupleType((INT, INT, INT))]
    return tuple(components_for(types, frozenset()))


def templates() -> tuple[str, ...]:
    """The text of each component once, in order."""
    return tuple(sorted({c.template for c in all_components()}))


@cache
def arguments(name: str) -> tuple[tuple[Any, ...], ...]:
    """Arguments that the shipped skill's precondition allows, at most `MOST`, the same always."""
    source = shipped_source(name)
    node = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    words = (*WORDS, *templates()) if len(node.args.args) == 1 else WORDS
    values = {"int": NUMBERS, "str": words, "bool": (False, True)}
    kinds = [values[ast.unparse(a.annotation)] for a in node.args.args if a.annotation]
    names = [a.arg for a in node.args.args]
    machine = Machine()
    allowed = [machine.expression(c.text) for c in parse_contract(source, name).requires]
    found = []
    for drawn in itertools.product(*kinds):
        env = dict(zip(names, drawn, strict=True))
        if all(test(env) for test in allowed):
            found.append(drawn)
    step = max(1, len(found) // MOST)
    return tuple(found[::step])


@lru_cache(maxsize=1_024)
def behaviour(name: str, source: str) -> tuple[int | None, ...]:
    """The results of a text on these arguments; None from where on it fails."""
    skills = Skills({name: source})
    results: list[int | None] = []
    for drawn in arguments(name):
        try:
            value = skills.call(name, *drawn)
        except SkillFailed:
            value = 0
        results.append(None if skills.failures else value)
    return tuple(results)
