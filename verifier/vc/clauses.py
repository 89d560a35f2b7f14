"""Clauses of a contract as formulas."""

from __future__ import annotations

from verify_agent.verifier.ir import nodes as n
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.vc.machine import Machine
from verify_agent.verifier.vc.state import State


def formula(m: Machine, state: State, clause: n.Clause) -> Term:
    """The truth of a clause in a state, which it leaves alone but for what is known to hold."""
    return truth_of(m, state, clause.expr)


def truth_of(m: Machine, state: State, expr: n.Expr) -> Term:
    """The truth of an expression without effects; facts found on the way are kept."""
    from verify_agent.verifier.vc.expressions import holds
    from verify_agent.verifier.vc.quantify import no_effects

    inner = state.copy()
    known = len(inner.path)
    holding = holds(m, inner, expr)
    no_effects(state, inner, expr)
    for fact, decision in inner.path[known:]:
        if not decision:
            state.assume(fact)
    return holding


def snapshots(m: Machine, state: State, function: n.Function) -> None:
    """Take the snapshots of a function's contract in a state."""
    from verify_agent.verifier.vc.expressions import evaluate

    taken = {}
    for clause in function.snapshots:
        value = evaluate(m, state, clause.expr)
        taken[clause.name] = state.snapshot(value) if clause.deep else value
    state.old = taken
