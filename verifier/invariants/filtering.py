"""Which candidates hold in every environment, and say something there."""

from __future__ import annotations

from typing import Any

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import LoopContext, entry_name
from verify_agent.verifier.invariants.canonical import ALWAYS, NEVER, canonical
from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.ir.interpreter import Interpreter
from verify_agent.verifier.ir.interpreter_expressions import OLD, Eval
from verify_agent.verifier.ir.interpreter_values import Limits, OutOfSteps, PreconditionBroken
from verify_agent.verifier.ir.walk import walk

LIMITS = Limits(steps=4_000)
TOO_LONG = object()


class Filter:
    """Evaluates candidates on a context's environments; each formula is let through once."""

    def __init__(self, context: LoopContext) -> None:
        self.context = context
        self.machine = Interpreter(context.program, LIMITS)
        self.frames = [self._frame(dict(e)) for e in context.environments]
        self.seen: set[object] = set()

    def __call__(self, expr: n.Expr) -> bool:
        """Whether the candidate is new, well-scoped, true everywhere and not vacuous."""
        key = canonical(expr)
        if key in self.seen or key in (ALWAYS, NEVER):
            return False
        self.seen.add(key)
        return self._in_scope(expr) and self.holds(expr) and not self._vacuous(expr)

    def holds(self, expr: n.Expr) -> bool:
        """Whether it is true in every environment, those left out in which it takes too long
        (ranges up to huge numbers); one that raises is not true."""
        try:
            evaluate = self.machine.expression(expr)
        except Unsupported:
            return False
        decided = 0
        for frame in self.frames:
            value = self.value(evaluate, frame)
            if value is not TOO_LONG and not value:
                return False
            decided += value is not TOO_LONG
        return decided > 0 or not self.frames

    def value(self, evaluate: Eval, frame: dict[str, Any]) -> Any:
        """The value in a frame; None where it has none, TOO_LONG where it is not waited for."""
        self.machine.steps = 0
        try:
            with self.machine.session():
                return evaluate(dict(frame))
        except OutOfSteps:
            return TOO_LONG
        except (PreconditionBroken, Unsupported):
            return None
        except Exception:
            # A candidate may raise anything that Python raises: then it is no invariant.
            return None

    def _frame(self, environment: dict[str, Any]) -> dict[str, Any]:
        """The environment as the interpreter's variables, snapshots and entry values apart."""
        names = [p.name for p in self.context.function.parameters]
        entry = {p: environment[entry_name(p)] for p in names if entry_name(p) in environment}
        old = {entry_name(p): value for p, value in entry.items()}
        for clause in self.context.function.snapshots:
            taken = self.value(self.machine.expression(clause.expr), entry)
            if taken is not None:
                old[clause.name] = taken
        local = {k: v for k, v in environment.items() if k not in old}
        return {**local, OLD: old}

    def _in_scope(self, expr: n.Expr) -> bool:
        free = {x.name for x in walk(expr) if isinstance(x, n.Var)} - set(r.bound_names(expr))
        return free <= set(self.context.variables) | set(self.context.program.constants)

    def _vacuous(self, expr: n.Expr) -> bool:
        """Whether it is a quantifier whose range is empty in every environment."""
        match expr:
            case n.Builtin(name="all", args=(n.Comprehension(generators=(first, *_)),)):
                count = n.Comprehension(
                    expr.type, expr.span, "list", n.Const(expr.type, expr.span, True), (first,)
                )
                made = self.machine.expression(count)
                return bool(self.frames) and not any(self.value(made, f) for f in self.frames)
            case _:
                return False
