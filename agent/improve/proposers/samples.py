"""How a text behaves as a skill: its results on fixed arguments, in the safe evaluator."""

from __future__ import annotations

import ast
import itertools
from functools import cache
from typing import Any

from verify_agent.agent.skills.registry import SkillFailed, Skills, shipped_source
from verify_agent.agent.synth.contract.interpret import Machine
from verify_agent.contracts.parse import parse_contract

STRATEGIES = ("definition", "enumerate", "fold", "fold with index", "sketch", "unfold", "recursion")
TEMPLATES = (
    "{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} // {1}", "{0} % {1}", "-{0}", "abs({0})",
    "min({0}, {1})", "{0} < {1}", "{0} == {1}", "{0} and {1}", "len({0})", "{0}[{1}]", "{0}[0]",
)  # fmt: skip
KINDS = ("parameter", "constant", "spare constant", "contract term")
WORDS = (*STRATEGIES, *TEMPLATES, *KINDS, "OPERATOR", "requires", "")
NUMBERS = (0, 1, 2, 7, 20, 60, 300, 1_000, 50_000)
MOST = 200


@cache
def arguments(name: str) -> tuple[tuple[Any, ...], ...]:
    """Arguments that the shipped skill's precondition allows, at most `MOST`, the same always."""
    source = shipped_source(name)
    node = next(n for n in ast.parse(source).body if isinstance(n, ast.FunctionDef))
    values = {"int": NUMBERS, "str": WORDS, "bool": (False, True)}
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
