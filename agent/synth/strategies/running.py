"""A running value over all parameters: the largest, the smallest, the sum of several arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Body
from verify_agent.verifier.ir.types import INT

STEPS = (
    "if {v} > {r}:\n    {r} = {v}",
    "if {v} < {r}:\n    {r} = {v}",
    "{r} += {v}",
    "{r} *= {v}",
    "if abs({v}) > abs({r}):\n    {r} = {v}",
    "if abs({v}) < abs({r}):\n    {r} = {v}",
    "if {v} != 0:\n    {r} = {v}",
)


class Running:
    """`best = a; for value in (b, c, ...): step; return best`, for a few well-known steps."""

    name = "running"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies to three or more int parameters and an int result."""
        types = [*context.types, context.problem.returns]
        return 1.5 if len(types) > 3 and all(t == INT for t in types) else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """For each step a loop, and the same without a loop; the context sorts them out."""
        first, *rest = context.problem.signature.names
        best = _fresh(("best", "result", "chosen"), context.local)
        value = _fresh(("value", "item", "other"), context.local)
        for step in STEPS:
            text = step.format(v=value, r=best).replace("\n", "\n    ")
            items = ", ".join(rest)
            source = f"{best} = {first}\nfor {value} in ({items}):\n    {text}\nreturn {best}"
            yield Body(tuple(ast.parse(source).body))
            lines = [step.format(v=name, r=best) for name in rest]
            straight = "\n".join([f"{best} = {first}", *lines, f"return {best}"])
            yield Body(tuple(ast.parse(straight).body))


def _fresh(names: tuple[str, ...], taken: frozenset[str]) -> str:
    return next((name for name in names if name not in taken), f"{names[0]}_")
