"""Subexpressions of the contract that speak of the parameters alone: likely parts of an answer."""

from __future__ import annotations

import ast
import copy
from typing import Any

from verify_agent.agent.skills.registry import skill
from verify_agent.agent.synth.context import Context
from verify_agent.agent.synth.contract.specification import Case
from verify_agent.agent.synth.rules.inlining import without_forbidden
from verify_agent.agent.synth.terms.bank import Term
from verify_agent.verifier.ir.types import BOOL, INT, STR, TupleType, Type

MAX_TERMS = 30


def contract_terms(context: Context, cases: list[Case], cost: int = 0) -> list[Term]:
    """Terms for the closed, typed, allowed subexpressions of the contract.

    They all have the cost that is given, or one that grows with their size.
    """
    contract = context.problem.contract
    texts = [c.text for c in contract.requires + contract.ensures]
    found: dict[str, Term] = {}
    for text in texts:
        try:
            tree = ast.parse(text.strip(), mode="eval")
        except SyntaxError:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.expr) and not isinstance(node, (ast.Name, ast.Constant)):
                term = _term(context, cases, node, cost)
                if term is not None:
                    found.setdefault(ast.unparse(node), term)
    return list(found.values())[:MAX_TERMS]


def _term(context: Context, cases: list[Case], node: ast.expr, cost: int) -> Term | None:
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    if not names & context.local or "result" in names or "OLD" in names:
        return None
    tree = without_forbidden(copy.deepcopy(node), context.problem.forbid)
    if not context.uses_allowed([tree]):
        return None
    try:
        code = context.spec.machine.expression(node)
        context.spec.machine.budget.refill()
        values = tuple(code(case.env) for case in cases)
    except Exception:  # unsupported, out of scope or undefined somewhere: no term
        return None
    type_ = _type(values)
    if type_ is None:
        return None
    nodes = sum(1 for _ in ast.walk(node))
    cost = cost or skill("leaf_cost", "contract term") + nodes // 5
    return Term(type_, cost, values, leaf=tree)


def _type(values: tuple[Any, ...]) -> Type | None:
    kinds = {type(v) for v in values}
    if len(kinds) != 1:
        return None
    match kinds.pop().__name__:
        case "int":
            return INT
        case "bool":
            return BOOL
        case "str":
            return STR
        case "tuple":
            parts = [_type(column) for column in zip(*values, strict=False)]
            if all(p is not None for p in parts):
                return TupleType(tuple(p for p in parts if p is not None))
    return None
