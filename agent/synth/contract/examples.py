"""What the examples of a task say: results for inputs, and constants that an answer may need.

Whole literals of examples are no constants of an answer: a program made of them repeats the
examples and says nothing about other inputs.
"""

from __future__ import annotations

import ast
from typing import Any

from verify_agent.agent.synth.problem import Input, SynthesisProblem


def example_results(problem: SynthesisProblem) -> list[tuple[Input, Any]]:
    """Input and result of each example of the form `f(literals) == literal`."""
    found = []
    for text in problem.contract.examples:
        match _parse(text):
            case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
                for call, result in ((left, right), (right, left)):
                    pair = _pair(problem.signature.name, call, result)
                    if pair is not None:
                        found.append(pair)
    return found


def example_marks(problem: SynthesisProblem) -> list[str]:
    """Texts that all results begin or end with, and marks that are in every text read.

    A mark is a character that is neither a letter nor a digit.
    """
    pairs = example_results(problem)
    texts = [value for values, _ in pairs for value in values if isinstance(value, str) and value]
    results = [result for _, result in pairs if isinstance(result, str) and result]
    found = [c for c in dict.fromkeys("".join(texts)) if all(c in t for t in texts)]
    found = [c for c in found if not c.isalnum()]
    if len(results) > 1:
        reverse = [result[::-1] for result in results]
        found += [_common_start(results), _common_start(reverse)[::-1]]
    return [text for text in dict.fromkeys(found) if text]


def _common_start(texts: list[str]) -> str:
    shortest = min(texts, key=len)
    ends = (n for n in range(len(shortest), 0, -1) if all(t[:n] == shortest[:n] for t in texts))
    return shortest[: next(ends, 0)]


def _parse(text: str) -> ast.expr | None:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except SyntaxError:
        return None


def _pair(name: str, call: ast.expr, result: ast.expr) -> tuple[Input, Any] | None:
    match call:
        case ast.Call(func=ast.Name(id=called), args=args, keywords=[]) if called == name:
            try:
                return tuple(map(ast.literal_eval, args)), ast.literal_eval(result)
            except ValueError:
                return None
    return None
