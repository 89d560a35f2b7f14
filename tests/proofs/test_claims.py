"""All claims: every obligation by both solvers, and every way in which one could say nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from verify_agent.proofs.algebra import reals_named
from verify_agent.proofs.axioms import AXIOMS
from verify_agent.proofs.model import (
    Claim,
    Exhibit,
    Finding,
    Lemma,
    OnProject,
    Outcome,
    Witness,
)
from verify_agent.proofs.pins import text as pins_text
from verify_agent.proofs.run import all_claims, run_claim, run_claims, statements
from verify_agent.proofs.solve import check, parts, statement
from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.portfolio import default_portfolio

SOLVERS = default_portfolio()
ROOT = Path(__file__).resolve().parents[2]
(X,) = reals_named("x")


def test_every_claim_of_the_table_is_there() -> None:
    assert [c.id for c in all_claims()] == [f"C{n}" for n in range(1, 18)]


@pytest.mark.parametrize("claim", all_claims(), ids=lambda c: c.id)
def test_every_obligation_holds_with_both_solvers(claim: Claim) -> None:
    result = run_claim(claim, SOLVERS, {})
    assert not result.problems
    for checked in result.checked:
        assert set(checked.answers) == {"z3", "cvc5"}
        assert set(checked.answers.values()) == {checked.statement.expected.value}
    needed = [e for e in claim.evidence if isinstance(e, OnProject) and e.needed]
    assert result.established == (not needed)


def test_axioms_are_few_and_all_used() -> None:
    used = {a for claim in all_claims() for a in claim.axioms}
    assert used == {a.id for a in AXIOMS}
    assert len(AXIOMS) <= 8


def test_the_outcomes_are_those_of_the_design() -> None:
    outcomes = {c.id: c.outcome for c in all_claims()}
    assert {i for i, o in outcomes.items() if o is Outcome.REFUTED} == {"C2", "C7", "C10"}
    assert outcomes["C4"] is outcomes["C5"] is Outcome.CORRECTED
    assert outcomes["C15"] is Outcome.MEASURED


def test_paths_of_obligations_are_unique() -> None:
    paths = [s.path for s in statements(all_claims())]
    assert len(set(paths)) == len(paths) > 90


def test_pins_are_those_of_the_claims() -> None:
    pinned = (ROOT / "proofs" / "pins.json").read_text(encoding="utf-8")
    assert json.loads(pinned) == json.loads(pins_text())


# -- what must not pass ----------------------------------------------------------------------------


def problems(obligation: Lemma | Witness) -> str:
    return "; ".join(check("C0", obligation, SOLVERS).problems)


def test_a_false_lemma_is_found() -> None:
    told = problems(Lemma("l", "", (X >= 0,), X > 0))
    assert "z3 says sat" in told
    assert "cvc5 says sat" in told


def test_contradictory_assumptions_are_found() -> None:
    assert "no solver finds a model" in problems(Lemma("l", "", (X > 0, X < 0), X.equals(7)))


@pytest.mark.parametrize("goal", [t.TRUE, X <= X])
def test_a_goal_that_is_true_anyway_is_found(goal: t.Term) -> None:
    assert "without the assumptions" in problems(Lemma("l", "", (X >= 0,), goal))


def test_a_witness_with_wrong_numbers_is_found() -> None:
    told = problems(Witness("w", "", (X > 0,), {"x": Fraction(-1)}))
    assert "z3 says unsat" in told
    assert "by evaluation" in told


def test_a_witness_without_all_its_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="numbers for"):
        statement("C0", Witness("w", "", (X > 0,), {}))


def test_parts_of_a_script() -> None:
    made = statement("C0", Lemma("l", "", (X > 0,), X >= 0)).text
    without_goal, only_goal = parts(made)
    assert without_goal.count("(assert") == only_goal.count("(assert") == 1
    assert "(not" in only_goal


def claim(**changes: object) -> Claim:
    base = Claim(
        "C0",
        "",
        "",
        "",
        "",
        Outcome.PROVED,
        "",
        (),
        (),
        (Lemma("l", "", (X > 0,), X >= 0), Exhibit("e", "", lambda: Finding(True, "fine"))),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_an_outcome_needs_evidence_of_its_kind() -> None:
    with pytest.raises(ValueError, match="nothing here can show"):
        claim(outcome=Outcome.REFUTED)
    with pytest.raises(ValueError, match="not told"):
        claim(outcome=Outcome.CORRECTED)


def test_a_failed_exhibit_takes_the_outcome_away() -> None:
    bad = claim(evidence=(Lemma("l", "", (X > 0,), X >= 0), Exhibit("e", "", failed)))
    (result,) = run_claims([bad], SOLVERS)
    assert not result.established
    assert "NOT ESTABLISHED" in result.verdict


def failed() -> Finding:
    return Finding(False, "it does not")


def test_a_needed_check_that_is_missing_is_no_success() -> None:
    partial = claim(evidence=(OnProject("p", ""),))
    (result,) = run_claims([partial], SOLVERS)
    assert not result.established
    assert result.verdict.startswith("incomplete")
    (looked,) = run_claims([partial], SOLVERS, {"C0.p": lambda: Finding(True, "")})
    assert looked.established
