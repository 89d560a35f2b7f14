"""In which order the answers to one question are tried: what passes first, what is no code last."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from verify_agent.agent.llm.extract import Refused
from verify_agent.agent.llm.provider import Reply
from verify_agent.verifier.errors import VerifyAgentError

if TYPE_CHECKING:
    from verify_agent.agent.synth.context import Context

Answer = tuple[Reply, str | Refused]
#: The share of known cases on which code meets the contract; None where that can't be told.
Share = Callable[[str], float | None]


def share_passed(context: Callable[[], Context]) -> Share:
    """The share on the search's cases, by its safe evaluator: no answer is executed."""

    def share(source: str) -> float | None:
        match ast.parse(source).body:
            case [ast.FunctionDef() as node]:
                pass
            case _:
                return None
        try:
            known = context()
        except VerifyAgentError:
            return None
        function = known.function(node)
        cases = [*known.active, *known.pool]
        if function is None or not cases:
            return None
        known.spec.undecided = 0
        return sum(known.spec.meets(function, case) for case in cases) / len(cases)

    return share


def ranked(found: list[Answer], share: Share = lambda source: None) -> list[Answer]:
    """Answers in order: those that pass all known cases, those of which nothing is known, then
    by what they pass, those without code last; of equals first what most of them agree on.

    Source: Wang et al. 2022, "Self-Consistency Improves Chain of Thought Reasoning"; Chen et al.
    2022, "CodeT: Code Generation with Generated Tests".
    """
    codes = [code for _, code in found]
    shares = {code: share(code) for code in set(codes) if isinstance(code, str)}

    def rank(entry: Answer) -> tuple[int, float, int]:
        code = entry[1]
        if not isinstance(code, str):
            return 3, 0.0, 0
        passed = shares[code]
        agreeing = -codes.count(code)
        if passed is None:
            return 1, 0.0, agreeing
        return (0 if passed == 1.0 else 2), -passed, agreeing

    return sorted(found, key=rank)
