"""What two solvers' answers add up to."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace

import pytest

from verify_agent.verifier.smt import terms as t
from verify_agent.verifier.smt.cvc5_ import Cvc5
from verify_agent.verifier.smt.fake import Fake
from verify_agent.verifier.smt.portfolio import Conclusion, Outcome, Portfolio, prove_all
from verify_agent.verifier.smt.query import Answer, Budget, Model, Query, Status
from verify_agent.verifier.smt.z3_ import Z3

BUDGET = Budget(timeout_ms=3_000, memory_mb=1_024)
X, Y = t.var("x", t.INT), t.var("y", t.INT)
QUERY = Query("q", (t.lt(X, t.integer(3)), t.lt(Y, X)), t.lt(X, t.integer(5)))
YES, NO, DUNNO = Status.UNSAT, Status.SAT, Status.UNKNOWN


def core(*indices: int) -> Answer:
    return Answer(Status.UNSAT, "z3", core=indices)


def told(first: list[Status | Answer], second: list[Status | Answer]) -> Outcome:
    portfolio = Portfolio(Fake(first, "z3"), Fake(second, "cvc5"))
    return portfolio.prove(QUERY, BUDGET)


def test_both_solvers_on_the_reduced_query() -> None:
    first, second = Fake([core(0), YES], "z3"), Fake([YES], "cvc5")
    outcome = Portfolio(first, second).prove(QUERY, BUDGET)
    assert outcome.agreement == "both"
    assert outcome.core == (0,)
    reduced = Query("q", QUERY.assumptions[:1], QUERY.goal)
    assert outcome.certified == reduced
    assert first.asked == [QUERY, reduced.text]
    assert second.asked == [reduced.text]


@pytest.mark.parametrize(
    ("first", "second", "agreement"),
    [
        ([core(0), YES], [DUNNO], "one solver: z3"),
        ([core(0), DUNNO, DUNNO], [YES], "one solver: cvc5"),
        ([core(0), DUNNO, YES], [YES], "both"),
        ([core(0), DUNNO, DUNNO], [DUNNO], "one solver: z3"),
        ([DUNNO, YES], [YES, YES], "both"),
        ([DUNNO, DUNNO], [YES, YES], "one solver: cvc5"),
        ([DUNNO], [DUNNO], ""),
    ],
)
def test_who_agreed(
    first: list[Status | Answer], second: list[Status | Answer], agreement: str
) -> None:
    outcome = told(first, second)
    assert outcome.agreement == agreement
    assert outcome.valid == bool(agreement)
    if agreement not in ("", "both"):
        assert outcome.reason


def test_a_proof_that_nobody_repeats_reduced_is_of_the_whole_query() -> None:
    assert told([core(0), DUNNO, DUNNO], [DUNNO]).certified == QUERY


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([core(0), YES], [NO]),
        ([core(0), NO], [YES]),
        ([core(0), DUNNO, NO], [YES]),
        ([NO], [YES]),
        ([DUNNO, NO], [YES, YES]),
        ([DUNNO, YES], [YES, NO]),
    ],
)
def test_a_contradiction_is_loud(
    first: list[Status | Answer], second: list[Status | Answer]
) -> None:
    outcome = told(first, second)
    assert outcome.conclusion is Conclusion.CONTRADICTION
    assert not outcome.valid
    assert outcome.agreement == ""
    assert "says sat" in outcome.reason
    assert "says unsat" in outcome.reason


def test_a_model_counts_only_when_it_was_evaluated() -> None:
    query = replace(QUERY, goal=t.lt(X, t.integer(0)))
    good = Answer(Status.SAT, "z3", model=Model({"x": 1, "y": 0}))
    bad = Answer(Status.SAT, "z3", model=Model({"x": -1, "y": -2}))
    confirmed = Portfolio(Fake([good]), Fake()).prove(query, BUDGET)
    assert (confirmed.conclusion, confirmed.candidate) == (Conclusion.INVALID, False)
    doubted = Portfolio(Fake([bad]), Fake()).prove(query, BUDGET)
    assert (doubted.conclusion, doubted.candidate) == (Conclusion.INVALID, True)


def test_a_model_with_functions_is_a_candidate(cvc5: Cvc5) -> None:
    f = t.Function("f", (t.INT,), t.INT)
    outcome = Portfolio(Z3(), cvc5).prove(Query("q", (), t.lt(t.apply(f, X), X)), BUDGET)
    assert (outcome.conclusion, outcome.candidate) == (Conclusion.INVALID, True)


def test_a_division_by_zero_makes_a_candidate(cvc5: Cvc5) -> None:
    query = Query("q", (t.eq(Y, t.integer(0)),), t.lt(t.div(X, Y), t.integer(5)))
    outcome = Portfolio(Z3(), cvc5).prove(query, BUDGET)
    assert (outcome.conclusion, outcome.candidate) == (Conclusion.INVALID, True)


def test_a_real_pair(cvc5: Cvc5) -> None:
    portfolio = Portfolio(Z3(), cvc5)
    proved = portfolio.prove(QUERY, BUDGET)
    assert (proved.agreement, proved.core) == ("both", (0,))
    wrong = portfolio.prove(replace(QUERY, goal=t.lt(X, t.integer(1))), BUDGET)
    assert (wrong.conclusion, wrong.candidate) == (Conclusion.INVALID, False)
    assert wrong.model is not None
    assert wrong.model.values["x"] in (1, 2)


QUERIES = [
    Query(str(i), (t.lt(X, t.integer(i)),), t.lt(X, t.integer(5 + i % 2 - 1))) for i in range(10)
]
EXPECTED = [i <= 5 + i % 2 - 1 for i in range(10)]


def test_many_queries_in_processes() -> None:
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        outcomes = prove_all(QUERIES, BUDGET, 0, pool)
    assert [o.valid for o in outcomes] == EXPECTED
    assert {o.agreement for o in outcomes} == {"", "both"}
    assert [o.query for o in outcomes] == QUERIES


def test_many_queries_in_threads() -> None:
    with ThreadPoolExecutor(3) as pool:
        outcomes = prove_all(QUERIES, BUDGET, 0, pool)
    assert [o.valid for o in outcomes] == EXPECTED
