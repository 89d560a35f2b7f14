"""Candidates that a person wrote: the asserts at the start of the loop's body."""

from __future__ import annotations

from collections.abc import Iterable

from verify_agent.verifier.invariants import rewrite as r
from verify_agent.verifier.invariants.base import Candidate, LoopContext
from verify_agent.verifier.ir import nodes as n


def asserts_at_head(context: LoopContext) -> Iterable[Candidate]:
    """Each assert; the target of a `for` over a range is told by the hidden index there."""
    values = next_target(context.loop)
    for statement in context.loop.body:
        if not isinstance(statement, n.Assert):
            return
        for part in r.conjuncts(statement.test):
            yield Candidate(r.with_variables(part, values), "assert", statement.text)


def next_target(loop: n.While | n.For) -> dict[str, n.Expr]:
    """The target of a `for` over a range, as the item that comes next."""
    if not isinstance(loop, n.For) or not isinstance(loop.target, n.NameTarget):
        return {}
    domain = loop.iterable
    if not isinstance(domain, n.Builtin) or domain.name != "range":
        return {}
    count = r.name(loop.index)
    start = domain.args[0] if len(domain.args) > 1 else r.integer(0)
    step = domain.args[2] if len(domain.args) > 2 else r.integer(1)
    return {loop.target.name: r.add(start, r.mul(step, count))}
