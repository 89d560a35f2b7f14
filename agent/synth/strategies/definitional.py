"""The contract says `result == expression`: the expression itself, if it may be used."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator

from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.problem import Body
from verify_agent.agent.synth.rules.inlining import without_forbidden


class Definitional:
    """Offers the defining expression; with locals where a forbidden builtin is written out."""

    name = "definition"
    waits = False

    def price(self, context: Context) -> float | None:
        """Applies where a postcondition defines the result and nothing is changed."""
        if context.spec.definition is None or context.problem.modifies:
            return None
        return 0.0

    def search(self, context: Context) -> Iterator[Body | None]:
        """The expression as it stands, then without forbidden builtins."""
        definition = context.spec.definition
        assert definition is not None
        if context.uses_allowed([definition]):
            yield Body.of(copy.deepcopy(definition))
        forbid = context.problem.forbid
        inlined = without_forbidden(copy.deepcopy(definition), forbid)
        if context.uses_allowed([inlined]):
            yield _with_locals(copy.deepcopy(definition), forbid, set(context.local))
            yield Body.of(inlined)


def _with_locals(node: ast.expr, forbid: frozenset[str], taken: set[str]) -> Body:
    """Name each argument of a forbidden builtin that is more than a name or a constant."""
    namer = _Locals(forbid, taken)
    value = without_forbidden(namer.visit(node), forbid)
    return Body((*namer.statements, ast.Return(value=value)))


class _Locals(ast.NodeTransformer):
    NAMES = ("low", "high", "value", "other", "first", "second", "third", "fourth")

    def __init__(self, forbid: frozenset[str], taken: set[str]) -> None:
        self.forbid = forbid
        self.taken = taken
        self.statements: list[ast.stmt] = []

    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node:
            case ast.Call(func=ast.Name(id="max" | "min" as name), args=[_, _, *rest]) if (
                rest and name in self.forbid and not node.keywords
            ):
                return self._extreme(name, node.args)
        if isinstance(node.func, ast.Name) and node.func.id in self.forbid:
            node.args = [self._named(arg) for arg in node.args]
        return node

    def _extreme(self, name: str, args: list[ast.expr]) -> ast.expr:
        """A local that becomes the largest or smallest of three or more, step by step."""
        first, *rest = map(self._named, args)
        best = self._fresh("high" if name == "max" else "low")
        symbol = ">" if name == "max" else "<"
        lines = [f"{best} = {ast.unparse(first)}"]
        lines += [f"if {o} {symbol} {best}:\n    {best} = {o}" for o in map(ast.unparse, rest)]
        self.statements += ast.parse("\n".join(lines)).body
        return ast.Name(id=best, ctx=ast.Load())

    def _fresh(self, wanted: str) -> str:
        names = (name for name in (wanted, *self.NAMES) if name not in self.taken)
        name = next(names, f"value_{len(self.taken)}")
        self.taken.add(name)
        return name

    def _named(self, arg: ast.expr) -> ast.expr:
        if isinstance(arg, (ast.Name, ast.Constant)):
            return arg
        name = self._fresh("value")
        value = without_forbidden(arg, self.forbid)
        target = ast.Name(id=name, ctx=ast.Store())
        self.statements.append(ast.Assign(targets=[target], value=value))
        return ast.Name(id=name, ctx=ast.Load())
