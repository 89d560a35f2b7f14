"""A defining expression whose forbidden aggregates are gathered in loops before it.

`max(xs) - min(xs)` without `max` and `min` is one loop for both and their difference.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.strategies.names import fresh_names
from verify_agent.verifier.ir.types import ListType

NAMES = {
    "sum": ("total", "amount", "subtotal"),
    "len": ("count", "number", "size"),
    "max": ("largest", "greatest", "highest"),
    "min": ("smallest", "least", "lowest"),
    "any": ("found", "seen", "some"),
    "all": ("holds", "every", "kept"),
}
STARTS = {"sum": "0", "len": "0", "any": "False", "all": "True"}


@dataclass
class Gathering:
    """One loop: its head, and the statements before it and in it."""

    before: list[str] = field(default_factory=list)
    inside: list[str] = field(default_factory=list)


class Aggregates:
    """Loops for the forbidden `sum`, `len`, `max`, `min`, `any` and `all` of a definition."""

    name = "aggregates"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where the result is defined with an aggregate that is forbidden."""
        definition = context.spec.definition
        if definition is None or context.problem.modifies:
            return None
        used = {n.func.id for n in ast.walk(definition) if _is_aggregate(n)}  # type: ignore[attr-defined]
        return 3.5 if used & context.problem.forbid else None

    def search(self, context: Context) -> Iterator[Body | None]:
        """The one rewriting, if all aggregates are over things that can be looped over."""
        definition = context.spec.definition
        assert definition is not None
        gather = _Gather(context)
        value = gather.visit(copy.deepcopy(definition))
        yield None
        if gather.failed or not gather.loops:
            return
        lines: list[str] = []
        for head, loop in gather.loops.items():
            inside = "\n".join(loop.inside).replace("\n", "\n    ")
            lines += [*loop.before, f"for {head}:\n    {inside}"]
        lines.append(f"return {ast.unparse(value)}")
        yield Body(tuple(ast.parse("\n".join(lines)).body))


def _is_aggregate(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]):
            return name in NAMES
    return False


class _Gather(ast.NodeTransformer):
    def __init__(self, context: Context) -> None:
        self.context = context
        self.loops: dict[str, Gathering] = {}
        self.taken = set(context.local) | {context.problem.signature.name}
        self.failed = False

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if not _is_aggregate(node) or node.func.id not in self.context.problem.forbid:  # type: ignore[attr-defined]
            self.generic_visit(node)
            return node
        return self._gathered(node.func.id, node.args[0])  # type: ignore[attr-defined]

    def _gathered(self, name: str, items: ast.expr) -> ast.expr:
        variable = next((n for n in NAMES[name] if n not in self.taken), None)
        walked = self._walked(items)
        first = f"{items.id}[0]" if isinstance(items, ast.Name) else ""
        start = STARTS.get(name, first)
        if variable is None or walked is None or not start:
            self.failed = True
            return items
        self.taken.add(variable)
        head, value, tests = walked
        loop = self.loops.setdefault(head, Gathering())
        loop.before.append(f"{variable} = {start}")
        step = _step(name, variable, value)
        if tests:
            step = f"if {tests}:\n    " + step.replace("\n", "\n    ")
        loop.inside.append(step)
        return ast.Name(id=variable, ctx=ast.Load())

    def _walked(self, items: ast.expr) -> tuple[str, str, str] | None:
        """The head of the loop, the value of a round, and the test that it must pass."""
        match items:
            case ast.Name(id=name) if isinstance(self.context.problem.types.get(name), ListType):
                item = fresh_names(self.context, ("item",), name)["item"]
                return f"{item} in {name}", item, ""
            case (
                ast.GeneratorExp(elt=elt, generators=[one])
                | ast.ListComp(elt=elt, generators=[one])
            ):
                tests = " and ".join(ast.unparse(test) for test in one.ifs)
                head = f"{ast.unparse(one.target)} in {ast.unparse(one.iter)}"
                return head, ast.unparse(elt), tests
        return None


def _step(name: str, variable: str, value: str) -> str:
    match name:
        case "sum":
            return f"{variable} += {value}"
        case "len":
            return f"{variable} += 1"
        case "max":
            return f"if {value} > {variable}:\n    {variable} = {value}"
        case "min":
            return f"if {value} < {variable}:\n    {variable} = {value}"
        case "any":
            return f"if {value}:\n    {variable} = True"
    return f"if not ({value}):\n    {variable} = False"
