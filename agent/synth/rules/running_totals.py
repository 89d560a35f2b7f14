"""The sum of running totals as one weighted sum: each item counts once for each total with it."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from verify_agent.agent.synth.contract.forbidden import used
from verify_agent.agent.synth.problem import Body, SynthesisProblem
from verify_agent.agent.synth.rules.kinds import kind
from verify_agent.verifier.ir.types import INT, ListType, Type

INDICES = ("i", "index", "place")
BROUGHT_IN = frozenset({"sum", "len", "enumerate"})


def weighted_form(problem: SynthesisProblem, body: Body) -> Body | None:
    """The body as a weighted sum, which the prover knows; None where it is none, or may not be."""
    names = {p.name for p in problem.signature.parameters} | {problem.signature.name}
    value = weighted(body.statements, problem.types)
    if value is None or names & BROUGHT_IN or used([value]) & problem.forbid:
        return None
    return Body.of(value)


def weighted(statements: tuple[ast.stmt, ...], types: Mapping[str, Type]) -> ast.expr | None:
    """The weighted sum that a body of nothing else comes to; None for any other body.

    >>> source = "r = 0\\nt = 0\\nfor x in xs:\\n    t += x\\n    r += t\\nreturn r"
    >>> ast.unparse(weighted(tuple(ast.parse(source).body), {"xs": ListType(INT)}))
    'sum((x * (len(xs) - i) for i, x in enumerate(xs)))'
    """
    match statements:
        case (
            ast.Assign(targets=[ast.Name(id=one)], value=ast.Constant(value=0)),
            ast.Assign(targets=[ast.Name(id=two)], value=ast.Constant(value=0)),
            ast.For(
                target=ast.Name(id=item),
                iter=ast.Name(id=items) as whole,
                body=[
                    ast.AugAssign(
                        target=ast.Name(id=total), op=ast.Add(), value=ast.Name(id=added)
                    ),
                    ast.AugAssign(
                        target=ast.Name(id=result), op=ast.Add(), value=ast.Name(id=again)
                    ),
                ],
                orelse=[],
            ),
            ast.Return(value=ast.Name(id=returned)),
        ) if added == item and again == total and returned == result:
            names = {result, total, item, items}
            plain = {one, two} == {result, total} and len(names) == 4
            starts = [s.value.value for s in statements[:2]]  # type: ignore[attr-defined]
            if (
                plain
                and kind(whole, types) == ListType(INT)
                and all(type(s) is int for s in starts)
            ):
                index = next(name for name in INDICES if name not in {item, items})
                text = f"sum({item} * (len({items}) - {index}) "
                text += f"for {index}, {item} in enumerate({items}))"
                return ast.parse(text, mode="eval").body
    return None
