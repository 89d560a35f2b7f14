"""Break one rule of the verifier at a time: the claim named with it must be answered wrongly."""

from __future__ import annotations

import pytest
from claim import Claim
from claims import CLAIMS
from mutants import MUTANTS

from verify_agent.verifier.errors import Unsupported
from verify_agent.verifier.smt import portfolio
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.query import Budget, Query
from verify_agent.verifier.smt.z3_ import Z3


def _answered_rightly(claim: Claim) -> bool:
    """Whether the claim is proved exactly if it is true; what is refused is not proved."""
    try:
        return claim.proved() is claim.true
    except Unsupported:
        return not claim.true


@pytest.mark.parametrize("name", CLAIMS)
def test_an_unbroken_verifier_answers_rightly(name: str) -> None:
    assert _answered_rightly(CLAIMS[name])


@pytest.mark.parametrize("name", MUTANTS)
def test_a_broken_rule_is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    patch, claim = MUTANTS[name]
    patch(monkeypatch)
    assert not _answered_rightly(CLAIMS[claim])


def test_there_are_enough_broken_rules() -> None:
    assert len(MUTANTS) >= 25


def _agreement() -> str:
    """The word on a proof whose second solver is missing."""
    missing = portfolio._Missing("cvc5", "not there")
    n = t.var("n", t.INT)
    asked = Query("n + 1 > n", (), t.lt(n, t.add(n, t.integer(1))))
    return portfolio.Portfolio(Z3(), missing).prove(asked, Budget()).agreement


def test_a_proof_by_one_solver_is_told_from_one_by_both(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _agreement() == "one solver: z3"
    monkeypatch.setattr(portfolio, "_provers", lambda answers: tuple(a.solver for a in answers))
    assert _agreement() != "one solver: z3"
