"""What is tried where both solvers give up on a query as it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.portfolio import Conclusion, Outcome, Portfolio
from verify_agent.verifier.smt.query import Budget, Query
from verify_agent.verifier.smt.terms import Term
from verify_agent.verifier.smt.walk import substitute
from verify_agent.verifier.theory.polynomials import expanded
from verify_agent.verifier.theory.rewrite import free_variables, subterms
from verify_agent.verifier.theory.rounding import abstracted

QUICK_MS = 1_500
MOST_CASES = 6
"""The greatest divisor by whose remainders a query is split."""


def prove_with_tactics(
    query: Query, portfolio: Portfolio, budget: Budget, seed: int = 0
) -> list[Outcome]:
    """Outcomes of queries that make the query valid if they all are: mostly of itself alone.

    Of rounded arithmetic, first by facts about its bounds. Where the query is unknown: of its
    cases by remainders, and of the statement that they are all.
    """
    bounds = _by_bounds(query, portfolio, budget, seed)
    if bounds is not None:
        return [bounds]
    splits = list(_splits(query))
    first = replace(budget, timeout_ms=min(budget.timeout_ms, QUICK_MS)) if splits else budget
    outcome = portfolio.prove(query, first, seed)
    if outcome.conclusion is not Conclusion.UNKNOWN:
        return [outcome]
    for variable, divisor in splits:
        done = _by_remainder(query, variable, divisor, portfolio, budget, seed)
        if all(o.valid for o in done):
            return done
    if splits and first.timeout_ms < budget.timeout_ms:
        return [portfolio.prove(query, budget, seed)]
    return [outcome]


def _by_bounds(query: Query, portfolio: Portfolio, budget: Budget, seed: int) -> Outcome | None:
    """The proof of the query with unknowns for rounded results, if there is one."""
    found = abstracted([*query.assumptions, query.goal])
    if found is None:
        return None
    (*assumptions, goal), facts = found
    short = replace(budget, timeout_ms=min(budget.timeout_ms, QUICK_MS))
    weaker = Query(f"{query.name}, by bounds", (*assumptions, *facts), goal)
    outcome = portfolio.prove(weaker, short, seed)
    wanted = outcome.valid or outcome.conclusion is Conclusion.CONTRADICTION
    return outcome if wanted else None


def _by_remainder(
    query: Query, variable: Term, divisor: int, portfolio: Portfolio, budget: Budget, seed: int
) -> list[Outcome]:
    """The query for divisor * q + r in the variable's place, for each r, multiplied out.

    Every integer is of that form, which is the last query. Up to the first case that fails.
    """
    short = replace(budget, timeout_ms=QUICK_MS)
    outcomes = []
    for part in (*_cases(query, variable, divisor), _complete(query, variable, divisor)):
        outcomes.append(portfolio.prove(part, short, seed))
        if not outcomes[-1].valid:
            break
    return outcomes


def _cases(query: Query, variable: Term, divisor: int) -> Iterator[Query]:
    quotient = t.var(f"{variable.payload}!quotient", t.INT)
    for rest in range(divisor):
        value = t.add(t.mul(t.integer(divisor), quotient), t.integer(rest))
        parts = [
            expanded(substitute(f, {variable: value})) for f in (*query.assumptions, query.goal)
        ]
        yield Query(query.name, tuple(parts[:-1]), parts[-1])


def _complete(query: Query, variable: Term, divisor: int) -> Query:
    whole = t.integer(divisor)
    product = t.mul(whole, t.div(variable, whole))
    forms = [t.eq(variable, t.add(product, t.integer(rest))) for rest in range(divisor)]
    return Query(f"{query.name}: the cases are all", (), t.disj(*forms))


def _splits(query: Query) -> Iterator[tuple[Term, int]]:
    """Variables in a non-linear dividend of a division by a small constant, and the constant."""
    seen: set[Term] = set()
    for term in subterms([query.goal, *query.assumptions]):
        if term.op not in ("div", "mod") or term.args[1].op != "const":
            continue
        divisor = term.args[1].payload
        if (
            not isinstance(divisor, int)
            or not 2 <= divisor <= MOST_CASES
            or not _non_linear(term.args[0])
        ):
            continue
        for variable in sorted(free_variables(term.args[0]), key=repr):
            if variable.sort == t.INT and variable not in seen:
                seen.add(variable)
                yield variable, divisor


def _non_linear(term: Term) -> bool:
    return any(s.op == "*" and all(free_variables(a) for a in s.args) for s in subterms([term]))
