"""Examples for a docstring, out of what the function was seen to do."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from verify_agent.verifier.engines.observations import RAISED, Observation

MOST = 3
_LONGEST = 70


def stated(examples: Sequence[str]) -> tuple[str, ...]:
    """The task's own examples as doctests: `f(1) == 2` is a call with its result.

    >>> stated(["f(1) == 2", "f(3) > 4"])
    ('>>> f(1)', '2', '>>> f(3) > 4', 'True')
    """
    lines: list[str] = []
    for text in examples[:MOST]:
        match ast.parse(text, mode="eval").body:
            case ast.Compare(left=ast.Call() as call, ops=[ast.Eq()], comparators=[value]) if (
                _literal(value)
            ):
                lines += [f">>> {ast.unparse(call)}", *_shown(ast.unparse(value))]
            case _:
                lines += [f">>> {text}", "True"]
    return tuple(lines)


def chosen(
    seen: Sequence[Observation], constants: frozenset[str], most: int = MOST
) -> tuple[Observation, ...]:
    """A few observations that go through as much of the function as they can, readable ones first.

    A result that stands in the code (`constants`) is a way of its own: `a if x else 0` has two.
    Greedy set cover over the ways through the function (Chvatal 1979): each adds a way that none
    before took, so there are only two where the function has no more ways.
    """
    left = [o for o in seen if o.outcome.exact and _readable(o) and _shows(o)]
    covered: set[object] = set()
    found: list[Observation] = []
    while left and len(found) < most:
        best = max(left, key=lambda o: (len(_ways(o, constants) - covered), _worth(o)))
        if len(found) >= 2 and not _ways(best, constants) - covered:
            break
        covered |= _ways(best, constants)
        found.append(best)
        left.remove(best)
    return tuple(found)


def _ways(seen: Observation, constants: frozenset[str]) -> set[object]:
    told = seen.outcome.text
    return {*seen.path, *([told] if told in constants else [])}


def constants_of(function: ast.AST) -> frozenset[str]:
    """The literals that the code returns, chooses or assigns as they are, as text."""
    found: list[ast.expr | None] = []
    for node in ast.walk(function):
        match node:
            case ast.Return(value=value) | ast.Assign(value=value):
                found.append(value)
            case ast.IfExp(body=body, orelse=orelse):
                found += [body, orelse]
    return frozenset(repr(v.value) for v in found if isinstance(v, ast.Constant))


def doctest_of(seen: Observation) -> tuple[str, ...]:
    """An observation as the lines of a doctest: setup, call, result, and what was changed."""
    made, outcome = seen.input, seen.outcome
    lines = [f">>> {line}" for line in (*made.setup, made.call)]
    if outcome.kind == RAISED:
        tail = f": {outcome.message}" if outcome.message else ""
        lines += ["Traceback (most recent call last):", "    ...", f"{outcome.text}{tail}"]
    else:
        lines += _shown(outcome.text)
    for place, value in outcome.after:
        lines += [f">>> {looked_at(seen, place)}", *_shown(value)]
    return tuple(lines)


def looked_at(seen: Observation, place: str) -> str:
    """The expression for an argument, or an attribute of one, after the call."""
    name, dot, rest = place.partition(".")
    return f"{dict(seen.input.arguments)[name]}{dot}{rest}"


def _shown(value: str) -> list[str]:
    return [] if value == "None" else [value]


def _literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError):
        return False
    return True


def _readable(seen: Observation) -> bool:
    """Whether a doctest can show it: short, one line each, an exception's text without traps."""
    made, outcome = seen.input, seen.outcome
    said = (outcome.text, outcome.message, *(value for _, value in outcome.after))
    texts = (*made.setup, made.call, *said)
    plain = all(t.isascii() and not {"\n", "\\"} & set(t) for t in texts)
    return plain and max(map(len, texts)) <= _LONGEST and len(made.setup) <= 3


def _shows(seen: Observation) -> bool:
    """Whether there is anything to see: a result, an exception, or a change."""
    return seen.outcome.text != "None" or bool(seen.outcome.after)


def _worth(seen: Observation) -> tuple[int, int, int]:
    """Different arguments say more than equal ones, then short calls do."""
    values = [text for name, text in seen.input.arguments]
    words = re.findall(r"-?[\w.]+", " ".join(values))
    empty = sum(v in ("0", "''", "[]", "()", "{}", "False", "None") for v in values)
    size = sum(map(len, (*seen.input.setup, seen.input.call)))
    return -empty - (len(words) < 2), len(set(words)) - len(words), -size
